// The documentation's blocks that put the package into something else, each in a page in Chromium as an app would have
// it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WebSocketServer } from "ws";
import { useBrowser } from "../support/browser.js";
import { json, serve } from "../support/http.js";
import { open, signIn, TELL } from "./support.js";

const browser = useBrowser("chromium", { protocolTimeout: 60_000 });

test("in the place of fetch it serves every call, and finds the native one by itself", async (t) => {
  const { page, server, paths } = await open(t, browser, "everywhere", { after: TELL });
  await signIn(page, server);
  server.access = "another";
  assert.deepEqual(await page.evaluate(async () => (await fetch("/api/items")).json()), [{ id: 1 }]);
  assert.deepEqual(paths(), ["/api/items", "/token", "/api/items"]);
});

test("a React component follows the session", async (t) => {
  const { page, server } = await open(t, browser, "react", {
    html: '<div id="app"></div>',
    after: `import { StrictMode } from "react"; import { createRoot } from "react-dom/client";
      ${TELL} createRoot(document.getElementById("app")).render(<StrictMode><Account /></StrictMode>);`,
  });
  await page.waitForSelector('a[href="/login"]');
  await signIn(page, server);
  await page.waitForSelector("button");
  await page.click("button");
  await page.waitForSelector('a[href="/login"]');
  assert.equal(await page.evaluate(() => auth.state), "signed-out");
});

test("axios gets its data after a refresh that it knows nothing of", async (t) => {
  const { page, server, paths } = await open(t, browser, "axios", { after: `${TELL} globalThis.api = api;` });
  await signIn(page, server);
  server.access = "another";
  const got = await page.evaluate(async () =>
    (await Promise.all([api.get("/items"), api.post("/items", { a: 1 })])).map(({ status, data }) => [status, data]),
  );
  assert.deepEqual(got, Array(2).fill([200, [{ id: 1 }]]));
  assert.equal(paths().filter((path) => path === "/token").length, 1);
});

test("axios takes a logout for a cancelled request", async (t) => {
  const { page, server } = await open(t, browser, "axios", {
    after: `${TELL} globalThis.api = api;`,
    routes: { "/api/slow": () => {} },
  });
  await signIn(page, server);
  const told = await page.evaluate(async () => {
    const call = api.get("/slow").then(
      () => "answered",
      (error) => [error.name, error.code],
    );
    await Promise.resolve();
    auth.logout();
    return call;
  });
  assert.deepEqual(told, ["AbortError", "logged_out"]);
});

test("TanStack Query gets its data after a refresh, and forgets it at logout", async (t) => {
  const { page, server } = await open(t, browser, "query", {
    after: `${TELL} Object.assign(globalThis, { queries, items });`,
  });
  await signIn(page, server);
  server.access = "another";
  assert.deepEqual(await page.evaluate(() => queries.fetchQuery(items)), [{ id: 1 }]);
  assert.equal(await page.evaluate(() => (auth.logout(), queries.getQueryData(["items"]) ?? null)), null);
});

test("ten uploads by XMLHttpRequest that are refused together cost one refresh", async (t) => {
  const { page, server, paths } = await open(t, browser, "xhr", {
    after: `${TELL} globalThis.sent = []; globalThis.upload = upload;`,
  });
  await signIn(page, server);
  server.access = "another";
  const statuses = await page.evaluate(async () => {
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        upload(`/api/files/${at}`, new Blob(["file"]), ({ loaded }) => sent.push(loaded)),
      ),
    );
    return all.map(({ status }) => status);
  });
  assert.deepEqual(statuses, Array(10).fill(200));
  assert.ok(await page.evaluate(() => sent.length >= 10 && sent.every((loaded) => loaded === 4)));
  assert.equal(paths().filter((path) => path === "/token").length, 1);
});

test("a WebSocket's first message carries a token that is good", async (t) => {
  const http = await serve(() => {});
  const sockets = new WebSocketServer({ server: http.server });
  t.after(() => (sockets.clients.forEach((client) => client.terminate()), http.close()));
  const heard = new Promise((resolve) =>
    sockets.on("connection", (socket) => socket.once("message", (data) => resolve(JSON.parse(data)))),
  );
  const { page, server } = await open(t, browser, "websocket", { after: `${TELL} globalThis.connect = connect;` });
  await signIn(page, server);
  await page.evaluate((url) => void connect(url), `${http.origin.replace("http:", "ws:")}/`);
  assert.deepEqual(await heard, { token: "access-1" });
});

