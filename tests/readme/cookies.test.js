// A session in cookies as docs/cookie-sessions.md sets it up.

import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "../support/browser.js";
import { json } from "../support/http.js";
import { open } from "./support.js";

const browser = useBrowser("chromium");

/** The value of a cookie of this request. */
const cookieOf = ({ headers }, name) => new RegExp(`\\b${name}=([^;]*)`).exec(headers.cookie ?? "")?.[1];

/** A back end whose session is the cookie `session`: each refresh sets the next number, and only the last one is good. */
function backEnd() {
  let good = 0;
  const set = (response, status, body) =>
    json(response, status, body, { "set-cookie": `session=${++good}; HttpOnly; Path=/` });
  const isForged = (request) => request.headers["x-csrftoken"] !== "value of the cookie";
  return {
    expire: () => void good++,
    routes: {
      "/auth/login": (request, response) =>
        isForged(request) ? json(response, 403) : set(response, 200, { expires_in: 60, user: "ann" }),
      "/auth/refresh"(request, response) {
        if (isForged(request)) json(response, 403);
        else if (!cookieOf(request, "session")) json(response, 401);
        else set(response, 204);
      },
      "/auth/logout": (request, response) => json(response, isForged(request) ? 403 : 204),
      "/api/items": (request, response) => json(response, Number(cookieOf(request, "session")) === good ? 200 : 401),
    },
  };
}

test("a login, a burst whose cookie has run out, and a logout", async (t) => {
  const server = backEnd();
  const { page, paths } = await open(t, browser, "cookie-session", {
    after: "Object.assign(globalThis, { auth, signIn });",
    routes: server.routes,
    cookies: [{ name: "csrftoken", value: "value%20of%20the%20cookie" }],
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
