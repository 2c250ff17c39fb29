// The package in the hands of bundlers and of none: `new AuthFetch({ refresh: "/token" })` works at once, with no
// setting, no plugin, no URL of a wasm file and nothing to await. Run in Chromium.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { createServer, build as viteBuild } from "vite";
import { useBrowser } from "../support/browser.js";
import { sendFile } from "../support/http.js";
import { hasGlobal, newPage } from "../support/page.js";
import { APP, api, HTML, useInstalled } from "./support.js";

const app = useInstalled((app) => app.write("main.js", APP));
const browser = useBrowser("chromium");

const files = (folder) => (response, pathname) => sendFile(join(app.folder, folder), pathname, response);

/**
 * Two bursts: one whose token the server no longer takes, one whose token has run out by the clock. `front` puts a
 * server of its own before the API's and resolves with its origin.
 */
async function worksAtOnce(page, front = ({ origin }) => origin) {
  const server = await api(page);
  const origin = await front(server);
  const { page: tab, errors } = await newPage(await browser());
  try {
    await tab.goto(origin);
    await hasGlobal(tab, "burst");
    const burst = (tokens, late) => tab.evaluate((...given) => globalThis.burst(...given), tokens, late);
    const twentyTimesOk = Array(20).fill(200);

    const unauthorized = await burst({ access_token: "stale", refresh_token: "refresh-0" }, 0);
    assert.deepEqual(unauthorized, { statuses: twentyTimesOk, state: "signed-in", token: "access-1" });
    // Of those behind six others some may be cancelled before the server sees them.
    const { refused } = server.log;
    assert.ok(refused > 0 && refused <= 20, `${refused}`);
    assert.deepEqual(server.log, { calls: refused + 20, refused, refreshes: 1 });

    const expired = await burst({ access_token: "old", refresh_token: "refresh-1", expires_in: 60 }, 61_000);
    assert.deepEqual(expired, { statuses: twentyTimesOk, state: "signed-in", token: "access-2" });
    assert.deepEqual(server.log, { calls: refused + 40, refused, refreshes: 2 });
    assert.deepEqual(errors, []);
  } finally {
    await tab.close();
    await server.close();
  }
}

test("bundled by esbuild, 20 calls with a spent token get 20 answers and cost one refresh", async () => {
  const entry = join(app.folder, "main.js");
  const { warnings } = await build({
    entryPoints: [entry],
    bundle: true,
    format: "esm",
    outfile: join(app.folder, "esbuild/main.js"),
  });
  assert.deepEqual(warnings, []);
  app.write("esbuild/index.html", HTML('<script type="module" src="/main.js"></script>'));
  await worksAtOnce(files("esbuild"));
});

test("bundled by esbuild into a classic script, the same", async () => {
  const entry = join(app.folder, "main.js");
  await build({
    entryPoints: [entry],
    bundle: true,
    format: "iife",
    minify: true,
    outfile: join(app.folder, "classic/main.js"),
  });
  app.write("classic/index.html", HTML('<script defer src="/main.js"></script>'));
  await worksAtOnce(files("classic"));
});

const VITE = { configFile: false, logLevel: "error", clearScreen: false };

test("built by Vite, the same", async () => {
  app.write("index.html", HTML('<script type="module" src="/main.js"></script>'));
  await viteBuild({ ...VITE, root: app.folder, build: { outDir: "vite" } });
  await worksAtOnce(files("vite"));
});

test("served by Vite in development, with the dependency optimised ahead, the same", async () => {
  app.write("index.html", HTML('<script type="module" src="/main.js"></script>'));
  let vite;
  try {
    await worksAtOnce(files("."), async ({ origin }) => {
      const server = { host: "127.0.0.1", port: 0, watch: null, proxy: { "/api": origin, "/token": origin } };
      vite = await createServer({ ...VITE, root: app.folder, server });
      await vite.listen();
      return vite.resolvedUrls.local[0];
    });
  } finally {
    await vite?.close();
  }
});

test("served unbundled with an import map, the same", async () => {
  const map = JSON.stringify({ imports: { authfetch: "/node_modules/authfetch/dist/index.js" } });
  app.write(
    "index.html",
    HTML(`<script type="importmap">${map}</script><script type="module" src="/main.js"></script>`),
  );
  await worksAtOnce(files("."));
});
