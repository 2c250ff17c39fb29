// The documentation as something that runs: its code blocks by name, each bundled into a page of its own next to a
// server that wants tokens.

import { join } from "node:path";
import { root } from "../../scripts/run.js";
import { bundleText } from "../support/bundle.js";
import { DIST } from "../support/files.js";
import { html as documentOf, moduleScript } from "../support/html.js";
import { json, serve, textOf } from "../support/http.js";
import { hasGlobal, newPage } from "../support/page.js";
import { block } from "./pages.js";

/** This text with others in the place of some of its parts, each of which has to be there. */
export const replaced = (text, places) =>
  Object.entries(places).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`there is no ${from} to be replaced`);
    return text.replaceAll(from, to);
  }, text);

/**
 * One block as a page's script: `before` runs ahead of its imports, `after` in its own scope; `nodePaths` are folders of
 * packages that are not the project's; `places` are the texts that stand in the place of others, such as addresses.
 * `auth`: the block that is `./auth.js`; another than the usual one is what `places` are replaced in.
 */
export async function bundle(name, { before = "", after = "", auth = "auth", nodePaths = [], places = {} }) {
  const { language, ...found } = block(name);
  // Where the block has a module for its session, that is meant.
  const isOwn = auth === "auth";
  const code = isOwn ? replaced(found.code, places) : found.code;
  const session = isOwn ? block(auth).code : replaced(block(auth).code, places);
  const files = {
    "#before": { contents: before, loader: "js" },
    "./auth.js": { contents: session, loader: "js" },
    "#snippet": { contents: `import "#before";\n${code}\n${after}`, loader: language },
  };
  const documentation = {
    name: "documentation",
    setup({ onResolve, onLoad }) {
      const ours = ({ path }) => ({ path, namespace: "documentation" });
      onResolve({ filter: /^#(before|snippet)$/ }, ours);
      // A package may have an auth.js of its own.
      onResolve({ filter: /^\.\/auth\.js$/, namespace: "documentation" }, ours);
      onResolve({ filter: /^authfetch(\/\w+)?$/ }, ({ path }) => ({
        path: join(DIST, `${path.split("/")[1] ?? "index"}.js`),
      }));
      onLoad({ filter: /.*/, namespace: "documentation" }, ({ path }) => ({ ...files[path], resolveDir: root }));
    },
  };
  return bundleText({
    target: "es2022",
    jsx: "automatic",
    plugins: [documentation],
    nodePaths,
    entryPoints: ["#snippet"],
    outfile: join(root, "snippet.js"),
  });
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
  const shown = documentOf("A page of the documentation", html + moduleScript("/snippet.js"));

  const server = await serve(async (request, response, { pathname }) => {
    if (pathname === "/snippet.js") return response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    if (request.method === "GET" && !pathname.startsWith("/api/") && !routes[pathname])
      return response.writeHead(200, { "content-type": "text/html" }).end(shown);
    const body = await textOf(request);
    world.log.push({ path: pathname, body, authorization: request.headers.authorization, headers: request.headers });
    const route = routes[pathname] ?? usual[pathname] ?? api;
    return route(request, response, body, world);
  });
  return Object.assign(world, server, { json });
}

/**
 * Runs one block of the documentation in a page of a browser context of its own. The page is ready when the block has
 * run to its end; `paths()` are the requests since the last look.
 */
export async function open(t, browser, name, { after, html = "", routes = {}, cookies = [], ...options } = {}) {
  const script = await bundle(name, { ...options, after: `${after ?? ""}\nglobalThis.ran = true;` });
  const server = await backEnd({ script, html, routes });
  const context = await (await browser()).createBrowserContext();
  t.after(async () => {
    await context.close();
    await server.close();
  });
  const { page, errors } = await newPage(context);
  for (const cookie of cookies) await context.setCookie({ domain: "127.0.0.1", ...cookie });
  await page.goto(`${server.origin}/`);
  await hasGlobal(page, "ran").catch(() => {
    throw new Error(`the block "${name}" did not run to its end`, { cause: errors[0] });
  });
  return { page, server, errors, paths: () => server.log.splice(0).map(({ path }) => path) };
}

/** At the end of a block: the test's way to its session. */
export const TELL = "globalThis.auth = auth;";

/** Signs the page in with new tokens of this server. */
export const signIn = (page, server, more = {}) =>
  page.evaluate((tokens) => auth.setTokens(tokens), { ...server.issue(), ...more });

/** The record as it is stored. */
export const stored = (page) => page.evaluate(() => JSON.parse(localStorage.getItem("authfetch")));

/** Waits until the page's list `told` has so many entries. */
export const told = (page, count) => page.waitForFunction((count) => globalThis.told.length >= count, {}, count);
