// The package on a server: importing it is safe, what is constructed there is nobody else's, and no token leaves by
// accident.

import assert from "node:assert/strict";
import { test } from "node:test";
import { serve } from "../support/http.js";
import { inNode, useInstalled } from "./support.js";

const app = useInstalled();

const STORAGE = `
  const touched = [];
  const storage = {
    getItem: (key) => (touched.push(["get", key]), null),
    setItem: (key) => touched.push(["set", key]),
    removeItem: (key) => touched.push(["remove", key]),
  };
  for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(globalThis, name, { value: storage, configurable: true });
`;

test("importing runs nothing and leaves every global as it was", async () => {
  const found = await inNode(
    app,
    `
    const ran = [];
    const values = () => new Map(Reflect.ownKeys(globalThis).map((key) => [key, globalThis[key]]));
    // Node makes some of its globals at the first look, and runs wasm of its own at the first import: neither is ours.
    values();
    const spy = (target, name) => {
      const note = (how) => (...args) => ((new Error().stack.includes("authfetch/dist") && ran.push(name)), Reflect[how](...args));
      target[name] = new Proxy(target[name], { construct: note("construct"), apply: note("apply") });
    };
    for (const name of ["Module", "Instance", "compile", "instantiate"]) spy(WebAssembly, name);
    for (const name of ["fetch", "setTimeout", "setInterval", "queueMicrotask", "BroadcastChannel"]) spy(globalThis, name);
    const shape = () => Reflect.ownKeys(globalThis).flatMap((key) => {
      const value = globalThis[key];
      if (typeof value !== "function" || !value.prototype) return [];
    return Reflect.ownKeys(value.prototype).map((name) => String(key) + "." + String(name));
    });
    const [before, shapeBefore] = [values(), shape()];
    const module = await import("authfetch");
    const [after, shapeAfter] = [values(), shape()];
    const all = new Set([...before.keys(), ...after.keys()]);
  const differing = [...all].filter((key) => !Object.is(before.get(key), after.get(key)));
    console.log(JSON.stringify({
      ran, differing: differing.map(String), prototypes: shapeAfter.length - shapeBefore.length,
    exported: Object.keys(module).sort(),
    }));
  `,
  );
  const exported = ["AuthFetch", "AuthFetchError", "SessionRefusedError", "ready"];
  assert.deepEqual(found, { ran: [], differing: [], prototypes: 0, exported });
});

test("without a page the session is kept in memory and the process still ends by itself", async () => {
  const found = await inNode(
    app,
    `
    import { AuthFetch } from "authfetch";
    const auth = new AuthFetch({ refresh: "https://example.com/token" });
    const before = [auth.state, auth.session];
    auth.setTokens({ access_token: "a", refresh_token: "r", expires_in: 3600 });
    const got = await auth.getAccessToken();
  console.log(JSON.stringify({ before, state: auth.state, token: auth.session.accessToken, got }));
  `,
  );
  assert.deepEqual(found, { before: ["signed-out", null], state: "signed-in", token: "a", got: "a" });
});

test("instances of one name share nothing without a page, and no storage is touched where there is one", async () => {
  const found = await inNode(
    app,
    `${STORAGE}
    import { AuthFetch } from "authfetch";
    const pairs = [];
    for (const storage of [undefined, "local", "session"]) {
      const [one, other] = [new AuthFetch({ name: "same", storage }), new AuthFetch({ name: "same", storage })];
      let heard = 0;
      other.subscribe(() => heard++);
      one.setTokens({ access_token: "of-one-user" });
      await new Promise((resolve) => setImmediate(resolve));
      const third = new AuthFetch({ name: "same", storage });
      pairs.push([one.state, other.state, other.session, third.state, heard]);
      await one.logout();
    }
    console.log(JSON.stringify({ pairs, touched }));
  `,
  );
  const apart = ["signed-in", "signed-out", null, "signed-out", 0];
  assert.deepEqual(found, { pairs: [apart, apart, apart], touched: [] });
});

const SENT = `
  import { AuthFetch } from "authfetch";
  const sent = [];
  const fetch = async (input, init) => {
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
    sent.push(headers.get("authorization"));
    return new Response();
  };
`;

test("without a page no token goes to any URL unless its origin was given", async () => {
  const found = await inNode(
    app,
    `${SENT}
    const auth = new AuthFetch({ fetch });
    auth.setTokens({ access_token: "a" });
    const urls = ["https://example.com/api", "http://localhost/api", "http://127.0.0.1:3000/", "/api", "api", "file:///api", "blob:null/1"];
    for (const url of urls) await auth.fetch(url);
    await auth.fetch(new URL("https://example.com/"));
    await auth.fetch(new Request("https://example.com/"));
    const byDefault = sent.splice(0);

    const given = new AuthFetch({ fetch, origins: ["https://api.example.com"] });
    given.setTokens({ access_token: "b" });
    for (const url of ["https://api.example.com/x", "https://example.com/x", "/x"]) await given.fetch(url);
    console.log(JSON.stringify({ byDefault, given: sent }));
  `,
  );
  assert.deepEqual(found, { byDefault: Array(9).fill(null), given: ["Bearer b", null, null] });
});

test("without a page a burst on a spent token refreshes once", async () => {
  const found = await inNode(
    app,
    `
    import { AuthFetch } from "authfetch";
    let refreshes = 0;
    const fetch = async (input, init) => {
      if (String(input).endsWith("/token")) return refreshes++, Response.json({ access_token: "new" });
      return new Response(null, { status: new Headers(init?.headers).get("authorization") === "Bearer new" ? 200 : 401 });
    };
    const auth = new AuthFetch({ fetch, refresh: "https://example.com/token", origins: ["https://example.com"] });
    auth.setTokens({ access_token: "old", refresh_token: "r" });
    const answers = await Promise.all(Array.from({ length: 20 }, () => auth.fetch("https://example.com/api")));
    console.log(JSON.stringify({ statuses: [...new Set(answers.map(({ status }) => status))], refreshes }));
  `,
  );
  assert.deepEqual(found, { statuses: [200], refreshes: 1 });
});

test("`context.fetch` is Node's own fetch, in whatever way a refresh function calls it", async (t) => {
  const asked = [];
  const server = await serve((request, response) => {
    asked.push(request.url);
    response.end('{ "access_token": "new" }');
  });
  t.after(() => server.close());
  const found = await inNode(
    app,
    `
    import { AuthFetch } from "authfetch";
    const url = "${server.origin}/token";
    const passedOn = (send) => send(url);
    const forms = [(context) => context.fetch(url), ({ fetch }) => fetch(url), (context) => passedOn(context.fetch)];
    const tokens = [];
    for (const fetch of [undefined, globalThis.fetch]) {
      for (const refresh of forms) tokens.push((await new AuthFetch({ refresh, fetch }).refresh()).accessToken);
    }
    console.log(JSON.stringify(tokens));
  `,
  );
  assert.deepEqual([found, asked], [Array(6).fill("new"), Array(6).fill("/token")]);
});
