// The documentation's blocks that start a session, end it and tell of it, each in a page in Chromium as an app would
// have it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "../support/browser.js";
import { json } from "../support/http.js";
import { open, signIn, stored, TELL } from "./support.js";

const browser = useBrowser("chromium", { protocolTimeout: 60_000 });

test("ten lines sign in and make a call, and any number of further ones share a refresh", async (t) => {
  const { page, server, paths } = await open(t, browser, "start", { after: `${TELL} globalThis.items = items;` });
  assert.deepEqual(await page.evaluate(() => items), [{ id: 1 }]);
  assert.deepEqual(paths(), ["/login", "/api/items"]);
  server.access = "another";
  const statuses = await page.evaluate(async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, (_, at) => auth.fetch(`/api/${at}`)));
    return answers.map(({ status }) => status);
  });
  assert.deepEqual(statuses, Array(10).fill(200));
  assert.equal(paths().filter((path) => path === "/token").length, 1);
});

test("a client's identifier goes along with the refresh token", async (t) => {
  const { page, server } = await open(t, browser, "endpoint", { after: TELL });
  await signIn(page, server);
  server.access = "another";
  assert.equal(await page.evaluate(async () => (await auth.fetch("/api/items")).status), 200);
  const { body } = server.log.find(({ path }) => path === "/token");
  assert.deepEqual(Object.fromEntries(new URLSearchParams(body)), {
    grant_type: "refresh_token",
    refresh_token: "refresh-1",
    client_id: "spa",
  });
});

test("a sign-in hands over the tokens that the login answers with", async (t) => {
  const { page, paths } = await open(t, browser, "signin", { after: `${TELL} globalThis.signIn = signIn;` });
  await page.evaluate(() => signIn("ann", "secret"));
  assert.equal(await page.evaluate(() => auth.session.accessToken), "access-1");
  assert.deepEqual(paths(), ["/login"]);
});

test("one catch tells a transient failure from the end of the session, and lets others through", async (t) => {
  const { page, server } = await open(t, browser, "errors", {
    after: `${TELL} globalThis.attempt = async () => {
      const told = { shown: null, warned: null, thrown: null };
      const outcome = load((items) => (told.shown = items), (text) => (told.warned = text));
    await outcome.catch((error) => (told.thrown = error.name));
      return told;
    };`,
    routes: {
      "/token": (_, response, __, world) =>
        json(response, world.answer, { error: world.answer === 400 ? "invalid_grant" : "odd" }),
    },
  });
  const attempt = () => page.evaluate(() => attempt());
  const nothing = { shown: null, warned: null, thrown: null };
  await signIn(page, server);
  assert.deepEqual(await attempt(), { ...nothing, shown: [{ id: 1 }] });
  server.access = "another";
  server.answer = 503;
  assert.deepEqual(await attempt(), { ...nothing, warned: "Offline. You are still signed in." });
  await signIn(page, server);
  server.access = "another";
  server.answer = 422;
  assert.deepEqual(await attempt(), { ...nothing, thrown: "AuthFetchError" });
  assert.equal(await page.evaluate(() => auth.state), "signed-in");
  await signIn(page, server);
  server.access = "another";
  server.answer = 400;
  assert.deepEqual(await attempt(), nothing);
  assert.equal(await page.evaluate(() => auth.state), "signed-out");
  await page.evaluate(() => void (globalThis.fetch = () => Promise.reject(new TypeError("no network"))));
  assert.deepEqual(await attempt(), { ...nothing, thrown: "TypeError" });
});

