// The end of a session in one tab is its end in all of them, and nothing that was under way brings it back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_REFRESH } from "../support/authorization-server.js";
import { WATCHED } from "../support/browser.js";
import { until } from "../support/until.js";
import {
  all,
  assertAllAnswered,
  assertAllEnded,
  assertTombstone,
  fallsAsleep,
  tabsInEachBrowser,
} from "./support/profile.js";

const CALLS = 6;
const ROUNDS = 10;
/** Fewer than the connections that a browser opens to a host, so that another request finds one. */
const FEW = 3;

/** Every tab has calls at the API when the first one logs out. */
async function logsOutOfAll(profile, { prepare = () => {} } = {}) {
  const tabs = await profile.tabs(3);
  const tokens = await profile.signIn(tabs);
  const release = profile.server.shut("call");
  await all(tabs, "burst", CALLS);
  await until(() => profile.server.calls().length >= 6, "calls at the API");
  await prepare(tabs[0]);
  const left = tabs[0].tell("logout");
  for (const tab of tabs) assertAllEnded(await tab.tell("outcomes"), CALLS, "logged_out");
  assert.deepEqual(await all(tabs, "state"), Array(3).fill("signed-out"));
  await tabs[2].is("heard", ["other-tab"], "logout");
  assert.deepEqual(await all(tabs, "heard", "logout"), [["this-tab"], ["other-tab"], ["other-tab"]]);
  await assertTombstone(tabs[1], tokens);
  release();
  await left;
  assert.equal(profile.server.count("ok"), 0);
  return tabs;
}

