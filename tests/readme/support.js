// The README as something that runs: its code blocks by name, each bundled into a page of its own next to a server that
// wants tokens.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { serve } from "../../benches/support.js";
import { root } from "../../scripts/run.js";

export const README = readFileSync(join(root, "README.md"), "utf8");
const AUTHFETCH = join(root, "dist", "index.js");

/**
 * All fenced blocks, in order: language, code, and the name that a comment right before the fence gives them, or the
 * file in tests/clients/recipes that they quote.
 */
export const blocks = [...README.matchAll(/^(?:<!-- (test|recipe): ([\w.-]+) -->\n)?```(\w*)\n([\s\S]*?)^```$/gm)].map(
  ([, kind, name, language, code]) => (kind === "recipe" ? { recipe: name, language, code } : { name, language, code }),
);

export function block(name) {
  const found = blocks.filter((one) => one.name === name);
  if (found.length !== 1) throw new Error(`the README has ${found.length} blocks called "${name}"`);
  return found[0];
}

/** One block as a page's script: `before` runs ahead of its imports, `after` in its own scope. */
async function bundle(name, { before = "", after = "" }) {
  const { code, language } = block(name);
  const files = {
    "#before": { contents: before, loader: "js" },
    "./auth.js": { contents: block("auth").code, loader: "js" },
    "#snippet": { contents: `import "#before";\n${code}\n${after}`, loader: language },
  };
  const readme = {
    name: "readme",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^(#before|#snippet|\.\/auth\.js)$/ }, ({ path }) => ({ path, namespace: "readme" }));
      onResolve({ filter: /^authfetch$/ }, () => ({ path: AUTHFETCH }));
      onLoad({ filter: /.*/, namespace: "readme" }, ({ path }) => ({ ...files[path], resolveDir: root }));
    },
  };
  const define = { "process.env.NODE_ENV": '"production"' };
  const options = {
    bundle: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    define,
    write: false,
    plugins: [readme],
  };
  const { outputFiles } = await build({
    ...options,
    entryPoints: ["#snippet"],
    outfile: join(root, "snippet.js"),
    logLevel: "error",
  });
  return outputFiles[0].text;
}

const json = (response, status, body, headers = {}) =>
  response
    .writeHead(status, { "content-type": "application/json", ...headers })
    .end(body === undefined ? "" : JSON.stringify(body));

async function text(request) {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
}

/**
 * An API that takes one access token, and a token endpoint that takes one refresh token, once. `routes` come first.
 * `log` has every request but those for the page.
 */
async function backEnd({ script, html, routes }) {
  const world = { access: null, refresh: null, issued: 0, log: [] };

  /** New tokens, the only good ones from now on. */
  world.issue = () => {
    world.issued++;
    Object.assign(world, { access: `access-${world.issued}`, refresh: `refresh-${world.issued}` });
    return { access_token: world.access, refresh_token: world.refresh, expires_in: 3600 };
  };

  const usual = {
    "/login": (_request, response) => json(response, 200, world.issue()),
    "/token"(_request, response, body) {
      const good = new URLSearchParams(body).get("refresh_token") === world.refresh;
      json(response, good ? 200 : 400, good ? world.issue() : { error: "invalid_grant" });
    },
  };
  const api = ({ headers }, response) =>
    headers.authorization === `Bearer ${world.access}`
      ? json(response, 200, [{ id: 1 }])
      : json(response, 401, { error: "unauthorized" });
  const page = `<!doctype html><meta charset="utf-8"><title>README</title><link rel="icon" href="data:,">${html}<script type="module" src="/snippet.js"></script>`;

  const server = await serve(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname === "/snippet.js") return response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    if (request.method === "GET" && !pathname.startsWith("/api/"))
      return response.writeHead(200, { "content-type": "text/html" }).end(page);
    const body = await text(request);
    world.log.push({ path: pathname, body, authorization: request.headers.authorization, headers: request.headers });
    const route = routes[pathname] ?? usual[pathname] ?? api;
    return route(request, response, body, world);
  });
  return Object.assign(world, server, { json });
}

/**
 * Runs one block of the README in a page of a browser context of its own. The page is ready when the block has run to
 * its end; `paths()` are the requests since the last look.
 */
export async function open(t, browser, name, { before, after, html = "", routes = {}, cookies = [] } = {}) {
  const script = await bundle(name, { before, after: `${after ?? ""}\nglobalThis.ran = true;` });
  const server = await backEnd({ script, html, routes });
  const context = await browser.createBrowserContext();
  t.after(async () => {
    await context.close();
    await server.close();
  });
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error));
  for (const cookie of cookies) await context.setCookie({ domain: "127.0.0.1", ...cookie });
  await page.goto(`${server.origin}/`);
  await page
    .waitForFunction(() => globalThis.ran)
    .catch(() => {
      throw new Error(`the block "${name}" did not run to its end`, { cause: errors[0] });
    });
  return { page, server, errors, paths: () => server.log.splice(0).map(({ path }) => path) };
}

export { json };
