// Pages without a tool: an import map, and classic scripts that take the package from a CDN.

import { APP, HTML } from "../../package/support.js";
import { sendFile, serve } from "../../support/http.js";
import { pageIn } from "../support/check.js";

const LOAD = 'import { AuthFetch } from "authfetch";';
const IMPORT_MAP = JSON.stringify({ imports: { authfetch: "/node_modules/authfetch/dist/index.js" } });

/** The browser's. */
const version = async (_app, { browser }) => (await (await browser()).version()).replace("/", " ");

/**
 * The package's files as jsDelivr serves them under `/npm/` and unpkg at the root, for every origin; without a path, the
 * one that the manifest names for them. unpkg redirects to it.
 */
async function cdn(app) {
  const manifest = JSON.parse(app.read("node_modules/authfetch/package.json"));
  const name = `authfetch@${manifest.version}`;
  const headers = { "access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin" };
  const file = (response, path) => sendFile(app.path("node_modules", "authfetch"), path, response, headers);
  const server = await serve((_, response, { pathname }) => {
    const [, npm, path] = pathname.match(new RegExp(`^(/npm)?/${name}(/.*)?$`)) ?? [];
    const main = (field) => `/${manifest[field] ?? manifest.main}`.replace("/./", "/");
    if (path) return file(response, path);
    if (npm) return file(response, main("jsdelivr"));
    return response.writeHead(302, { ...headers, location: `/${name}${main("unpkg")}` }).end();
  });
  return { jsdelivr: `${server.origin}/npm/${name}`, unpkg: `${server.origin}/${name}`, close: server.close };
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
    "Classic script, jsDelivr": '<script src="…/npm/authfetch@version">',
    "Classic script, unpkg": '<script src="…/authfetch@version">',
    "Classic script that imports, jsDelivr": 'import("…/npm/authfetch@version/dist/index.js")',
    "Classic script that imports, unpkg": 'import("…/authfetch@version/dist/index.js")',
  },
  version,
  async run(app, row, { browser }) {
    const { close, ...urls } = await cdn(app);
    const page = async (html) => {
      app.write("index.html", HTML(html));
      await pageIn(browser, app.folder);
    };
    const names = { jsdelivr: "jsDelivr", unpkg: "unpkg" };
    try {
      for (const [host, url] of Object.entries(urls)) {
        const script = `{ const { AuthFetch } = authfetch; ${APP.replace(LOAD, "")} }`;
        const tags = `<script src="${url}"></script><script>${script}</script>`;
        await row(`Classic script, ${names[host]}`, () => page(tags));
        const imports = `const { AuthFetch } = await import("${url}/dist/index.js");`;
        const later = `<script>(async () => { ${APP.replace(LOAD, imports)} })();</script>`;
        await row(`Classic script that imports, ${names[host]}`, () => page(later));
      }
    } finally {
      await close();
    }
  },
};

export const pages = [importMap, classic];
