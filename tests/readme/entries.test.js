// The entries as docs/entries.md shows them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sizesOf } from "../../scripts/size.js";
import { useBrowser } from "../support/browser.js";
import { DIST, read } from "../support/files.js";
import { open, signIn, TELL } from "./support.js";

const browser = useBrowser("chromium");

const works = async ({ page, server }) => {
  await signIn(page, server);
  assert.equal(await page.evaluate(() => auth.fetch("/api/items").then(({ status }) => status)), 200);
};

test("authfetch/auto is ready before the first render", async (t) => {
  await works(await open(t, browser, "entry-auto", { after: TELL }));
});

test("authfetch/slim is given its wasm by an address", async (t) => {
  const wasm = readFileSync(join(DIST, "authfetch.wasm"));
  const routes = { "/authfetch.wasm": (_request, response) => response.writeHead(200).end(wasm) };
  await works(await open(t, browser, "entry-slim", { after: TELL, routes }));
});

test("the sizes in the table are those of the files, within a twentieth", () => {
  const told = new Map(
    [...read("docs/entries.md").matchAll(/^\| `([\w./]+)` \|[^|]*\| ([^|]*) \|/gm)].map(([, name, cell]) => [
      name,
      [...cell.matchAll(/\d[\d ]*\d/g)].map(([number]) => Number(number.replaceAll(" ", ""))),
    ]),
  );
  const size = (...files) => files.reduce((sum, file) => sum + sizesOf(readFileSync(join(DIST, file))).brotli, 0);
  const measured = {
    authfetch: [size("index.js")],
    "authfetch/auto": [size("auto.js", "index.js"), size("auto.js", "index.js", "compat.js")],
    "authfetch/compat": [size("compat.js")],
    "authfetch/slim": [size("slim.js"), size("authfetch.wasm")],
    "authfetch/authfetch.wasm": [size("authfetch.wasm")],
    "dist/authfetch.global.js": [size("authfetch.global.js")],
  };
  assert.deepEqual([...told.keys()].sort(), Object.keys(measured).sort());
  for (const [name, sizes] of Object.entries(measured)) {
    sizes.forEach((bytes, at) => {
      const written = told.get(name)[at];
      assert.ok(Math.abs(written - bytes) <= bytes / 20, `${name}: ${written}, measured ${bytes}`);
    });
  }
});
