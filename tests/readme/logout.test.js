// Logouts of real back ends: the documentation's block in a page, and the back end that it names behind it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutPython } from "../support/backend.js";
import { useBrowser } from "../support/browser.js";
import { startBackend } from "./backends/start.js";
import { open, stored } from "./support.js";

const browser = useBrowser("chromium", { protocolTimeout: 60_000 });

const headers = { "content-type": "application/json" };

/** The back end of this name: what it says to a test, and routes of a page that lead to it. */
async function backend(t, name, paths) {
  const { origin, route, close } = await startBackend(name);
  t.after(close);
  return {
    routes: Object.fromEntries(paths.map((path) => [path, route])),
    async ask(path, body, more) {
      const answer = await fetch(origin + path, {
        method: body ? "POST" : "GET",
        headers: { ...headers, ...more },
        body: body && JSON.stringify(body),
      });
      const text = await answer.text();
      return { status: answer.status, body: text && JSON.parse(text) };
    },
  };
}

function warningsOf(page) {
  const warnings = [];
  page.on("console", (message) => message.type() === "warn" && warnings.push(message.text()));
  return warnings;
}

const post = (page, path, body) =>
  page.evaluate((path, init) => fetch(path, init).then((answer) => answer.json()), path, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });

test("simplejwt puts the refresh token on its blacklist at logout", { skip: withoutPython() }, async (t) => {
  const { routes, ask } = await backend(t, "simplejwt", [
    "/api/token/",
    "/api/token/refresh/",
    "/api/token/blacklist/",
    "/api/items",
  ]);
  const more = 'const form = new AuthFetch({ name: "form", revocation: "/api/token/blacklist/?a=1" });';
  const { page, paths } = await open(t, browser, "simplejwt", {
    routes,
    after: `${more} Object.assign(globalThis, { auth, form, tokensOf });`,
  });
  const warnings = warningsOf(page);
  const signIn = async () =>
    page.evaluate(
      (tokens) => auth.setTokens(tokensOf(tokens)),
      await post(page, "/api/token/", { username: "ann", password: "secret" }),
    );
  const items = () => page.evaluate(async () => (await auth.fetch("/api/items")).json());
  await signIn();
  assert.deepEqual(await items(), [{ owner: "ann" }]);
  await page.evaluate(() => auth.refresh());
  assert.deepEqual(await items(), [{ owner: "ann" }]);
  const { refresh_token: refresh } = await stored(page);
  paths();
  await page.evaluate(() => auth.logout());
  assert.deepEqual(paths(), ["/api/token/blacklist/"]);
  const blacklisted = { detail: "Token is blacklisted", code: "token_not_valid" };
  assert.deepEqual(await ask("/api/token/refresh/", { refresh }), { status: 401, body: blacklisted });
  // Signed out, there is nothing to put there.
  await page.evaluate(() => auth.logout());
  assert.deepEqual([paths(), warnings], [[], []]);
  // It is no endpoint of RFC 7009, and that is told of.
  await page.evaluate(() => (form.setTokens({ access_token: "a", refresh_token: "r" }), form.logout()));
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /\/api\/token\/blacklist\/: answered 400\./);
});

test("NestJS is told of the logout with the access token, and deletes the refresh token", async (t) => {
  const { routes, ask } = await backend(t, "nest", ["/auth/login", "/auth/refresh", "/auth/logout"]);
  const { page, paths } = await open(t, browser, "nest", { routes, after: "Object.assign(globalThis, { auth });" });
  const warnings = warningsOf(page);
  await page.evaluate(
    (tokens) => auth.setTokens(tokens),
    await post(page, "/auth/login", { user: "ann", password: "secret" }),
  );
  await page.evaluate(() => auth.refresh());
  const { access_token: access, refresh_token } = await stored(page);
  const authorization = `Bearer ${access}`;
  assert.deepEqual(await ask("/auth/items", undefined, { authorization }), { status: 200, body: [{ owner: "ann" }] });
  paths();
  await page.evaluate(() => auth.logout());
  assert.deepEqual([paths(), warnings], [["/auth/logout"], []]);
  assert.deepEqual(await ask("/auth/refresh", { refresh_token }), {
    status: 401,
    body: { message: "Unauthorized", statusCode: 401 },
  });
});