test("what isRefused says yes to ends the session, and what it says no to keeps it", async (t) => {
  const { page, server } = await open(t, browser, "refused", {
    after: TELL,
    routes: { "/token": (_, response, __, world) => json(response, ...world.answer) },
  });
  for (const [answer, code] of [
    [[401, { message: "Unauthorized" }], "session_expired"],
    [[400, { error: "invalid_grant" }], "session_expired"],
    [[400, { detail: "Inactive user" }], "session_expired"],
    [[400, { detail: "odd" }], "refresh_failed"],
  ]) {
    await signIn(page, server);
    Object.assign(server, { access: "another", answer });
    assert.equal(
      await page.evaluate(() => auth.fetch("/api/items").catch((error) => error.code)),
      code,
      JSON.stringify(answer),
    );
    assert.equal(await page.evaluate(() => auth.state), code === "session_expired" ? "signed-out" : "signed-in");
  }
});

test("a dialog that signs in again lets the calls that wait go out", async (t) => {
  const html = '<dialog><form><input name="user" value="ann"><button>Sign in</button></form></dialog>';
  const { page, server, paths } = await open(t, browser, "dialog", { after: TELL, html });
  await signIn(page, server);
  Object.assign(server, { access: "another", refresh: "another" });
  await page.evaluate(() => void (globalThis.call = auth.fetch("/api/items")));
  await page.waitForSelector("dialog[open]");
  assert.equal(await page.evaluate(() => auth.state), "suspended");
  assert.deepEqual(paths(), ["/api/items", "/token"]);
  await page.click("dialog button");
  assert.equal(await page.evaluate(async () => (await call).status), 200);
  assert.deepEqual(paths(), ["/login", "/api/items"]);
  assert.equal(await page.$("dialog[open]"), null);
});

const cookieRoutes = {
  "/session/refresh"({ headers }, response, _body, world) {
    if (headers.cookie !== "refresh=good") return json(response, 400, { error: "invalid_grant" });
    const { access_token, expires_in } = world.issue();
    json(response, 200, { access_token, expires_in });
  },
};

test("a cookie signs in before the first render, and no token is stored", async (t) => {
  const cookies = [{ name: "refresh", value: "good", httpOnly: true }];
  const { page, server } = await open(t, browser, "cookie", { after: TELL, routes: cookieRoutes, cookies });
  assert.equal(await page.evaluate(() => auth.state), "signed-in");
  assert.equal(server.log[0].body, "grant_type=refresh_token");
  assert.equal(await page.evaluate(async () => (await auth.fetch("/api/items")).status), 200);
  assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);
});

test("without the cookie the page starts signed out", async (t) => {
  const { page } = await open(t, browser, "cookie", { after: TELL, routes: cookieRoutes });
  assert.deepEqual(await page.evaluate(() => [auth.state, auth.session]), ["signed-out", null]);
});

test("a function refreshes with a back end of any kind, and says when the session is over", async (t) => {
  const { page, server } = await open(t, browser, "function", {
    after: TELL,
    routes: {
      "/my/refresh"(_, response, body, world) {
        if (world.status) return json(response, world.status, {});
        if (JSON.parse(body).refresh !== world.refresh) return json(response, 410, {});
        const { access_token: jwt, refresh_token: refresh, expires_in: seconds } = world.issue();
        json(response, 200, { jwt, refresh, seconds });
      },
    },
  });
  const call = () =>
    page.evaluate(() =>
      auth.fetch("/api/items").then(
        ({ status }) => status,
        ({ code }) => code,
      ),
    );
  await signIn(page, server);
  server.access = "another";
  assert.equal(await call(), 200);
  assert.deepEqual(await stored(page).then(({ access_token, refresh_token }) => [access_token, refresh_token]), [
    "access-2",
    "refresh-2",
  ]);
  server.access = "another";
  server.status = 422;
  assert.equal(await call(), "refresh_failed");
  await signIn(page, server);
  Object.assign(server, { access: "another", refresh: "another", status: 0 });
  assert.equal(await call(), "session_expired");
});

