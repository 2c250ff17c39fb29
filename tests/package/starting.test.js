// Starting the wasm: at the first construction or ahead of it, and what a page is told whose Content-Security-Policy
// forbids it. Everything happens in the page's own script, since a debugger's evaluation is outside the policy.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { inEachBrowser } from "../support/browser.js";
import { sendFile, serve } from "../support/http.js";
import { newPage } from "../support/page.js";
import { HTML, useInstalled } from "./support.js";

const CONSTRUCT = `
import { AuthFetch, AuthFetchError, ready } from "authfetch";
const attempt = async (work) => {
  try {
    return await work();
  } catch (error) {
    const { code, name, message, cause } = error;
    const explained = /wasm-unsafe-eval/.test(message);
    return { code, name, ours: error instanceof AuthFetchError, explained, caused: cause !== undefined };
  }
};
const construct = () => new AuthFetch({ refresh: "/token" }).state;
const isReady = () => ready().then(() => "ready");
globalThis.result = (async () => [await attempt(construct), await attempt(construct), await attempt(isReady)])();
`;

const AHEAD = `
import { AuthFetch, ready } from "authfetch";
const calls = { Module: 0, compile: 0 };
const construct = (target, args) => (calls.Module++, Reflect.construct(target, args));
WebAssembly.Module = new Proxy(WebAssembly.Module, { construct });
const apply = (target, self, args) => (calls.compile++, Reflect.apply(target, self, args));
WebAssembly.compile = new Proxy(WebAssembly.compile, { apply });
globalThis.result = (async () => {
  const early = ready();
  const told = await early;
  const ahead = { ...calls };
  const state = new AuthFetch().state;
  new AuthFetch({ name: "another" });
  await ready();
  return { told: told === undefined, ahead, state, after: calls };
})();
`;

const MEANWHILE = `
import { AuthFetch, ready } from "authfetch";
globalThis.result = (async () => {
  const compiling = [ready(), ready()];
  const auth = new AuthFetch();
  auth.setTokens({ access_token: "kept" });
  await Promise.all(compiling);
  return [auth.session.accessToken, new AuthFetch().session.accessToken];
})();
`;

const app = useInstalled(async (app) => {
  for (const [name, source] of Object.entries({ construct: CONSTRUCT, ahead: AHEAD, meanwhile: MEANWHILE })) {
    app.write(`${name}/main.js`, source);
    const [entry, outfile] = [join(app.folder, name, "main.js"), join(app.folder, name, "out.js")];
    await build({ entryPoints: [entry], bundle: true, format: "esm", outfile });
    app.write(`${name}/index.html`, HTML('<script type="module" src="/out.js"></script>'));
  }
});

inEachBrowser("in", ({ browser }) => {
  const result = async (folder, policy) => {
    const headers = policy ? { "content-security-policy": policy } : {};
    const server = await serve((_, response, url) =>
      sendFile(join(app.folder, folder), url.pathname, response, headers),
    );
    const { page } = await newPage(await browser());
    try {
      await page.goto(`${server.origin}/`);
      return await page.evaluate(() => globalThis.result);
    } finally {
      await page.close();
      await server.close();
    }
  };

  test("a policy without 'wasm-unsafe-eval' is told as wasm_unavailable, each time", async () => {
    const told = { code: "wasm_unavailable", name: "AuthFetchError", ours: true, explained: true, caused: true };
    assert.deepEqual(await result("construct", "script-src 'self'"), [told, told, told]);
  });

  test("with script-src 'self' 'wasm-unsafe-eval' it works, and nothing else is asked of the policy", async () => {
    const policy =
      "default-src 'none'; connect-src 'self'; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'";
    assert.deepEqual(await result("construct", policy), ["signed-out", "signed-out", "ready"]);
  });

  test("without a policy it works", async () => {
    assert.deepEqual(await result("construct"), ["signed-out", "signed-out", "ready"]);
  });

  test("after ready() the first construction compiles nothing", async () => {
    const compiled = { Module: 0, compile: 1 };
    assert.deepEqual(await result("ahead"), { told: true, ahead: compiled, state: "signed-out", after: compiled });
  });

  test("constructing while ready() is under way gives one working session", async () => {
    assert.deepEqual(await result("meanwhile"), ["kept", "kept"]);
  });
});
