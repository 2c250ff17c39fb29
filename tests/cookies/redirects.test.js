// A server that answers whoever is not signed in with a redirect to its login page, as servers of pages do: what is
// sent again, and what the caller gets.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { inEachBrowser } from "../support/browser.js";
import { html } from "../support/html.js";
import { bytesOf, json, serve } from "../support/http.js";
import { isPageFile, openTab, sendPageFile } from "./support/site.js";

/** How many connections a browser has to one origin, over HTTP/1.1. */
const CONNECTIONS = 6;
const CALLS = 20;

const LOGIN = html("login", "<form></form>");
const ITEMS = { status: 200, type: "basic", redirected: false, path: "/api/items", text: "[1]" };
const LOGIN_PAGE = { status: 200, type: "basic", redirected: true, path: "/login", text: LOGIN };

const page = (response, status, headers) =>
  response.writeHead(status, { "content-type": "text/html", ...headers }).end(LOGIN);
const moved = (response, status, location) => response.writeHead(status, { location }).end();

/** How it answers a request that is not signed in. */
const REFUSALS = {
  redirect: (response, { login }, { url }) => moved(response, 302, `${login}?next=${encodeURIComponent(url)}`),
  json: (response) => json(response, 401, { detail: "Authentication credentials were not provided." }),
  html: (response) => page(response, 401),
};

/** Starts the server, and opens a page of its origin that is signed in there. `elsewhere`: where the login page is. */
async function openSite(browser, { elsewhere = "" } = {}) {
  const site = { log: [], refusal: "redirect", isBroken: false, login: `${elsewhere}/login`, atLogin: null };
  let good = 0;
  /** Any further one makes those from before worthless. */
  const grant = () => ({ "set-cookie": `access=${++good}; HttpOnly; SameSite=Lax; Path=/` });
  const isSignedIn = ({ headers }) => !site.isBroken && headers.cookie === `access=${good}`;
  const routes = {
    "POST /auth/login/": (_request, response) => json(response, 200, { user: "ann" }, grant()),
    "POST /auth/refresh": (_request, response) => response.writeHead(204, grant()).end(),
    "GET /login": async (_request, response) => {
      await site.atLogin?.();
      page(response, 200);
    },
    "GET /api/items": (request, response) =>
      isSignedIn(request) ? json(response, 200, [1]) : REFUSALS[site.refusal](response, site, request),
    // It is saved, and only the page that is to be shown then asks who is there.
    "POST /api/save": (request, response) => moved(response, 303, isSignedIn(request) ? "/api/items" : site.login),
  };
  const server = await serve(async (request, response, { pathname }) => {
    if (isPageFile(pathname)) return sendPageFile(pathname, response);
    await bytesOf(request);
    const route = `${request.method} ${pathname}`;
    site.log.push(route);
    await routes[route](request, response);
  });
  const context = await browser.createBrowserContext();
  Object.assign(site, {
    count: (route) => site.log.filter((one) => one === route).length,
    /** The cookie that the browser has is worth nothing from now on. */
    expire: () => void good++,
    async close() {
      await context.close();
      await server.close();
    },
  });
  const { tell } = await openTab(context, server.origin, {
    api: "",
    options: { refresh: "/auth/refresh", loginUrl: site.login },
  });
  assert.equal(await tell("signIn", {}), 200);
  assert.deepEqual(await tell("ask", "/api/items"), ITEMS);
  site.log.length = 0;
  return { site, tell };
}

