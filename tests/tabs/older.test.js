// A browser in which one of the newer functions is missing, or all of them: a session goes as it does in any other.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ONE_REFRESH } from "../support/authorization-server.js";
import { until } from "../support/until.js";
import { assertTombstone, tabsInEachBrowser } from "./support/profile.js";

const MISSING = {
  "AbortSignal.any": () => delete AbortSignal.any,
  "AbortSignal.timeout": () => delete AbortSignal.timeout,
  "Promise.withResolvers": () => delete Promise.withResolvers,
  "navigator.locks": () => delete Navigator.prototype.locks,
  BroadcastChannel: () => delete globalThis.BroadcastChannel,
  indexedDB: () => Object.defineProperty(globalThis, "indexedDB", { value: undefined }),
  // It cannot be deleted: `Symbol` is replaced by one without it.
  "Symbol.dispose": () => {
    const native = Symbol;
    const { dispose, ...others } = Object.getOwnPropertyDescriptors(native);
    globalThis.Symbol = Object.defineProperties((...given) => native(...given), others);
  },
};
const CASES = [
  ...Object.keys(MISSING).map((name) => ({ what: name, names: [name] })),
  { what: "all of these", names: Object.keys(MISSING) },
];

/** In the page: which of these are there all the same. */
const found = (names) =>
  names.filter((name) => name.split(".").reduce((value, member) => value?.[member], globalThis) !== undefined);

/** In the page: calls with and without a signal, one of them aborted, and how each has ended. */
async function call() {
  const { auth } = globalThis.tab;
  const { signal } = new AbortController();
  const controller = new AbortController();
  const reason = { of: "the caller" };
  const calls = [{}, { signal }, { signal }].map((init, at) =>
    auth.fetch(`/api/items/${at}`, init).then(({ status }) => status),
  );
  const aborted = auth.fetch("/api/aborted", { signal: controller.signal }).catch((error) => error === reason);
  controller.abort(reason);
  return { statuses: await Promise.all(calls), aborted: await aborted };
}

/** In the page: calls that are under way when the session ends. */
function callSlowly() {
  const { signal } = new AbortController();
  globalThis.slow = [{}, { signal }].map((init, at) =>
    globalThis.tab.auth.fetch(`/api/slow/${at}`, init).catch((error) => error),
  );
}
const ended = async () => {
  const [one, other] = await Promise.all(globalThis.slow);
  return [one.code, one === other];
};

tabsInEachBrowser("a browser that is older", ({ open }) => {
  for (const { what, names } of CASES) {
    test(`without ${what}: a sign-in, a refresh, calls with a signal and their abort, a logout`, async () => {
      const profile = await open();
      const before = names.map((name) => `(${MISSING[name]})();`).join("\n");
      const tab = await profile.tab({ before });
      assert.deepEqual(await tab.page.evaluate(found, names), []);
      const tokens = await profile.signIn([tab]);
      await profile.server.expire(tokens.access_token);
      assert.deepEqual(await tab.page.evaluate(call), { statuses: [200, 200, 200], aborted: true });
      assert.deepEqual(profile.server.refreshes(), ONE_REFRESH);
      assert.deepEqual(
        profile.server.calls().filter(({ bearer }) => !bearer),
        [],
        "each call carries a token",
      );

      const release = profile.server.shut("call");
      await tab.page.evaluate(callSlowly);
      await until(() => release.arrived() === 2, "the calls at the API");
      await tab.tell("logout");
      assert.deepEqual(await tab.page.evaluate(ended), ["logged_out", true]);
      release();
      await tab.is("state", "signed-out");
      // A lease in the place of a lock is let go of a little later.
      await until(() => tab.page.evaluate(() => localStorage.length === 1), "the lease to be gone");
      await assertTombstone(tab, tokens);
      assert.equal(profile.server.revocations(), 1);
    });
  }
});