const theEnd = ({ open, name }) => {
  test("a logout in one tab ends the calls of all tabs, and is told once in each", async () => {
    const profile = await open();
    await logsOutOfAll(profile);
    assert.equal(profile.server.revocations(), 1);
  });

  test("a logout whose revocation fails is a logout in all tabs", async () => {
    const profile = await open();
    await logsOutOfAll(profile, { prepare: () => profile.server.revocation("fails") });
  });

  test("a logout offline is a logout in all tabs", async () => {
    const profile = await open();
    // Where the browser cannot be told that it is offline, every request of the tab fails as if it were.
    const offline = (tab) =>
      tab.page.evaluate(() => void (globalThis.fetch = () => Promise.reject(new TypeError("offline"))));
    const tabs = await logsOutOfAll(profile, {
      prepare: name === "chromium" ? (tab) => tab.page.setOfflineMode(true) : offline,
    });
    await tabs[1].reload();
    assert.equal(await tabs[1].tell("state"), "signed-out");
    assert.equal(profile.server.revocations(), 0);
  });

  test("a tab that sleeps through a logout and the next user's sign-in wakes to both, and its calls end", async () => {
    const profile = await open();
    const [sleeper, other] = await profile.tabs(2);
    await profile.signIn([sleeper, other]);
    const release = profile.server.shut("call");
    await sleeper.tell("burst", FEW);
    await until(() => profile.server.calls().length === FEW, "calls at the API");
    const wake = await fallsAsleep(profile, sleeper, name);
    await other.tell("logout", { redirect: false });
    const tokens = await profile.server.tokens({ account: "bob" });
    await other.tell("setTokens", tokens);
    await other.is("token", tokens.access_token);
    await wake();
    assertAllEnded(await sleeper.tell("outcomes"), FEW, "logged_out");
    release();
    await sleeper.is("token", tokens.access_token);
    const told = (await sleeper.tell("events")).map(({ kind, source }) => [kind, source]);
    assert.deepEqual(told, [
      ["logout", "other-tab"],
      ["signin", "other-tab"],
    ]);
    await sleeper.tell("forget");
    await sleeper.tell("burst", FEW);
    await assertAllAnswered([sleeper], FEW);
    assert.deepEqual(profile.server.refreshes(), NO_REFRESH);
  });

  test("a refresh that one tab writes while another logs out brings nothing back", async () => {
    const profile = await open();
    const tabs = await profile.tabs(2);
    const [leaver, refresher] = tabs;
    for (let round = 0; round < ROUNDS; round++) {
      const tokens = await profile.signIn(tabs);
      await profile.server.expire(tokens.access_token);
      const release = profile.server.shut("answer", 1);
      await refresher.tell("burst", CALLS);
      await until(() => release.arrived() === 1, "the refresh at the server");
      // Both at once, and either may be the first.
      if (round % 2) release();
      const left = leaver.tell("logout");
      release();
      await left;
      await all(tabs, "outcomes");
      for (const tab of tabs) await tab.is("state", "signed-out");
      assert.deepEqual(await all(tabs, "heard", "logout"), [["this-tab"], ["other-tab"]], `round ${round}`);
      // Written last or put back: it is what stays.
      for (const tab of tabs) await until(async () => !(await tab.tell("record")).access_token, "the end in storage");
      for (const tab of tabs) await assertTombstone(tab, tokens);
    }
    // A tab that opens now finds what is left for good.
    assert.equal(await (await profile.tab()).tell("state"), "signed-out");
  });

  test("cleared storage and a sign-in in one tab give all tabs the new session", async () => {
    const profile = await open();
    const tabs = await profile.tabs(3);
    await profile.signIn(tabs);
    const tokens = await profile.server.tokens({ account: "bob" });
    await tabs[0].page.evaluate((tokens) => (localStorage.clear(), globalThis.tab.setTokens(tokens)), tokens);
    for (const tab of tabs) await tab.is("token", tokens.access_token);
    await all(tabs, "forget");
    await all(tabs, "burst", CALLS);
    await assertAllAnswered(tabs, CALLS);
    for (const tab of tabs) await tab.reload();
    assert.deepEqual(await all(tabs, "token"), Array(3).fill(tokens.access_token));
  });

  test("storage that the app clears is a logout in all tabs, and the next sign-in stands", async () => {
    const profile = await open();
    const tabs = await profile.tabs(3);
    await profile.signIn(tabs);
    await tabs[0].page.evaluate(() => localStorage.clear());
    for (const tab of tabs.slice(1)) await tab.is("heard", ["other-tab"], "logout");
    const tokens = await profile.server.tokens({ account: "bob" });
    await tabs[2].tell("setTokens", tokens);
    for (const tab of tabs) await tab.is("token", tokens.access_token);
    assert.equal((await tabs[1].tell("record")).access_token, tokens.access_token);
  });

  /** What a tab writes that does not see the latest record yet; this one notices with its next call. */
  const writesOver = (tab, record) =>
    tab.page.evaluate((text) => {
      localStorage.setItem("authfetch", text);
      void globalThis.tab.auth.getAccessToken();
    }, JSON.stringify(record));

  test("a record of an ended session that is written over the end is not believed, and the end is put back", async () => {
    const profile = await open();
    const [tab] = await profile.tabs(1);
    const tokens = await profile.signIn([tab]);
    const old = await tab.tell("record");
    await tab.tell("logout");
    await writesOver(tab, old);
    assert.deepEqual([await tab.tell("state"), await tab.tell("token")], ["signed-out", null]);
    await until(async () => !(await tab.tell("record")).access_token, "the end in storage");
    await assertTombstone(tab, tokens);
    assert.deepEqual(await tab.tell("heard", "logout"), ["this-tab"]);
  });

  test("a tab that leaves for the login page puts the end back before it goes", async () => {
    const profile = await open();
    const [tab] = await profile.tabs(1);
    await profile.signIn([tab]);
    const old = await tab.tell("record");
    await tab.tell("logout");
    await tab.page.evaluate((text) => {
      localStorage.setItem("authfetch", text);
      void globalThis.tab.auth.getAccessToken();
      location.assign("/login");
    }, JSON.stringify(old));
    await until(() => tab.page.evaluate(() => location.pathname === "/login").catch(() => false), "the login page");
    assert.equal(
      (await tab.page.evaluate(() => JSON.parse(localStorage.getItem("authfetch")))).access_token,
      undefined,
    );
  });

  test("spent tokens that are written over new ones are not believed, and the new ones are put back", async () => {
    const profile = await open();
    const [tab] = await profile.tabs(1);
    await profile.signIn([tab]);
    const old = await tab.tell("record");
    assert.equal(await tab.tell("refresh"), "refreshed");
    const refreshed = await tab.tell("record");
    await writesOver(tab, { ...old, accepted: true });
    assert.equal(await tab.tell("token"), refreshed.access_token);
    await tab.tell("burst", CALLS);
    await assertAllAnswered([tab], CALLS);
    await until(
      async () => (await tab.tell("record")).access_token === refreshed.access_token,
      "the new tokens in storage",
    );
    assert.equal(await tab.tell("refresh"), "refreshed");
    assert.equal(profile.server.refreshes().reuseDetected, 0);
  });

  test("a note in the record makes it no later than new tokens are", async () => {
    const profile = await open();
    const [tab] = await profile.tabs(1);
    await profile.signIn([tab]);
    const { version } = await tab.tell("record");
    await tab.tell("burst", 1);
    await assertAllAnswered([tab], 1);
    await until(async () => (await tab.tell("record")).accepted === true, "the note");
    assert.equal((await tab.tell("record")).version, version);
  });
};

tabsInEachBrowser("the end of a session", theEnd, WATCHED);
