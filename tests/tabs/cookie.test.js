// A refresh token in an HttpOnly cookie belongs to the browser: tabs that share no record use it in turn, and its end
// is theirs. Page and API are two origins of one site; nothing is said here of a cookie that crosses sites.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WATCHED } from "../support/browser.js";
import { until } from "../support/until.js";
import { startCookieServer } from "./support/cookie.js";
import { assertNothingSaid, listenIn } from "./support/listening.js";
import { afterMarks } from "./support/marks.js";
import { all, assertAllAnswered, assertAllEnded, fallsAsleep, tabsInEachBrowser } from "./support/profile.js";
import { withoutDatabase } from "./support/without.js";

const CALLS = 4;
/** Fewer than the connections that a browser opens to a host. */
const FEW = 1;
/** ms: longer than the access token lives. */
const LATER = 700_000;
const NO_LOGOUT = [];
/** Of tabs in a queue: the more there are, the shorter is the wait for one of them, and for the test. */
const QUEUED = 8;
const LOCK = "authfetch:cookie:authfetch";

/**
 * Starts this in all these tabs at once. The first token request is answered when all other tabs wait for its lock:
 * each of them has asked for a refresh before the first one's is over.
 */
async function meet(profile, tabs, name, ...args) {
  const release = profile.server.shut("answer", 1);
  await profile.atOnce(tabs, name, ...args);
  const waiting = () =>
    tabs[0].page.evaluate(async (lock) => {
      const { pending } = await navigator.locks.query();
      return pending.filter(({ name }) => name === lock).length;
    }, LOCK);
  await until(async () => (await waiting()) === tabs.length - 1, "the others to wait for the lock");
  release();
}

/** So many tabs: the user signs in in the first, and the others, all at once, find the cookie. */
async function signedIn(profile, count, more = {}, before) {
  const options = { ...profile.server.options, ...more };
  const tabs = [await profile.tab({ options, before })];
  await tabs[0].tell("login", "ann");
  while (tabs.length < count) tabs.push(await profile.tab({ options, before }));
  if (count > 1) await meet(profile, tabs.slice(1), "refresh");
  for (const tab of tabs) await tab.is("state", "signed-in");
  return tabs;
}

const unused = (profile) =>
  assert.deepEqual([profile.server.families(), profile.server.seen().reuses], [1, 0], "one family, no reuse");
const heard = async (tabs, kind) => assert.deepEqual(await all(tabs, "heard", "logout"), kind);

/** Tabs are opened, and their access tokens run out, by the server's clock and by their own, all at once. */
async function inTurn(profile, count, more, before) {
  const tabs = await signedIn(profile, count, more, before);
  unused(profile);
  await heard(tabs, Array(count).fill(NO_LOGOUT));
  profile.server.expire();
  await meet(profile, tabs, "burst", CALLS);
  await assertAllAnswered(tabs, CALLS);
  await all(tabs, "forget");
  await all(tabs, "late", LATER);
  await meet(profile, tabs, "burst", CALLS);
  await assertAllAnswered(tabs, CALLS);
  unused(profile);
  await heard(tabs, Array(count).fill(NO_LOGOUT));
  return tabs;
}

/** Steals of a lock that a page makes. */
function countSteals() {
  globalThis.steals = 0;
  const { request } = LockManager.prototype;
  LockManager.prototype.request = function (name, options, ...rest) {
    if (options.steal) globalThis.steals++;
    return request.call(this, name, options, ...rest);
  };
}

/** A logout that the server cannot be told of; the page is as signed out as if it could. */
async function logsOutUntold(profile, tab) {
  profile.server.revocation("fails");
  await tab.tell("logout");
  await tab.page.evaluate(afterMarks);
  profile.server.revocation("works");
  profile.server.reset();
}

