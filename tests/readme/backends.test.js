// The recipes of docs/recipes/back-ends.md, each in a page in Chromium, beside a server that takes and gives tokens as
// that back end does, and refuses as tests/refusals has it, word for word.

import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "../support/browser.js";
import { cookieOf } from "../support/cookie-session.js";
import { read } from "../support/files.js";
import { json } from "../support/http.js";
import { open, TELL } from "./support.js";

const browser = useBrowser("chromium", { protocolTimeout: 60_000 });
const ENTRIES = JSON.parse(read("tests", "refusals", "frameworks.json"));

const form = (_, body) => {
  const sent = new URLSearchParams(body);
  assert.deepEqual([sent.get("grant_type"), sent.get("client_id")], ["refresh_token", "spa"]);
  return sent.get("refresh_token");
};
const member = (name) => (_, body) => JSON.parse(body)[name];
/** Where the back end looks for the refresh token in a cookie. */
const cookie = (request) => cookieOf(request, "refresh");
const same = (tokens) => tokens;
const inCookie = (name) => (tokens) => ({
  body: { [name]: tokens.access_token },
  headers: { "set-cookie": `refresh=${tokens.refresh_token}; Path=/; HttpOnly` },
});
const camel = ({ access_token, refresh_token }) => ({ accessToken: access_token, refreshToken: refresh_token });

/**
 * Block → names of its entries, the refresh endpoint, what it takes for the refresh token, what it answers with, and a
 * login with what it takes; an OAuth server has none here. `except` are entries of another app of that framework.
 */
const BACK_ENDS = {
  "django-oauth-toolkit": { of: ["Django OAuth Toolkit"], refresh: "/o/token/", takes: form, gives: same },
  simplejwt: {
    of: ["djangorestframework-simplejwt"],
    refresh: "/api/token/refresh/",
    takes: member("refresh"),
    gives: ({ access_token: access, refresh_token: refresh }) => ({ access, refresh }),
    login: "/api/token/",
    user: (_, body) => JSON.parse(body).username,
  },
  "dj-rest-auth": {
    of: ["dj-rest-auth"],
    refresh: "/dj-rest-auth/token/refresh/",
    takes: cookie,
    gives: inCookie("access"),
    login: "/dj-rest-auth/login/",
    user: (_, body) => JSON.parse(body).username,
  },
  authlib: { of: ["Authlib"], refresh: "/oauth/token", takes: form, gives: same },
  fastapi: {
    of: ["FastAPI"],
    refresh: "/refresh",
    takes: ({ headers }) => headers.authorization.replace("Bearer ", ""),
    gives: ({ access_token, refresh_token }) => ({ access_token, refresh_token, token_type: "bearer" }),
    login: "/token",
    user: (_, body) => new URLSearchParams(body).get("username"),
  },
  nest: { of: ["NestJS"], refresh: "/auth/refresh", takes: member("refresh_token"), gives: same },
  express: {
    of: ["Express", "express-jwt", "passport-jwt"],
    refresh: "/auth/refresh",
    takes: cookie,
    gives: inCookie("accessToken"),
    login: "/auth/login",
    user: (_, body) => JSON.parse(body).user,
  },
  spring: {
    of: ["Spring"],
    except: /Essencium/,
    refresh: "/auth/refresh",
    takes: member("refreshToken"),
    gives: camel,
    login: "/auth/login",
    user: (_, body) => JSON.parse(body).username,
  },
  "spring-authorization-server": {
    of: ["Spring Authorization Server"],
    refresh: "/oauth2/token",
    takes: form,
    gives: same,
  },
  aspnet: {
    of: ["ASP.NET"],
    refresh: "/refresh",
    takes: member("refreshToken"),
    gives: (tokens) => ({ tokenType: "Bearer", expiresIn: 3600, ...camel(tokens) }),
    login: "/login",
    user: (_, body) => JSON.parse(body).email,
  },
  passport: { of: ["Laravel Passport"], refresh: "/oauth/token", takes: form, gives: same },
  doorkeeper: { of: ["Rails Doorkeeper"], refresh: "/oauth/token", takes: form, gives: same },
};

