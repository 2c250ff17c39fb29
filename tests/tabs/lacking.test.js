// Browsers that lack something, or block it: what is left of one refresh and one end for all tabs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ONE_REFRESH } from "../support/authorization-server.js";
import { until } from "../support/until.js";
import { all, assertAllAnswered, assertAllEnded, assertTombstone, tabsInEachBrowser } from "./support/profile.js";
import { withNothing, withoutChannel, withoutDatabase, withoutLocks } from "./support/without.js";

const CALLS = 5;
const ROUNDS = 100;

/**
 * The second tab begins when the first one's token request is at the server: a lease is no lock, and needs that much.
 */
async function oneAfterTheOther(profile, tabs) {
  const tokens = await profile.signIn(tabs);
  await profile.server.expire(tokens.access_token);
  const release = profile.server.shut("request", 1);
  await tabs[0].tell("burst", CALLS);
  await until(() => release.arrived() === 1, "the token request");
  await all(tabs.slice(1), "burst", CALLS);
  await until(() => profile.server.count("refused") === tabs.length * CALLS, "the calls of all");
  release();
  await assertAllAnswered(tabs, CALLS);
  assert.deepEqual(profile.server.refreshes(), ONE_REFRESH);
}

/** A logout in the first tab is one in all. */
async function endsInAll(tabs) {
  await all(tabs, "forget");
  await tabs[0].tell("logout");
  for (const tab of tabs) await tab.is("state", "signed-out");
  assert.deepEqual(
    await all(tabs, "heard", "logout"),
    tabs.map((_, at) => [at === 0 ? "this-tab" : "other-tab"]),
  );
  // A lease in the place of a lock is let go of a little later.
  await until(() => tabs[1].page.evaluate(() => localStorage.length === 1), "the lease to be gone");
  await assertTombstone(tabs[1]);
}

tabsInEachBrowser("a browser that lacks something", ({ open }) => {
  test("without Web Locks, tabs that begin while one refreshes wait for it, and a logout ends all", async () => {
    const profile = await open();
    const tabs = await profile.tabs(3, { before: withoutLocks });
    await oneAfterTheOther(profile, tabs);
    await endsInAll(tabs);
  });

  test("without Web Locks, the lease of a tab that is gone runs out", async () => {
    const profile = await open();
    const tabs = await profile.tabs(2, { before: withoutLocks, options: { refreshTimeout: 500 } });
    const [holder, other] = tabs;
    const tokens = await profile.signIn(tabs);
    await profile.server.expire(tokens.access_token);
    const release = profile.server.shut("request", 1);
    await holder.tell("burst", CALLS);
    await until(() => release.arrived() === 1, "the token request");
    await holder.close();
    await other.tell("burst", CALLS);
    await assertAllAnswered([other], CALLS);
    release("cut");
    assert.deepEqual(profile.server.refreshes(), ONE_REFRESH);
  });

  test("without IndexedDB, tabs that refresh at once share each refresh, and no refresh token is presented twice", async () => {
    const profile = await open();
    const { strict } = profile.server;
    const tabs = await profile.tabs(2, { before: withoutDatabase, options: { refresh: "/strict/token" } });
    await profile.signIn(tabs, strict.tokens());
    assert.deepEqual(
      await Promise.all(tabs.map((tab) => tab.tell("refreshBeside", ROUNDS))),
      Array(2).fill({ refreshed: ROUNDS }),
    );
    assert.equal(strict.seen.reuses, 0);
    assert.ok(strict.seen.tokenRequests >= ROUNDS);
    await endsInAll(tabs);
  });

  test("without IndexedDB, sessions of several names in one page keep their marks apart", async () => {
    const profile = await open();
    const tab = await profile.tab({ before: withoutDatabase });
    const tokens = [await profile.server.tokens(), await profile.server.tokens({ account: "bob" })];
    const held = await tab.page.evaluate(async (tokens) => {
      const { AuthFetch } = await import("authfetch");
      const more = ["authfetch", "authfetch:more"].map(
        (name) => new AuthFetch({ name, refresh: { url: "/token", clientId: "demo" }, backgroundRefresh: false }),
      );
      const marks = async () => {
        const { held } = await navigator.locks.query();
        return held
          .filter(({ mode }) => mode === "shared")
          .map(({ name }) => name.replace(/:\d+:\d+$/, ""))
          .sort();
      };
      for (const [at, auth] of more.entries()) {
        auth.setTokens(tokens[at]);
        await auth.refresh();
        while ((await marks()).length <= at) await new Promise((done) => setTimeout(done));
      }
      // What the second one let go of would be gone by now.
      await navigator.locks.request("authfetch:local:authfetch:more", () => {});
      return marks();
    }, tokens);
    assert.deepEqual(held, ["authfetch:local:authfetch", "authfetch:local:authfetch:more"]);
    assert.equal(profile.server.refreshes().reuseDetected, 0);
  });

  test("without BroadcastChannel, tabs share a refresh and an end by what is stored", async () => {
    const profile = await open();
    const tabs = await profile.tabs(3, { before: withoutChannel });
    await oneAfterTheOther(profile, tabs);
    await endsInAll(tabs);
  });

  test("with none of them, tabs that begin while one refreshes wait for it, and a logout ends all", async () => {
    const profile = await open();
    const tabs = await profile.tabs(2, { before: withNothing });
    await oneAfterTheOther(profile, tabs);
    await endsInAll(tabs);
  });

  test("calls of a tab that hears of a logout by the storage alone end with it", async () => {
    const profile = await open();
    const tabs = await profile.tabs(2, { before: withNothing });
    await profile.signIn(tabs);
    const release = profile.server.shut("call");
    await tabs[1].tell("burst", CALLS);
    await until(() => profile.server.calls().length === CALLS, "calls at the API");
    await tabs[0].tell("logout");
    assertAllEnded(await tabs[1].tell("outcomes"), CALLS, "logged_out");
    release();
  });
});
