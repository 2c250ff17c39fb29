// Pages without a tool: an import map, and a classic script that takes the package from a CDN.

import { join } from "node:path";
import { APP, HTML } from "../../package/support.js";
import { sendFile, serve } from "../../support/http.js";
import { pageIn } from "../support/check.js";

const IMPORT_MAP = JSON.stringify({ imports: { authfetch: "/node_modules/authfetch/dist/index.js" } });

/** The browser's. */
const version = async (_app, { browser }) => (await (await browser()).version()).replace("/", " ");

/** The package's files as jsDelivr and unpkg serve them: at these paths, for every origin. */
async function cdn(app) {
  const paths = ["/npm/", "/"].map((prefix) => `${prefix}authfetch@${app.version("authfetch")}`);
  const headers = { "access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin" };
  const server = await serve((_, response, { pathname }) => {
    const prefix = paths.find((path) => pathname.startsWith(`${path}/`));
    if (!prefix) return response.writeHead(404).end();
    return sendFile(app.path("node_modules", "authfetch"), pathname.slice(prefix.length), response, headers);
  });
  return { urls: paths.map((path) => `${server.origin}${path}/dist/index.js`), close: server.close };
}

const importMap = {
  name: "import map",
  rows: { "Page with an import map": 'import "authfetch"' },
  version,
  async run(app, row, { browser }) {
    app.write("main.js", APP);
    const scripts = `<script type="importmap">${IMPORT_MAP}</script><script type="module" src="/main.js"></script>`;
    app.write("index.html", HTML(scripts));
    await row("Page with an import map", () => pageIn(browser, app.folder));
  },
};

const classic = {
  name: "classic script",
  rows: {
    "Classic script, jsDelivr's path": 'import("…/npm/authfetch@version/dist/index.js")',
    "Classic script, unpkg's path": 'import("…/authfetch@version/dist/index.js")',
  },
  version,
  async run(app, row, { browser }) {
    const { urls, close } = await cdn(app);
    try {
      for (const [at, name] of Object.keys(classic.rows).entries()) {
        const [, rest] = APP.split('import { AuthFetch } from "authfetch";');
        const script = `(async () => { const { AuthFetch } = await import("${urls[at]}"); ${rest} })();`;
        app.write(join(`${at}`, "index.html"), HTML(`<script>${script}</script>`));
        await row(name, () => pageIn(browser, app.path(`${at}`)));
      }
    } finally {
      await close();
    }
  },
};

export const pages = [importMap, classic];