inEachBrowser("redirects to a login page in", ({ browser }) => {
  const open = [];
  afterEach(() => Promise.all(open.splice(0).map((one) => one.close())));
  const opened = async (more) => {
    const { site, tell } = await openSite(await browser(), more);
    open.push(site);
    const assertKept = async () =>
      assert.deepEqual([await tell("state"), (await tell("heard")).logout], ["signed-in", 0]);
    return { site, tell, assertKept, refreshes: () => site.count("POST /auth/refresh") };
  };

  test("a GET that ends at the login page costs one refresh, and is sent once more", async () => {
    const { site, tell, assertKept, refreshes } = await opened();
    site.expire();
    assert.deepEqual(await tell("ask", "/api/items"), ITEMS);
    assert.deepEqual([site.count("GET /api/items"), site.count("GET /login"), refreshes()], [2, 1, 1]);
    await assertKept();
  });

  test("a GET that ends there again is its caller's, and ends no session", async () => {
    const { site, tell, assertKept, refreshes } = await opened();
    site.isBroken = true;
    assert.deepEqual(await tell("ask", "/api/items"), LOGIN_PAGE);
    assert.deepEqual([site.count("GET /api/items"), site.count("GET /login"), refreshes()], [2, 2, 1]);
    await assertKept();
    // It was that page's own trouble, and the session is good.
    site.isBroken = false;
    assert.deepEqual(await tell("ask", "/api/items"), ITEMS);
    await assertKept();
  });

  for (const refusal of ["json", "html"]) {
    test(`a 401 with a body of ${refusal} is refreshed like one without`, async () => {
      const { site, tell, assertKept, refreshes } = await opened();
      site.refusal = refusal;
      site.expire();
      assert.deepEqual(await tell("ask", "/api/items"), ITEMS);
      assert.deepEqual([site.count("GET /api/items"), site.count("GET /login"), refreshes()], [2, 0, 1]);
      await assertKept();
    });
  }

  test("with redirect: manual the redirect is the caller's answer, and nothing is refreshed", async () => {
    const { site, tell, assertKept, refreshes } = await opened();
    site.expire();
    const { status, type, text } = await tell("ask", "/api/items", { redirect: "manual" });
    assert.deepEqual({ status, type, text }, { status: 0, type: "opaqueredirect", text: "" });
    // Whatever it may have begun has come here before the next one's answer.
    await tell("ask", "/login");
    assert.deepEqual([site.count("GET /api/items"), site.count("GET /login"), refreshes()], [1, 1, 0]);
    await assertKept();
  });

  test("a POST that is redirected there after its work is done is never sent again", async () => {
    const { site, tell, assertKept, refreshes } = await opened();
    site.expire();
    assert.deepEqual(await tell("ask", "/api/save", { method: "POST", body: "text" }), LOGIN_PAGE);
    // The next call needs the refresh, whoever has begun it.
    assert.deepEqual(await tell("ask", "/api/items"), ITEMS);
    assert.deepEqual([site.count("POST /api/save"), refreshes()], [1, 1]);
    await assertKept();
  });

  test("a login page of another origin without CORS is the browser's TypeError, and the session is kept", async () => {
    let visits = 0;
    const other = await serve((_request, response) => {
      visits++;
      page(response, 200);
    });
    open.push(other);
    const { site, tell, assertKept, refreshes } = await opened({ elsewhere: other.origin });
    site.expire();
    const error = await tell("ask", "/api/items");
    assert.deepEqual([site.count("GET /api/items"), visits, refreshes()], [1, 1, 0]);
    assert.equal(error.name, "TypeError");
    assert.deepEqual(error, await tell("askBrowser", "/api/items"));
    assert.equal(refreshes(), 0);
    await assertKept();
  });

  test("twenty GETs that end there together cost one refresh, and all are answered", async () => {
    const { site, tell, assertKept, refreshes } = await opened();
    let release;
    const together = new Promise((resolve) => (release = resolve));
    site.atLogin = () => (site.count("GET /login") >= CONNECTIONS && release(), together);
    site.expire();
    const paths = Array.from({ length: CALLS }, (_, at) => `/api/items?call=${at}`);
    assert.deepEqual(await tell("askAll", paths), Array(CALLS).fill(ITEMS));
    assert.equal(refreshes(), 1);
    const sends = site.count("GET /api/items");
    assert.ok(sends >= CALLS + CONNECTIONS && sends <= 2 * CALLS, `${sends} requests`);
    await assertKept();
  });
});