test("logout aborts the calls, tells the revocation endpoint and goes to the login page", async (t) => {
  const routes = { "/api/slow": () => {}, "/revoke": (_, response) => response.writeHead(200).end() };
  const { page, server } = await open(t, browser, "logout", { after: `${TELL} globalThis.logOut = logOut;`, routes });
  await signIn(page, server);
  const arrived = page.waitForNavigation();
  const told = await page.evaluate(() => {
    const call = auth.fetch("/api/slow").catch(({ code }) => code);
    logOut();
    return call;
  });
  await arrived;
  assert.equal(told, "logged_out");
  assert.equal(new URL(page.url()).pathname, "/login");
  const { body } = server.log.find(({ path }) => path === "/revoke");
  assert.deepEqual(Object.fromEntries(new URLSearchParams(body)), {
    token: "refresh-1",
    token_type_hint: "refresh_token",
    client_id: "spa",
  });
  assert.ok(!("access_token" in (await stored(page))));
});

test("a native shell is told once, with the reason, before the page is left", async (t) => {
  // What a shell has heard outlives the page.
  const before = `globalThis.ReactNativeWebView = {
    postMessage: (text) => (sessionStorage.posted = (sessionStorage.posted ?? "") + location.pathname + text),
  };`;
  const { page, server } = await open(t, browser, "native", { before, after: TELL });
  await signIn(page, server);
  const arrived = page.waitForNavigation();
  const inThatTurn = await page.evaluate(() => {
    auth.logout({ reason: "idle" });
    const posted = sessionStorage.posted;
    auth.logout();
    return posted;
  });
  await arrived;
  const told = '/{"type":"logout","reason":"idle"}';
  assert.deepEqual(
    [inThatTurn, await page.evaluate(() => [location.pathname, sessionStorage.posted])],
    [told, ["/login", told]],
  );
});

test("a native shell refreshes, signs in while the calls wait, and hears of the logout", async (t) => {
  const before =
    "globalThis.posted = []; globalThis.ReactNativeWebView = { postMessage: (text) => posted.push(JSON.parse(text)) };";
  const { page, server } = await open(t, browser, "shell", { before, after: TELL });
  const heard = async (type) => (
    await page.waitForFunction((wanted) => posted.at(-1)?.type === wanted, {}, type),
    page.evaluate(() => posted.splice(0))
  );
  const answer = (how, tokens) => page.evaluate((name, given) => void shell[name](given), how, tokens);
  const call = () =>
    page.evaluate(() => void (globalThis.call = auth.fetch("/api/items").then(({ status }) => status)));
  await signIn(page, server);
  server.access = "another";
  await call();
  assert.deepEqual(await heard("refresh"), [{ type: "refresh" }]);
  await answer("refreshed", server.issue());
  assert.equal(await page.evaluate(() => globalThis.call), 200);
  server.access = "another";
  await call();
  await heard("refresh");
  await answer("refreshed", null);
  assert.deepEqual(await heard("sign-in"), [{ type: "sign-in" }]);
  assert.equal(await page.evaluate(() => auth.state), "suspended");
  await answer("signedIn", server.issue());
  assert.equal(await page.evaluate(() => globalThis.call), 200);
  await page.evaluate(() => void auth.logout());
  assert.deepEqual(await heard("logout"), [{ type: "logout", reason: "user" }]);
  assert.equal(await page.evaluate(() => localStorage.length), 0);
});

test("the recipe's keys become a session, and are gone", async (t) => {
  const { page, server } = await open(t, browser, "adopt", {
    before: `localStorage.setItem("access_token", "old"); localStorage.setItem("refresh_token", "kept");
      localStorage.setItem("access_token_expiration", new Date(Date.now() + 3600e3).toISOString()); localStorage.setItem("theme", "dark");`,
    after: TELL,
  });
  server.refresh = "kept";
  assert.equal(await page.evaluate(() => auth.session.accessToken), "old");
  assert.equal(await page.evaluate(async () => (await auth.fetch("/api/items")).status), 200);
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).sort()), ["authfetch", "theme"]);
});