const inACookie = ({ open, name }) => {
  const start = (options) => open(options, startCookieServer);

  test("two tabs that share no record use one refresh cookie in turn, and neither is signed out", async () =>
    inTurn(await start(), 2));

  test("five tabs that share no record use one refresh cookie in turn, and none is signed out", async () =>
    inTurn(await start(), 5));

  test("tabs with a record of their own in sessionStorage use it in turn too", async () =>
    inTurn(await start(), 2, { storage: "session" }));

  test("without IndexedDB they use it in turn, and a logout ends all", async () => {
    const tabs = await inTurn(await start(), 2, {}, withoutDatabase);
    await tabs[0].tell("logout");
    await tabs[1].is("heard", ["other-tab"], "logout");
  });

  test("a queue of eight tabs with slow answers is waited out, and nobody steals the lock", async () => {
    const profile = await start({ latency: 1_200 });
    // The last one waits for longer than the bound of 2 × `refreshTimeout` + 2 s.
    const options = { ...profile.server.options, refreshTimeout: 3_000 };
    const tabs = [];
    while (tabs.length < QUEUED) tabs.push(await profile.tab({ options, before: countSteals }));
    await tabs[0].tell("login", "ann");
    await profile.atOnce(tabs, "refresh");
    await until(() => profile.server.seen().tokenRequests === QUEUED, "eight token requests");
    for (const tab of tabs) await tab.is("state", "signed-in");
    unused(profile);
    assert.deepEqual(
      await Promise.all(tabs.map((tab) => tab.page.evaluate(() => globalThis.steals))),
      Array(QUEUED).fill(0),
    );
  });

  test("a logout in one tab ends the calls and the session of all tabs, and the server is told once", async () => {
    const profile = await start();
    const tabs = await signedIn(profile, 3);
    const release = profile.server.shut("call");
    await all(tabs, "burst", FEW);
    await until(() => profile.server.calls().length === 3 * FEW, "calls at the API");
    await tabs[1].tell("logout");
    for (const tab of tabs) assertAllEnded(await tab.tell("outcomes"), FEW, "logged_out");
    release();
    await heard(tabs, [["other-tab"], ["this-tab"], ["other-tab"]]);
    assert.deepEqual(await all(tabs, "state"), Array(3).fill("signed-out"));
    assert.equal(profile.server.seen().revocations, 1);
    profile.server.reset();
    await all(tabs, "forget");
    await all(tabs, "burst", CALLS);
    await all(tabs, "outcomes");
    assert.deepEqual(
      new Set(profile.server.calls().map(({ user }) => user)),
      new Set([null]),
      "no call carries a token",
    );
  });

  test("no token is in the name of a lock, in a message, in a mark or in an address, and a message says little", async () => {
    const profile = await start();
    const tabs = await signedIn(profile, 2, {}, listenIn);
    const tokens = await all(tabs, "token");
    await tabs[0].tell("logout", { reason: "tired" });
    await tabs[1].is("state", "signed-out");
    const said = await assertNothingSaid(profile, tabs, [
      ...tokens,
      ...tokens.map((token) => token.replace("access", "refresh")),
    ]);
    for (const line of said.filter((line) => line.startsWith("postMessage [["))) {
      const [[epoch, version, code, reason, endpoint, client]] = JSON.parse(line.slice("postMessage ".length));
      assert.deepEqual([typeof epoch, typeof version, code, reason, client], ["number", "number", null, null, null]);
      assert.equal(endpoint, profile.server.options.refresh.url);
    }
    const names = new Set(
      said.filter((line) => line.startsWith("request")).map((line) => JSON.parse(line.slice("request ".length))[0]),
    );
    assert.deepEqual([...names], [LOCK]);
  });

  test("two apps of one origin under the default name end nothing of each other", async () => {
    const profile = await start();
    const [ours] = await signedIn(profile, 1);
    const refresh = { ...profile.server.options.refresh, clientId: "other" };
    const theirs = await profile.tab({ options: { ...profile.server.options, refresh } });
    await theirs.tell("setTokens", { access_token: "theirs" });
    await theirs.tell("logout", { revoke: false });
    // The mark is read with the next refresh.
    profile.server.expire();
    await ours.tell("burst", CALLS);
    await assertAllAnswered([ours], CALLS);
    await heard([ours], [NO_LOGOUT]);
  });

  test("a refusal that ends the session in one tab ends it in all", async () => {
    const profile = await start();
    const tabs = await signedIn(profile, 2);
    profile.server.revokeAll();
    profile.server.reset();
    await tabs[0].tell("burst", CALLS);
    assertAllEnded(await tabs[0].tell("outcomes"), CALLS, "session_expired");
    await tabs[1].is("state", "signed-out");
    await heard(tabs, [["this-tab"], ["other-tab"]]);
    assert.equal(profile.server.seen().tokenRequests, 1);
  });

  test("a tab that is frozen through a logout and another user's sign-in ends when it wakes, and sends nothing as that user", async () => {
    const profile = await start();
    const [sleeper, other] = await signedIn(profile, 2);
    const wake = await fallsAsleep(profile, sleeper, name);
    await other.tell("logout", { redirect: false });
    await other.tell("login", "bob");
    profile.server.reset();
    await wake();
    // Its access token has run out: a call cannot go without a refresh.
    await sleeper.tell("late", LATER);
    await sleeper.tell("burst", CALLS);
    await sleeper.is("heard", ["other-tab"], "logout");
    await sleeper.tell("outcomes");
    assert.equal(await sleeper.tell("state"), "signed-out");
    assert.equal(profile.server.seen().tokenRequests, 0, "it has not presented the cookie of another user");
    const users = profile.server.calls().map(({ user }) => user);
    assert.ok(!users.includes("bob"), "it has sent nothing as another user");
    await other.tell("burst", CALLS);
    await assertAllAnswered([other], CALLS);
    assert.equal(await sleeper.tell("refresh"), "refreshed", "only when the app asks for it");
    assert.equal(await other.tell("state"), "signed-in");
  });

  test("another user's sign-in in one tab ends the session of the first in the others", async () => {
    const profile = await start();
    const [first, second] = [
      await profile.tab({ options: profile.server.options }),
      await profile.tab({ options: profile.server.options }),
    ];
    await first.tell("login", "ann");
    await second.tell("login", "bob");
    await first.is("state", "signed-out");
    await heard([first, second], [["other-tab"], NO_LOGOUT]);
  });

  test("after a logout that the server has not confirmed, a reloaded page tries no cookie until the server has", async () => {
    const profile = await start();
    const [tab] = await signedIn(profile, 1);
    await logsOutUntold(profile, tab);
    profile.server.revocation("fails");
    await tab.reload();
    assert.equal(await tab.tell("refresh"), "signed_out");
    assert.equal(await tab.tell("state"), "signed-out");
    assert.equal(profile.server.seen().tokenRequests, 0, "the cookie has not been presented");
    profile.server.revocation("works");
    await tab.reload();
    // The page before may have had one under way: a browser sends a request again whose used connection has broken.
    await until(() => profile.server.seen().revocations > 0, "the revocation to be sent again");
    // Now it is the server that says so.
    await until(
      async () => (await tab.tell("refresh")) === "signed_out" && profile.server.seen().tokenRequests > 0,
      "the cookie to be tried",
    );
    assert.equal(await tab.tell("state"), "signed-out");
    const { revocations } = profile.server.seen();
    await tab.reload();
    assert.equal(await tab.tell("refresh"), "signed_out");
    assert.equal(profile.server.seen().revocations, revocations, "once it is confirmed it is not sent again");
  });

  test("after a logout that the server has not confirmed, a sign-in stands, and the next page finds it", async () => {
    const profile = await start();
    const [tab] = await signedIn(profile, 1);
    await logsOutUntold(profile, tab);
    await tab.tell("login", "bob");
    await tab.page.evaluate(afterMarks);
    await tab.reload();
    assert.equal(await tab.tell("refresh"), "refreshed");
    assert.equal(profile.server.seen().revocations, 0, "the new session's cookie is not revoked");
  });

  test("a logout whose revocation failed is told to the server as soon as the network is back", async () => {
    const profile = await start();
    const tabs = await signedIn(profile, 2);
    await logsOutUntold(profile, tabs[0]);
    await tabs[1].is("state", "signed-out");
    await tabs[1].page.evaluate(() => dispatchEvent(new Event("online")));
    await until(() => profile.server.seen().revocations === 1, "the revocation");
    // Confirmed to one tab, it is to all.
    await until(
      async () => (await tabs[0].tell("refresh")) === "signed_out" && profile.server.seen().tokenRequests > 0,
      "the cookie to be tried",
    );
  });

  test("with the record in localStorage, a logout that the server has not confirmed is remembered too", async () => {
    const profile = await start();
    const [tab] = await signedIn(profile, 1, { storage: "local" });
    await logsOutUntold(profile, tab);
    profile.server.revocation("fails");
    await tab.reload();
    assert.equal(await tab.tell("refresh"), "signed_out");
    assert.equal(profile.server.seen().tokenRequests, 0);
    profile.server.revocation("works");
    await tab.reload();
    await until(async () => (await tab.tell("record")).unconfirmed === undefined, "the server's confirmation");
    assert.equal(profile.server.seen().revocations, 1);
    assert.equal(await tab.tell("refresh"), "signed_out");
    assert.equal(profile.server.seen().tokenRequests, 1);
  });
};

tabsInEachBrowser("a refresh token in a cookie", inACookie, WATCHED);
