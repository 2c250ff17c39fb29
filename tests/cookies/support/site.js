// A real back end with its session in cookies, the page that uses it, and what went between them. The page is of the
// back end's origin, or of another.

import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { nodeCommand, pythonCommand, start } from "../../support/backend.js";
import { DIST } from "../../support/files.js";
import { html, IMPORT_MAP, moduleScript } from "../../support/html.js";
import { bytesOf, sendFile, serve } from "../../support/http.js";
import { newPage, teller } from "../../support/page.js";

const FILES = fileURLToPath(new URL("..", import.meta.url));
const PAGE = html("tab", IMPORT_MAP + moduleScript("/files/support/page.js"));
const from = (name) => join("tests", "cookies", "backends", name);

/** Each back end: how it is started, and what an app tells the package of it. */
export const BACKENDS = {
  express: {
    command: () => nodeCommand("cookies-express", { from: from("express"), marker: "csrf-csrf" }),
    csrf: { header: "x-csrf-token", cookie: "csrf" },
    paths: { refresh: "/auth/refresh", revocation: "/auth/logout", refetch: "/auth/csrf" },
    login: {},
  },
  django: {
    command: () => pythonCommand("cookies-django", { from: from("django") }),
    csrf: { header: "X-CSRFToken", cookie: "csrftoken" },
    paths: { refresh: "/auth/token/refresh/", revocation: "/auth/logout/", refetch: "/auth/csrf" },
    login: { username: "ann", password: "secret" },
  },
};

export const isPageFile = (pathname) => pathname === "/" || /^\/(dist|files)\//.test(pathname);
export const sendPageFile = (pathname, response) => {
  if (pathname === "/") return response.writeHead(200, { "content-type": "text/html" }).end(PAGE);
  const [, folder, path] = /^\/(dist|files)(\/.*)$/.exec(pathname);
  return sendFile({ dist: DIST, files: FILES }[folder], path, response);
};

/** Opens the page that is served there, which makes its instance with `told.options`. */
export async function openTab(context, origin, told) {
  const { page } = await newPage(context);
  await page.goto(`${origin}/?${encodeURIComponent(JSON.stringify(told))}`);
  await page.waitForFunction(() => "tab" in globalThis);
  return { page, tell: teller(page, "tab") };
}

/** Starts the back end `name`, for sites whose page is of its origin, or with `across` of another, which it trusts. */
export async function startBackend(name, { across = false } = {}) {
  const { command, ...told } = BACKENDS[name];
  const pages = await serve((_request, response, { pathname }) => sendPageFile(pathname, response));
  const backend = await start(await command(), { host: true, env: { TRUSTED_ORIGIN: pages.origin } });
  return {
    ...told,
    ...backend,
    pages: across ? pages.origin : undefined,
    close() {
      backend.close();
      return pages.close();
    },
  };
}

/** Opens a site of this back end: an origin for it, and a profile of the browser. */
export async function openSite(browser, backend) {
  const { csrf, paths, login } = backend;
  const across = backend.pages !== undefined;
  const site = { log: [], latency: 0, interrupt: null };
  const api = async (request, response, { pathname }) => {
    if (!across && isPageFile(pathname)) return sendPageFile(pathname, response);
    const entry = { method: request.method, path: pathname, csrf: request.headers[csrf.header.toLowerCase()] };
    const body = await bytesOf(request);
    if (request.method !== "OPTIONS") site.log.push(entry);
    response.once("finish", () => (entry.status = response.statusCode));
    await site.interrupt?.(entry);
    // What the network takes; a real one, since that is what lets tabs meet.
    if (site.latency && pathname === paths.refresh) await wait(site.latency);
    if (!response.destroyed) backend.route(request, response, body);
  };
  const front = await serve(api);
  const context = await browser.createBrowserContext();

  const base = across ? front.origin : "";
  const options = {
    origins: [`${front.origin}/api/`, `${front.origin}/auth/login/`],
    refresh: base + paths.refresh,
    revocation: base + paths.revocation,
    csrf: { ...csrf, refetch: base + paths.refetch },
  };
  return Object.assign(site, {
    count: (path, method = "POST") => site.log.filter((one) => one.path === path && one.method === method).length,
    paths,
    login,
    backend: (path) => fetch(backend.origin + path, { method: "POST" }),
    tab: (more = {}) =>
      openTab(context, backend.pages ?? front.origin, { api: base, options: { ...options, ...more } }),
    cookies: () => context.cookies(),
    /** As the browser does when one has run out, or as somebody does by hand. */
    async forget(...names) {
      await context.deleteCookie(...(await context.cookies()).filter((cookie) => names.includes(cookie.name)));
    },
    async close() {
      await context.close();
      await front.close();
    },
  });
}
