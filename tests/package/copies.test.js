// The entries in one process: errors of one are known to the other. On a server that compiles no wasm nothing fails.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { inNode, useInstalled } from "./support.js";

const app = useInstalled();

test("an error of one entry is an instance of the other's class, and of a subclass only where it is one", async () => {
  const dist = join(app.folder, "node_modules", "authfetch", "dist");
  const require = createRequire(import.meta.url);
  const module = await import(pathToFileURL(join(dist, "index.js")).href);
  const others = [
    require(join(dist, "index.cjs")),
    await import(pathToFileURL(join(dist, "compat.js")).href),
    await import(pathToFileURL(join(dist, "auto.js")).href),
  ];
  class Own extends module.AuthFetchError {}
  for (const other of others) {
    const error = new other.AuthFetchError("text", "signed_out");
    const refused = new other.SessionRefusedError("over");
    assert.deepEqual(
      [error instanceof module.AuthFetchError, error instanceof module.SessionRefusedError, error instanceof Own],
      [true, false, false],
    );
    assert.deepEqual(
      [refused instanceof module.SessionRefusedError, refused instanceof module.AuthFetchError],
      [true, false],
    );
  }
  const own = new Own("text", "signed_out");
  assert.deepEqual([own instanceof Own, own instanceof module.AuthFetchError], [true, true]);
  for (const value of [null, undefined, 1, {}, new Error("text")]) assert.ok(!(value instanceof module.AuthFetchError));
});

/** As workerd refuses it in a handler. Node's own fetch compiles asynchronously. */
const FORBIDDEN = `
  WebAssembly.Module = class {
    constructor() {
      throw new WebAssembly.CompileError("WebAssembly.Module(): Wasm code generation disallowed by embedder");
    }
  };
`;

test("authfetch/slim: after bytes that are no wasm others may succeed", async () => {
  const found = await inNode(
    app,
    `
    import { readFileSync } from "node:fs";
    import { createRequire } from "node:module";
    import { AuthFetch, init } from "authfetch/slim";
    const code = await init(new Uint8Array(8)).catch((error) => error.code);
    await init(readFileSync(createRequire(import.meta.url).resolve("authfetch/authfetch.wasm")));
    const auth = new AuthFetch();
    auth.setTokens({ access_token: "a" });
    console.log(JSON.stringify([code, auth.state]));`,
  );
  assert.deepEqual(found, ["wasm_unavailable", "signed-in"]);
});

test("on a server that compiles no wasm an instance is there, signed out, and calls go out as they are", async () => {
  const found = await inNode(
    app,
    `${FORBIDDEN}
    import { AuthFetch, AuthFetchError } from "authfetch";
    class Own extends AuthFetch { get name() { return "own"; } }
    const asked = [];
    const fetch = async (...args) => (asked.push(args), new Response("body", { status: 401 }));
    const auth = new Own({ fetch, refresh: "https://example.com/token", origins: ["https://example.com"] });
    const init = { method: "POST", body: "text" };
    const answer = await auth.fetch("https://example.com/api", init);
    const told = async (work) => {
      try {
        return await work();
      } catch (error) {
        return [error instanceof AuthFetchError, error.code];
      }
    };
    auth.addEventListener("logout", () => {});
    auth.removeEventListener("logout", () => {});
    auth.subscribe(() => {})();
    auth.close();
    console.log(JSON.stringify({
      state: auth.state, session: auth.session, status: answer.status, untouched: asked[0][1] === init,
      bound: auth.fetch === auth.fetch, is: [auth instanceof Own, auth instanceof AuthFetch, auth.name],
      token: await told(() => auth.getAccessToken()), refresh: await told(() => auth.refresh()),
      logout: (await told(() => auth.logout())) ?? null, signIn: await told(() => auth.setTokens({ access_token: "a" })),
    }));`,
  );
  assert.deepEqual(found, {
    state: "signed-out",
    session: null,
    status: 401,
    untouched: true,
    bound: true,
    is: [true, true, "own"],
    token: null,
    refresh: [true, "signed_out"],
    logout: null,
    signIn: [true, "wasm_unavailable"],
  });
});

test("authfetch/compat and authfetch/auto work in Node where no wasm may be compiled, by import and by require", async () => {
  const found = await inNode(
    app,
    `${FORBIDDEN}
    import { createRequire } from "node:module";
    const require = createRequire(import.meta.url);
    const results = [];
    for (const entry of ["authfetch/compat", "authfetch/auto"]) {
      for (const { AuthFetch } of [await import(entry), require(entry)]) {
        const fetch = async (input, init) => String(input).endsWith("/token")
          ? Response.json({ access_token: "fresh" })
          : new Response(null, { status: new Headers(init?.headers).get("authorization") === "Bearer fresh" ? 200 : 401 });
        const auth = new AuthFetch({ fetch, refresh: "https://example.com/token", origins: ["https://example.com"] });
        if (entry === "authfetch/compat") auth.setTokens({ access_token: "spent", refresh_token: "r" });
        results.push([auth.state, (await auth.fetch("https://example.com/api")).status]);
      }
    }
    console.log(JSON.stringify(results));`,
  );
  // On a server `auto` is as `authfetch` is: inert.
  assert.deepEqual(found, [
    ["signed-in", 200],
    ["signed-in", 200],
    ["signed-out", 401],
    ["signed-out", 401],
  ]);
});
