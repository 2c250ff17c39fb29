// The entries beside `authfetch`: the wasm given by the app, no wasm at all, and whichever of the two is to be had. Pages
// import the installed package's files as they are, under a policy that forbids wasm or allows it.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { inEachBrowser } from "../support/browser.js";
import { json, sendFile, serve } from "../support/http.js";
import { newPage } from "../support/page.js";
import { HTML, useInstalled } from "./support.js";

const app = useInstalled();
const FORBIDDING = "script-src 'self'";
const ALLOWING = "script-src 'self' 'wasm-unsafe-eval'";

/** What each page's script has to hand. */
const SCRIPT = (entry, body) => `
import * as entry from "/dist/${entry}.js";
const { AuthFetch, AuthFetchError, ready } = entry;
const attempt = async (work) => {
  try {
    return await work();
  } catch (error) {
    const { cause, code, name } = error;
    return { code, name, ours: error instanceof AuthFetchError, caused: cause !== undefined };
  }
};
/** A burst on a spent token: how the calls ended, and how many token requests they took. */
const burst = async (auth) => {
  const before = (await (await fetch("/count")).json()).token;
  const answers = await Promise.all(Array.from({ length: 20 }, () => auth.fetch("/api")));
  const { token } = await (await fetch("/count")).json();
  return [[...new Set(answers.map(({ status }) => status))], token - before];
};
const tokens = { access_token: "spent", refresh_token: "r" };
/** The code of the first error that nobody catches. */
const reported = new Promise((resolve) => addEventListener("unhandledrejection", ({ reason }) => resolve(reason.code)));
globalThis.result = (async () => {${body}})().catch((error) => "failed: " + error.message);
`;

/** Runs the script in a page of this browser: what it came to, and which files of the package were asked for. */
async function run(browser, { entry, body, policy, broken = [] }) {
  const asked = [];
  let token = 0;
  let failures = broken.length;
  const script = SCRIPT(entry, body);
  const routes = {
    "/": (response) =>
      response
        .writeHead(200, { "content-type": "text/html", "content-security-policy": policy })
        .end(HTML('<script type="module" src="/script.js"></script>')),
    "/script.js": (response) => response.writeHead(200, { "content-type": "text/javascript" }).end(script),
    "/token": (response) => (token++, json(response, 200, { access_token: "fresh", refresh_token: "r2" })),
    "/count": (response) => json(response, 200, { token }),
    "/api": (response, request) =>
      response.writeHead(request.headers.authorization === "Bearer fresh" ? 200 : 401).end(),
  };
  const server = await serve((request, response, { pathname }) => {
    if (routes[pathname]) return routes[pathname](response, request);
    const file = pathname.replace("/dist/", "");
    asked.push(file);
    if (broken.includes(file) && failures-- > 0) return response.writeHead(503).end();
    const folder = join(app.folder, "node_modules", "authfetch", "dist");
    return sendFile(folder, `/${file}`, response, { "cache-control": "no-store" });
  });
  const { page } = await newPage(browser);
  try {
    await page.goto(`${server.origin}/`);
    return { result: await page.evaluate(() => globalThis.result), asked };
  } finally {
    await page.close();
    await server.close();
  }
}

const BURST = `
  const auth = new AuthFetch({ refresh: "/token" });
  auth.setTokens(tokens);
  return [await burst(auth), auth.state];
`;
const WORKED = [[[200], 1], "signed-in"];

