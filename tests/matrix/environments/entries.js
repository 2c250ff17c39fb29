// The package's other entries: wasm as a file of its own, and pages whose policy forbids WebAssembly.

import { APP, HTML } from "../../package/support.js";
import { REFUSED } from "../results.js";
import { answerOf, burstModule, pageIn, print, printed, served } from "../support/check.js";

const SLIM = 'import "authfetch/slim"';
const LOAD = 'import { AuthFetch } from "authfetch";';
const SCRIPT = HTML('<script type="module" src="/main.js"></script>');

/** The app of tests/package, which is told where the wasm is before it constructs. */
const slimApp = (wasm, imports = "") =>
  APP.replace(LOAD, `${imports}import { AuthFetch, init } from "authfetch/slim";\nawait init(${wasm});`);

const unbundled = {
  name: "slim, import map",
  packages: {},
  version: "authfetch",
  rows: { "Slim: page with an import map": SLIM },
  async run(app, row, { browser }) {
    const dist = "/node_modules/authfetch/dist";
    const map = JSON.stringify({ imports: { "authfetch/slim": `${dist}/slim.js` } });
    app.write("main.js", slimApp(`new URL("${dist}/authfetch.wasm", location)`));
    app.write("index.html", HTML(`<script type="importmap">${map}</script>${SCRIPT}`));
    await row("Slim: page with an import map", () => pageIn(browser, app.folder));
  },
};

const vite = {
  name: "slim, Vite",
  packages: { vite: 8 },
  version: "vite",
  rows: { "Slim: Vite 8, built": 'import url from "authfetch/authfetch.wasm?url"' },
  async run(app, row, { browser }) {
    app.write("main.js", slimApp("url", 'import url from "authfetch/authfetch.wasm?url";\n'));
    app.write("index.html", SCRIPT);
    await row("Slim: Vite 8, built", async () => {
      await app.run("vite", ["build"]);
      await pageIn(browser, app.path("dist"));
    });
  },
};

const webpack = {
  name: "slim, webpack",
  packages: { webpack: 5, "webpack-cli": "latest" },
  version: "webpack",
  rows: { "Slim: webpack 5": 'new URL("authfetch/authfetch.wasm", import.meta.url)' },
  async run(app, row, { browser }) {
    app.write("src/index.js", slimApp(webpack.rows["Slim: webpack 5"]));
    app.write("site/index.html", HTML('<script defer src="/main.js"></script>'));
    await row("Slim: webpack 5", async () => {
      await app.run("webpack", ["--mode", "production", "--output-path", "site", "--output-filename", "main.js"]);
      await pageIn(browser, app.path("site"));
    });
  },
};

const node = {
  name: "slim, Node",
  version: async (app) => (await app.runNode(["--version"])).trim().slice(1),
  rows: { "Slim: Node": 'init(readFileSync(…"authfetch/authfetch.wasm"))' },
  async run(app, row) {
    const load = `
      import { readFileSync } from "node:fs";
      import { AuthFetch, init } from "authfetch/slim";
      await init(readFileSync(new URL(import.meta.resolve("authfetch/authfetch.wasm"))));
    `;
    app.write("main.js", `${burstModule({ load })}\n${print()}`);
    const runs = () => served(async (origin) => printed(await app.runNode(["main.js", origin])));
    await row("Slim: Node", runs);
  },
};

const workerd = {
  name: "slim, workerd",
  packages: { wrangler: 4 },
  version: "workerd",
  node: 24,
  rows: { "Slim: workerd": 'import module from "authfetch/authfetch.wasm"' },
  async run(app, row) {
    app.write("wrangler.json", '{ "name": "worker", "main": "worker.js", "compatibility_date": "2026-07-01" }');
    const load = `
      import module from "authfetch/authfetch.wasm";
      import { AuthFetch, init } from "authfetch/slim";
      init(module);
    `;
    const answer = `export default { fetch: async ({ url }) => {
      const origin = new URL(url).searchParams.get("origin");
      return origin ? Response.json(await burst(origin)) : new Response("ready");
    } };`;
    app.write("worker.js", `${burstModule({ load })}\n${answer}`);
    await row("Slim: workerd", async () => {
      const server = await app.start("wrangler", (port) => ["dev", "--ip", "127.0.0.1", "--port", port]);
      try {
        await served((origin) => answerOf(`${server.origin}/?origin=${origin}`));
      } finally {
        server.close();
      }
    });
  },
};

const PLACE = "Page whose policy forbids WebAssembly";
const POLICY = { "content-security-policy": "script-src 'self'" };

const policy = {
  name: "policy without WebAssembly",
  packages: { vite: 8 },
  version: "vite",
  rows: {
    [PLACE]: 'import "authfetch"',
    [`${PLACE}, auto`]: 'import "authfetch/auto"',
    [`${PLACE}, compat`]: 'import "authfetch/compat"',
  },
  async run(app, row, { browser }) {
    app.write("index.html", SCRIPT);
    const shown = async (entry) => {
      app.write("main.js", APP.replace('"authfetch"', `"${entry}"`));
      await app.run("vite", ["build"]);
      await pageIn(browser, app.path("dist"), { headers: POLICY });
    };
    await row(PLACE, () =>
      shown("authfetch").catch((error) => {
        if (!/'wasm-unsafe-eval'/.test(error.message)) throw error;
        return { result: REFUSED, remark: "the constructor throws wasm_unavailable, which names the other entries" };
      }),
    );
    await row(`${PLACE}, auto`, () => shown("authfetch/auto"));
    await row(`${PLACE}, compat`, () => shown("authfetch/compat"));
  },
};

export const entries = [unbundled, vite, webpack, node, workerd, policy];