test("two APIs get a token each, and a 401 of one refreshes nothing of the other", async (t) => {
  const before = `
    globalThis.sent = [];
    globalThis.good = { "shop.example.com": "shop-1", "blog.example.com": "blog-1" };
    globalThis.fetch = async (input, init) => {
      const { hostname, pathname } = new URL(input);
      const authorization = new Headers(init?.headers).get("authorization");
      sent.push([hostname, pathname, authorization]);
      if (pathname === "/token") return Response.json({ access_token: (good[hostname] += "+"), refresh_token: "next" });
      return new Response(null, { status: authorization === "Bearer " + good[hostname] ? 200 : 401 });
    };`;
  const { page } = await open(t, browser, "two", {
    before,
    after: "Object.assign(globalThis, { shop, blog, both: fetch });",
  });
  const found = await page.evaluate(async () => {
    shop.setTokens({ access_token: "shop-1", refresh_token: "s" });
    blog.setTokens({ access_token: "blog-1", refresh_token: "b" });
    const call = async (url) => (await both(url)).status;
    const first = [
      await call("https://shop.example.com/a"),
      await call("https://blog.example.com/b"),
      await call("https://example.com/c"),
    ];
    good["blog.example.com"] = "blog-2";
    first.push(await call("https://blog.example.com/d"));
    return [first, sent];
  });
  assert.deepEqual(found, [
    [200, 200, 401, 200],
    [
      ["shop.example.com", "/a", "Bearer shop-1"],
      ["blog.example.com", "/b", "Bearer blog-1"],
      ["example.com", "/c", null],
      ["blog.example.com", "/d", "Bearer blog-1"],
      ["blog.example.com", "/token", null],
      ["blog.example.com", "/d", "Bearer blog-2+"],
    ],
  ]);
});

test("a step-up holds the call until the user has signed in again", async (t) => {
  const challenge = 'Bearer error="insufficient_user_authentication", acr_values="strong", max_age="60"';
  const { page, server, paths } = await open(t, browser, "stepup", {
    after: `${TELL} onStepUp((asked) => new Promise((resolve) => Object.assign(globalThis, { asked, confirmed: resolve })));`,
    routes: {
      "/api/pay"({ headers }, response) {
        const strong = headers.authorization === "Bearer access-2";
        json(response, strong ? 200 : 401, {}, strong ? {} : { "www-authenticate": challenge });
      },
    },
  });
  await signIn(page, server);
  await page.evaluate(() => void (globalThis.call = auth.fetch("/api/pay", { method: "POST", body: "5" })));
  await page.waitForFunction(() => globalThis.asked);
  assert.deepEqual(await page.evaluate(() => asked), { acrValues: ["strong"], maxAge: 60 });
  assert.deepEqual(paths(), ["/api/pay"]);
  await page.evaluate((tokens) => confirmed(tokens), server.issue());
  assert.equal(await page.evaluate(async () => (await call).status), 200);
  assert.deepEqual(
    server.log.map(({ path, body }) => [path, body]),
    [["/api/pay", "5"]],
  );
});

test("a call tells why it went as it did, on the console and on the timeline", async (t) => {
  const before = "globalThis.told = []; console.table = (rows) => told.push(...rows);";
  const { page, server } = await open(t, browser, "debug", { before, after: TELL });
  const lines = [];
  page.on("console", (message) => lines.push(message.text()));
  await signIn(page, server);
  server.access = "another";
  assert.equal(await page.evaluate(async () => (await auth.fetch("/api/items?secret")).status), 200);
  await page.waitForFunction(() => told.length === 2);
  const told = await page.evaluate(() => globalThis.told.map(({ name, url, why }) => [name, url ?? null, why]));
  assert.deepEqual(told, [
    ["authfetch renewal 2", null, "unauthorized → ended: renewed"],
    [
      "authfetch call 1",
      `${server.origin}/api/items`,
      "sent → 401 → held for a renewal → sent as canary → delivered 200",
    ],
  ]);
  assert.ok(lines.includes(`authfetch call 1 ${server.origin}/api/items: sent`), lines.join("\n"));
  assert.ok(![...lines, JSON.stringify(told)].some((text) => /secret|access-|refresh-/.test(text)));
});

test("a header of another name carries the bare token, and follows no redirect", async (t) => {
  const { page, server } = await open(t, browser, "header", {
    after: TELL,
    routes: {
      "/api/here": ({ headers }, response) => json(response, 200, headers["x-api-token"]),
      "/api/away": (_, response) => response.writeHead(307, { location: "/api/here" }).end(),
    },
  });
  await signIn(page, server);
  const call = (path) =>
    page.evaluate(
      (url) =>
        auth.fetch(url).then(
          (response) => response.json(),
          (error) => error.name,
        ),
      path,
    );
  assert.equal(await call("/api/here"), "access-1");
  assert.equal(await call("/api/away"), "TypeError");
  assert.deepEqual(
    server.log.map(({ path, authorization }) => [path, authorization]),
    [
      ["/api/here", undefined],
      ["/api/away", undefined],
    ],
  );
});