inEachBrowser("the entries in", ({ browser }) => {
  const outcome = async (options) => run(await browser(), options);

  test("authfetch/compat refreshes once for a burst where the policy forbids wasm", async () => {
    const { result, asked } = await outcome({ entry: "compat", policy: FORBIDDING, body: BURST });
    assert.deepEqual([result, asked], [WORKED, ["compat.js"]]);
  });

  test("authfetch/auto takes wasm where it may, and loads nothing else", async () => {
    const { result, asked } = await outcome({ entry: "auto", policy: ALLOWING, body: BURST });
    assert.deepEqual([result, asked.sort()], [WORKED, ["auto.js", "index.js"]]);
  });

  test("authfetch/auto loads what stands in for wasm where the policy forbids it, and what was asked is done", async () => {
    const { result, asked } = await outcome({
      entry: "auto",
      policy: FORBIDDING,
      body: `
        localStorage.clear();
        const heard = [];
        const auth = new AuthFetch({ refresh: "/token" });
        const { fetch, subscribe } = auth;
        const off = auth.subscribe(() => heard.push("off"));
        auth.subscribe(() => heard.push("changed"));
        auth.addEventListener("signin", () => heard.push("signin"));
        off();
        const first = [auth.state, auth.session];
        auth.setTokens(tokens);
        const early = await burst(auth);
        return {
          first, early, state: auth.state, token: auth.session.accessToken,
          heard: [...new Set(heard)].sort(), same: auth.fetch === fetch && auth.subscribe === subscribe,
          later: new AuthFetch({ refresh: "/token" }).state, ready: (await ready()) === undefined,
        };`,
    });
    assert.deepEqual(result, {
      first: ["signed-out", null],
      early: [[200], 1],
      state: "signed-in",
      token: "fresh",
      heard: ["changed", "signin"],
      same: true,
      later: "signed-in",
      ready: true,
    });
    assert.deepEqual(asked.sort(), ["auto.js", "compat.js", "index.js"]);
  });

  test("authfetch/auto: after ready() the stored session is there at construction", async () => {
    const { result } = await outcome({
      entry: "auto",
      policy: FORBIDDING,
      body: `
        localStorage.setItem("authfetch", '{"access_token": "kept"}');
        await ready();
        const auth = new AuthFetch();
        return [auth.state, auth.session.accessToken];`,
    });
    assert.deepEqual(result, ["signed-in", "kept"]);
  });

  test("authfetch/auto: a subscriber from before hears of the session that was stored", async () => {
    const { result } = await outcome({
      entry: "auto",
      policy: FORBIDDING,
      body: `
        localStorage.setItem("authfetch", '{"access_token": "kept"}');
        const auth = new AuthFetch();
        const heard = new Promise((resolve) => auth.subscribe(() => resolve(auth.session.accessToken)));
        return [auth.state, await heard];`,
    });
    assert.deepEqual(result, ["signed-out", "kept"]);
  });

  test("authfetch/auto: a signal ends the wait for it, with its reason", async () => {
    const { result } = await outcome({
      entry: "auto",
      policy: FORBIDDING,
      body: `
        const auth = new AuthFetch();
        const controller = new AbortController();
        const call = auth.fetch("/api", { signal: controller.signal });
        const reason = new Error("no longer wanted");
        controller.abort(reason);
        return [
          await call.catch((error) => error === reason),
          await auth.fetch("/api", { signal: controller.signal }).catch((error) => error === reason),
        ];`,
    });
    assert.deepEqual(result, [true, true]);
  });

  test("authfetch/auto: where it cannot be loaded calls are told so, and sign-ins are kept for the next try", async () => {
    const { result } = await outcome({
      entry: "auto",
      policy: FORBIDDING,
      broken: ["compat.js"],
      body: `
        localStorage.clear();
        const auth = new AuthFetch({ refresh: "/token" });
        auth.setTokens(tokens);
        const told = await attempt(() => auth.fetch("/api"));
        return [told, auth.state, await attempt(() => ready().then(() => "ready"))];`,
    });
    const told = { code: "wasm_unavailable", name: "AuthFetchError", ours: true, caused: true };
    // Whether a module that could not be loaded is asked for again is the browser's: Chromium does.
    assert.deepEqual(result.slice(0, 2), [told, "signed-out"]);
    assert.ok(result[2] === "ready" || result[2].code === "wasm_unavailable", JSON.stringify(result));
  });

  test("authfetch/auto: options that are refused reject each call, and are reported", async () => {
    const { result } = await outcome({
      entry: "auto",
      policy: FORBIDDING,
      body: `
        const auth = new AuthFetch({ leeway: "soon" });
        const [call, refresh] = [await attempt(() => auth.fetch("/api")), await attempt(() => auth.refresh())];
        return [call.code, refresh.code, auth.state, await reported];`,
    });
    assert.deepEqual(result, ["invalid_options", "invalid_options", "signed-out", "invalid_options"]);
  });

  const SOURCES = {
    "its address": 'init("/dist/authfetch.wasm")',
    "a URL": 'init(new URL("/dist/authfetch.wasm", location.href))',
    "the response to come": 'init(fetch("/dist/authfetch.wasm"))',
    "its bytes": 'init(await (await fetch("/dist/authfetch.wasm")).arrayBuffer())',
    "a module": 'init(await WebAssembly.compile(await (await fetch("/dist/authfetch.wasm")).arrayBuffer()))',
  };
  for (const [name, call] of Object.entries(SOURCES)) {
    test(`authfetch/slim starts with ${name}`, async () => {
      const body = `await entry.${call}; localStorage.clear(); ${BURST}`;
      const { result, asked } = await outcome({ entry: "slim", policy: ALLOWING, body });
      assert.deepEqual([result, asked], [WORKED, ["slim.js", "authfetch.wasm"]]);
    });
  }

  test("authfetch/slim with bytes or a module constructs in the same turn, and before init() says what is missing", async () => {
    const { result } = await outcome({
      entry: "slim",
      policy: ALLOWING,
      body: `
        const before = await attempt(() => new AuthFetch());
        const bytes = await (await fetch("/dist/authfetch.wasm")).arrayBuffer();
        entry.init(new Uint8Array(bytes));
        return [before, new AuthFetch({ storage: "memory" }).state];`,
    });
    const told = { code: "wasm_unavailable", name: "AuthFetchError", ours: true, caused: false };
    assert.deepEqual(result, [told, "signed-out"]);
  });

  test("authfetch/slim: after an init() that failed another may succeed", async () => {
    const { result } = await outcome({
      entry: "slim",
      policy: ALLOWING,
      broken: ["authfetch.wasm"],
      body: `
        const failed = await attempt(() => entry.init("/dist/authfetch.wasm"));
        const alike = await attempt(() => ready());
        await entry.init("/dist/authfetch.wasm");
        return [failed, alike.code, (await ready()) === undefined, new AuthFetch({ storage: "memory" }).state];`,
    });
    const told = { code: "wasm_unavailable", name: "AuthFetchError", ours: true, caused: true };
    assert.deepEqual(result, [told, "wasm_unavailable", true, "signed-out"]);
  });
});