const entriesOf = ({ of, except }) => ENTRIES.filter(({ name, when }) => of.includes(name) && !except?.test(when));

/** Sends what `gives` makes of new tokens: members, or members and headers. */
function give(response, { gives }, tokens) {
  const given = gives(tokens);
  json(response, 200, given.headers ? given.body : given, given.headers);
}

/** Its routes; while the world has an `answer`, the refresh endpoint says that and nothing else. */
const routesOf = (backEnd) => ({
  [backEnd.refresh](request, response, body, world) {
    if (world.answer) {
      const { status, headers, body: text } = world.answer;
      return response.writeHead(status, headers).end(text);
    }
    assert.equal(backEnd.takes(request, body), world.refresh);
    give(response, backEnd, world.issue());
  },
  ...(backEnd.login && {
    [backEnd.login](request, response, body, world) {
      assert.equal(backEnd.user(request, body), "ann");
      give(response, backEnd, world.issue());
    },
  }),
});

/** Signs in as the recipe does, or with the tokens that a code was exchanged for. */
const signInBy = (page, server, { login }) =>
  login ? page.evaluate(() => signIn("ann", "secret")) : page.evaluate((t) => auth.setTokens(t), server.issue());

const calls = (page, count) =>
  page.evaluate(
    (count) =>
      Promise.all(
        Array.from({ length: count }, () =>
          auth.fetch("/api/items").then(
            ({ status }) => status,
            ({ code }) => code,
          ),
        ),
      ),
    count,
  );

test("each back end's recipe signs in, refreshes once for ten calls, and ends with each of its refusals", async (t) => {
  for (const [name, backEnd] of Object.entries(BACK_ENDS)) {
    await t.test(name, async (t) => {
      const after = `${TELL}${backEnd.login ? " globalThis.signIn = signIn;" : ""}`;
      const { page, server, paths } = await open(t, browser, name, { after, routes: routesOf(backEnd) });
      const count = () => paths().filter((path) => path === backEnd.refresh).length;
      await signInBy(page, server, backEnd);
      assert.deepEqual(await calls(page, 1), [200]);
      assert.equal(count(), 0);
      server.access = "another";
      assert.deepEqual(await calls(page, 10), Array(10).fill(200));
      assert.equal(count(), 1);

      const entries = entriesOf(backEnd);
      assert.ok(entries.some(({ outcome }) => outcome === "ends"));
      for (const entry of entries) {
        server.answer = undefined;
        await page.evaluate(() => auth.logout({ revoke: false }));
        await signInBy(page, server, backEnd);
        Object.assign(server, { access: "another", answer: entry });
        const over = entry.outcome !== "kept";
        assert.deepEqual(await calls(page, 1), [over ? "session_expired" : "refresh_failed"], entry.when);
        assert.equal(await page.evaluate(() => auth.state), over ? "signed-out" : "signed-in", entry.when);
      }
    });
  }
});

test("a token that comes in a header, and cannot be refreshed, gives the 401 to its caller", async (t) => {
  const { page, paths } = await open(t, browser, "devise-jwt", {
    after: `${TELL} globalThis.signIn = signIn;`,
    routes: {
      "/users/sign_in"(_, response, body, world) {
        assert.deepEqual(JSON.parse(body), { user: { email: "ann", password: "secret" } });
        json(response, 200, {}, { authorization: `Bearer ${world.issue().access_token}` });
      },
      "/api/over": (_, response) => {
        const { status, headers, body } = ENTRIES.find(({ name }) => name === "Devise-JWT");
        response.writeHead(status, headers).end(body);
      },
      "/users/sign_out": (_, response) => response.writeHead(204).end(),
    },
  });
  await page.evaluate(() => signIn("ann", "secret"));
  assert.deepEqual(await calls(page, 1), [200]);
  const over = () =>
    page.evaluate(async () => {
      const response = await auth.fetch("/api/over");
      return [response.status, await response.json(), auth.state];
    });
  assert.deepEqual(await over(), [401, { error: "revoked token" }, "signed-in"]);
  assert.deepEqual(paths(), ["/users/sign_in", "/api/items", "/api/over"]);
  await page.evaluate(() => auth.logout());
  assert.deepEqual(paths(), ["/users/sign_out"]);
});
