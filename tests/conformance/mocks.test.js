// In whatever order an app, its mocks and its instruments put themselves in the place of `globalThis.fetch`, a call
// arrives, and once. Mocks here are of the three kinds there are: one that answers, one that hands on at once, one that
// hands on later, as a new Request.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { AUTHFETCH } from "../support/files.js";

const { AuthFetch } = await import(AUTHFETCH);

const NETWORK = globalThis.fetch;
const URL_ = "https://api.test/items";
let log;
let count = 0;

const token = (input, init) => new Headers(init?.headers ?? input?.headers).get("authorization");
const answer =
  (name, { plain = false } = {}) =>
  async (input, init) => {
    log.push([name, token(input, init)]);
    const status = token(input, init) === "Bearer stale" ? 401 : 200;
    return plain
      ? { status, json: async () => ({ from: name }) }
      : new Response(JSON.stringify({ from: name }), { status });
  };
const atOnce = (next) => (input, init) => (log.push(["wrapper", token(input, init)]), next(input, init));
const later = (next) => async (input, init) => {
  const request = new Request(input, init);
  log.push(["wrapper", token(request)]);
  await new Promise((resolve) => setImmediate(resolve));
  return next(request.clone());
};
const instance = (access_token) => {
  const auth = new AuthFetch({
    name: `mocks-${count++}`,
    origins: ["https://api.test"],
    refresh: async () => ({ access_token: "fresh" }),
  });
  if (access_token) auth.setTokens({ access_token });
  return auth;
};
const from = async (fetch) => (await (await fetch(URL_)).json()).from;

beforeEach(() => {
  globalThis.fetch = NETWORK;
  log = [];
});

test("a mock that is put in place before or after the construction is what is called, a hundred times at once too", async () => {
  globalThis.fetch = answer("before");
  const auth = instance("stale");
  assert.equal(await from(auth.fetch), "before");
  globalThis.fetch = answer("after");
  assert.deepEqual(new Set(await Promise.all(Array.from({ length: 100 }, () => from(auth.fetch)))), new Set(["after"]));
  globalThis.fetch = answer("last");
  assert.equal(await from(auth.fetch), "last");
});

test("installed over a mock, we call the mock", async () => {
  for (const access_token of ["stale", "good", undefined]) {
    globalThis.fetch = answer("mock");
    globalThis.fetch = instance(access_token).fetch;
    assert.equal(await from(globalThis.fetch), "mock");
  }
});

test("a mock that is installed over us is in front, and one that answers is what a direct call meets too", async () => {
  globalThis.fetch = answer("network");
  const auth = instance("good");
  globalThis.fetch = auth.fetch;
  await from(globalThis.fetch);
  globalThis.fetch = answer("mock");
  assert.deepEqual([await from(globalThis.fetch), await from(auth.fetch)], ["mock", "mock"]);
});

for (const [how, wrap] of [
  ["at once", atOnce],
  ["later", later],
]) {
  test(`a wrapper over us that hands on ${how} does not go round`, async () => {
    for (const access_token of ["good", "stale", undefined]) {
      globalThis.fetch = answer("network");
      const auth = instance(access_token);
      globalThis.fetch = auth.fetch;
      globalThis.fetch = wrap(globalThis.fetch);
      assert.equal(await from(globalThis.fetch), "network");
      assert.equal(await from(auth.fetch), "network");
      log = [];
      assert.equal(await from(globalThis.fetch), "network");
      assert.ok(log.length <= 4, `${log.length} calls for one`);
    }
  });

  test(`two instances and wrappers that hand on ${how}, one over the other, do not go round`, async () => {
    globalThis.fetch = wrap(answer("network"));
    globalThis.fetch = instance("good").fetch;
    globalThis.fetch = wrap(globalThis.fetch);
    globalThis.fetch = instance().fetch;
    assert.equal(await from(globalThis.fetch), "network");
    globalThis.fetch = wrap(globalThis.fetch);
    assert.equal(await from(globalThis.fetch), "network");
  });
}

test("plain objects with a status and a body are answers, a 401 among them", async () => {
  globalThis.fetch = answer("plain", { plain: true });
  const auth = instance("stale");
  const response = await auth.fetch(URL_);
  assert.deepEqual(
    [response.status, await response.json(), response instanceof Response],
    [200, { from: "plain" }, false],
  );
  assert.deepEqual(
    log.map(([, sent]) => sent),
    ["Bearer stale", "Bearer fresh"],
  );
});

test("a function that is given is called whatever stands in the global's place", async () => {
  globalThis.fetch = answer("global");
  const auth = new AuthFetch({ name: "given", fetch: answer("given") });
  globalThis.fetch = auth.fetch;
  assert.equal(await from(globalThis.fetch), "given");
});

test("microtasks that fake timers hold back, or forget, stop no call and no refresh", async (t) => {
  globalThis.fetch = answer("network", { plain: true });
  const faked = t.mock.method(globalThis, "queueMicrotask", () => {});
  assert.equal(await from(instance("stale").fetch), "network");
  faked.mock.restore();
  assert.equal(await from(instance("stale").fetch), "network");
});
