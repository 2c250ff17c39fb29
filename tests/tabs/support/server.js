// What the tabs of one profile have for a server: the page that every tab shows, an API that wants tokens, and a token
// endpoint and a revocation endpoint that a test lets fail.

import { fileURLToPath } from "node:url";
import { startAuthorizationServer } from "../../support/authorization-server.js";
import { DIST } from "../../support/files.js";
import { html, IMPORT_MAP, moduleScript } from "../../support/html.js";
import { CHALLENGE, sendFile } from "../../support/http.js";
import { strictEndpoint } from "./strict.js";

const TABS = fileURLToPath(new URL("..", import.meta.url));

const TAB = html("tab", IMPORT_MAP + moduleScript("/files/support/page.js"));
const PAGES = { "/": TAB, "/frame": TAB, "/login": html("login", "<h1>Login</h1>") };
const FOLDERS = { dist: DIST, files: TABS };

/**
 * The page of every tab, the files of this folder and the package; false where it is none of them. No `no-store` on the
 * page: it may go into the back-forward cache.
 */
export async function page(pathname, response) {
  const [, folder, path] = pathname.match(/^\/(files|dist)(\/.*)$/) ?? [];
  if (folder) await sendFile(FOLDERS[folder], path, response);
  else if (PAGES[pathname])
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(PAGES[pathname]);
  else return false;
  return true;
}

/**
 * Starts the server. `tokenLifetime` is in whole seconds. Its doors are "request", before the token endpoint sees it;
 * "answer", after its work, where "cut" loses the answer; and "call", at the API.
 */
export async function startServer({ tokenLifetime } = {}) {
  const refreshes = new Set();
  const strict = strictEndpoint();
  let tokenEndpoint = "works";
  let revocation = "works";

  const world = await startAuthorizationServer({
    lifetime: tokenLifetime,
    answering(how) {
      if (how === "cut") for (const response of refreshes) response.destroy();
    },
  });
  const { auth, doors } = world;

  async function token(request, response) {
    refreshes.add(response);
    response.once("close", () => refreshes.delete(response));
    const how = tokenEndpoint === "busy" ? "busy" : await doors.pass("request");
    // Whoever has gone meanwhile has sent nothing.
    if (how === "cut" || request.destroyed || response.destroyed) return response.destroy();
    if (how === "busy") return response.writeHead(503).end();
    // Once there are headers no browser asks again by itself.
    if (how === "torn") return response.writeHead(200, { "content-length": 100 }).write("{", () => response.destroy());
    return auth.callback(request, response);
  }

  async function api(request, response, url) {
    const good = await world.verdict(world.arrived(request, response, { path: url.pathname }));
    if (good !== undefined) response.writeHead(good ? 200 : 401, good ? {} : CHALLENGE).end();
  }

  world.route(async (request, response, url) => {
    const at = (prefix) => url.pathname.startsWith(prefix);
    if (await page(url.pathname, response)) return undefined;
    if (at("/api/")) return api(request, response, url);
    if (url.pathname === "/asleep") return doors.pass("asleep").then(() => response.end());
    if (url.pathname === "/strict/token") return strict.answer(request, response);
    if (url.pathname === "/token") return token(request, response);
    if (url.pathname === "/token/revocation" && revocation === "fails") return response.destroy();
    return auth.callback(request, response);
  });

  return {
    ...world,
    strict,
    /** Tokens of a new family, or with `expired` tokens that the API refuses already. */
    tokens: (options = {}) => auth.issue(options),
    expire: (accessToken) => auth.destroy(accessToken),
    /** "works"; "busy", a 503; and of the other "fails", a connection that breaks. */
    tokenEndpoint: (how) => (tokenEndpoint = how),
    revocation: (how) => (revocation = how),
    /**
     * See `Doors`: shut until the returned function is called with "go", "busy" (a 503), "cut" (the connection breaks)
     * or "torn" (in mid-answer).
     */
    shut: (door, only) => doors.shut(door, only),
  };
}
