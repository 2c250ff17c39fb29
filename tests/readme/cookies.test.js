// A session in cookies as docs/cookie-sessions.md sets it up.

import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "../support/browser.js";
import { cookieSession } from "../support/cookie-session.js";
import { json, serve } from "../support/http.js";
import { until } from "../support/until.js";
import { open, told } from "./support.js";

const browser = useBrowser("chromium");

/** A back end as the first block of the page has it; `more`: routes, each asked with whether its request is good. */
function backEnd(more = {}) {
  const session = cookieSession({ csrf: "value of the cookie" });
  const items = (_request, response, good) => json(response, good ? 200 : 401, good ? [{ id: 1 }] : undefined);
  const api = Object.entries({ "/api/items": items, ...more }).map(([path, answer]) => [
    path,
    (request, response) => answer(request, response, session.isGood(request)),
  ]);
  return { ...session, routes: { ...session.routes, ...Object.fromEntries(api) } };
}

const CSRF_COOKIE = { name: "csrftoken", value: "value%20of%20the%20cookie" };

/** A page whose `auth.js` is the first block, signed in, with a cookie that has run out; `tell` is run in it. */
async function withClient(t, block, { server = backEnd(), places, tell }) {
  const options = { auth: "cookie-session", places, routes: server.routes, cookies: [CSRF_COOKIE] };
  const { page, paths } = await open(t, browser, block, {
    ...options,
    before: `import { auth, signIn } from "./auth.js"; Object.assign(globalThis, { auth, signIn });`,
    after: tell,
  });
  await page.evaluate(() => signIn("ann", "secret"));
  server.expire();
  paths();
  return { page, paths };
}

test("a login, a burst whose cookie has run out, and a logout", async (t) => {
  const server = backEnd();
  const { page, paths } = await open(t, browser, "cookie-session", {
    after: "Object.assign(globalThis, { auth, signIn });",
    routes: server.routes,
    cookies: [CSRF_COOKIE],
  });
  await page.evaluate(() => signIn("ann", "secret"));
  assert.deepEqual(await page.evaluate(() => [auth.state, auth.session.accessToken, auth.session.extra]), [
    "signed-in",
    "",
    { user: "ann" },
  ]);
  server.expire();
  const burst = () =>
    Promise.all(Array.from({ length: 5 }, () => auth.fetch("/api/items").then(({ status }) => status)));
  assert.deepEqual(await page.evaluate(burst), Array(5).fill(200));
  assert.equal(paths().filter((path) => path === "/auth/refresh").length, 1);
  await page.evaluate(() => auth.logout());
  assert.deepEqual([await page.evaluate(() => auth.state), paths()], ["signed-out", ["/auth/logout"]]);
});

test("the values that Django, Laravel and Duende's BFF ask for", async (t) => {
  const sent = [];
  const route = (request, response) => {
    sent.push(["x-csrftoken", "x-xsrf-token", "x-csrf"].map((name) => request.headers[name] ?? ""));
    json(response, 200);
  };
  const { page } = await open(t, browser, "cookie-csrf", {
    after: "Object.assign(globalThis, { instances: [django, sanctum, bff] });",
    routes: { "/api/items": route },
    cookies: [
      { name: "csrftoken", value: "a" },
      { name: "XSRF-TOKEN", value: "b%3D" },
    ],
  });
  await page.evaluate(async () => {
    for (const auth of instances) {
      auth.signedIn();
      await auth.fetch("/api/items", { method: "POST" });
      await auth.fetch("/api/items");
    }
  });
  assert.deepEqual(sent, [
    ["a", "", ""],
    ["", "", ""],
    ["", "b=", ""],
    ["", "", ""],
    ["", "", "1"],
    ["", "", "1"],
  ]);
});

test("axios sends its cookies to another origin where it is told to, and is refreshed for", async (t) => {
  const session = backEnd();
  const requests = [];
  const other = await serve((request, response) => {
    const cors = {
      "access-control-allow-origin": request.headers.origin,
      "access-control-allow-credentials": "true",
    };
    requests.push({ hasCookie: !!request.headers.cookie });
    json(response, session.isGood(request) ? 200 : 401, undefined, cors);
  });
  t.after(() => other.close());
  const { page, paths } = await withClient(t, "cookie-axios", {
    server: session,
    places: { 'credential: "cookie",': `credential: "cookie", origins: [location.origin, "${other.origin}"],` },
    tell: `const bare = axios.create({ adapter: "fetch", env: { fetch: auth.fetch } });
      const status = (api, url) => api.get(url).then(({ status }) => status, ({ status }) => status);
      Object.assign(globalThis, { get: (url) => status(api, url), getBare: (url) => status(bare, url) });`,
  });
  assert.equal(await page.evaluate((url) => get(url), `${other.origin}/items`), 200);
  assert.deepEqual([requests, paths()], [[{ hasCookie: true }, { hasCookie: true }], ["/auth/refresh"]]);
  session.expire();
  assert.equal(await page.evaluate((url) => getBare(url), `${other.origin}/items`), 401);
  assert.deepEqual([requests.slice(2), paths()], [[{ hasCookie: false }], []]);
});

test("TanStack Query asks again by itself for nothing that a refresh has healed", async (t) => {
  const { page, paths } = await withClient(t, "query", {
    tell: "globalThis.ask = () => queries.fetchQuery({ ...items, retry: 3 });",
  });
  assert.deepEqual(await page.evaluate(() => ask()), [{ id: 1 }]);
  assert.deepEqual(paths(), ["/api/items", "/auth/refresh", "/api/items"]);
});

test("events outlive a cookie, and the next connection is refreshed for", async (t) => {
  const streams = [];
  const stream = (_request, response, good) => {
    if (!good) return json(response, 401);
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    return streams.push(response);
  };
  const server = backEnd({ "/api/events": stream });
  const { page, paths } = await withClient(t, "events", {
    server,
    tell: `globalThis.told = [];
      globalThis.listen = async () => { for await (const data of events("/api/events", { pause: 0 })) told.push(data); };`,
  });
  await page.evaluate(() => void listen().catch(({ code }) => told.push(code)));
  await until(() => streams.length === 1);
  server.expire();
  streams[0].write("id: 1\ndata: one\n\n");
  await told(page, 1);
  streams[0].end();
  await until(() => streams.length === 2);
  streams[1].write("id: 2\ndata: two\n\n");
  await told(page, 2);
  await page.evaluate(() => void auth.logout());
  await told(page, 3);
  assert.deepEqual(await page.evaluate(() => globalThis.told), ["one", "two", "logged_out"]);
  assert.equal(paths().filter((path) => path === "/auth/refresh").length, 2);
});

test("uploads that fail together cost one refresh, and carry the value against forgery", async (t) => {
  const sent = [];
  const server = backEnd({
    "/api/files"(request, response, good) {
      sent.push(request.headers["x-csrftoken"]);
      json(response, good ? 200 : 401);
    },
  });
  const { page, paths } = await withClient(t, "cookie-upload", {
    server,
    tell: `const one = async () => (await upload("/api/files", "a file", () => {})).status;
      globalThis.uploads = (count) => Promise.all(Array.from({ length: count }, one));`,
  });
  assert.deepEqual(await page.evaluate(() => uploads(4)), [200, 200, 200, 200]);
  assert.equal(paths().filter((path) => path === "/auth/refresh").length, 1);
  assert.deepEqual([...new Set(sent)], ["value of the cookie"]);
});
