// What lives beside the tabs of one session: a duplicated tab, a frame, another app, another name; and what none of
// them is told.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_REFRESH, ONE_REFRESH } from "../support/authorization-server.js";
import { WATCHED } from "../support/browser.js";
import { until } from "../support/until.js";
import { assertNothingSaid, listenIn } from "./support/listening.js";
import { all, assertAllAnswered, assertAllEnded, tabsInEachBrowser } from "./support/profile.js";

const CALLS = 5;
/** Fewer than the connections that a browser opens to a host. */
const FEW = 2;
const SESSION = { options: { storage: "session" } };

const duplicate = (profile, tab) => profile.opened(tab, () => void open(location.href));

const beside = ({ open }) => {
  test("a duplicated tab drops the session that it was given a copy of, and the first one keeps it", async () => {
    const profile = await open();
    const tab = await profile.tab(SESSION);
    const tokens = await profile.signIn([tab]);
    const copy = await duplicate(profile, tab);
    await copy.is("state", "signed-out");
    const kept = await copy.page.evaluate(() => JSON.stringify(sessionStorage));
    assert.ok(!kept.includes(tokens.refresh_token), "the copy keeps the refresh token");
    await profile.server.expire(tokens.access_token);
    await all([tab, copy], "burst", CALLS);
    assert.deepEqual((await copy.tell("outcomes")).ends, Array(CALLS).fill(401));
    await assertAllAnswered([tab], CALLS);
    assert.deepEqual(profile.server.refreshes(), ONE_REFRESH);
    assert.equal(await tab.tell("state"), "signed-in");
  });

  test("each of two duplicated tabs has a session of its own, and a logout ends one of them", async () => {
    const profile = await open();
    const tab = await profile.tab(SESSION);
    await profile.signIn([tab]);
    const copy = await duplicate(profile, tab);
    await copy.is("state", "signed-out");
    const bob = await profile.server.tokens({ account: "bob" });
    await copy.tell("setTokens", bob);
    await tab.tell("logout");
    assert.deepEqual(await all([tab, copy], "state"), ["signed-out", "signed-in"]);
    await copy.tell("burst", CALLS);
    await assertAllAnswered([copy], CALLS);
  });

  test("a tab whose session is its own has it after a reload", async () => {
    const profile = await open();
    const tab = await profile.tab(SESSION);
    const tokens = await profile.signIn([tab]);
    await tab.reload();
    await tab.is("token", tokens.access_token);
    await profile.server.expire(tokens.access_token);
    await tab.tell("burst", CALLS);
    await assertAllAnswered([tab], CALLS);
    assert.deepEqual(profile.server.refreshes(), ONE_REFRESH);
  });

  test("a frame of the same origin shares the session, its refresh and its end", async () => {
    const profile = await open();
    const tab = await profile.tab();
    const inner = await profile.frame(tab);
    const tokens = await profile.signIn([tab, inner]);
    await profile.server.expire(tokens.access_token);
    await all([tab, inner], "burst", CALLS);
    await assertAllAnswered([tab, inner], CALLS);
    assert.deepEqual(profile.server.refreshes(), ONE_REFRESH);
    await all([tab, inner], "forget");
    profile.server.reset();
    const release = profile.server.shut("call");
    await all([tab, inner], "burst", FEW);
    await until(() => profile.server.calls().length === 2 * FEW, "the calls of both at the API");
    await inner.tell("logout");
    for (const one of [tab, inner]) assertAllEnded(await one.tell("outcomes"), FEW, "logged_out");
    release();
    assert.deepEqual(await tab.tell("heard", "logout"), ["other-tab"]);
  });

  test("two apps of one origin under the default name see no session in each other's record", async () => {
    const profile = await open();
    const ours = await profile.tab();
    const theirs = await profile.tab({ options: { refresh: { url: "/strict/token", clientId: "other" } } });
    const tokens = await profile.server.tokens();
    await ours.tell("setTokens", tokens);
    await ours.is("token", tokens.access_token);
    await theirs.reload();
    assert.equal(await theirs.tell("state"), "signed-out");
    await profile.server.expire(tokens.access_token);
    profile.server.reset();
    await all([ours, theirs], "burst", CALLS);
    await assertAllAnswered([ours], CALLS);
    assert.deepEqual((await theirs.tell("outcomes")).ends, Array(CALLS).fill(401));
    const withoutToken = profile.server.calls().filter(({ bearer }) => bearer === undefined);
    assert.equal(withoutToken.length, CALLS, "their calls carry no token of ours");
    assert.equal(profile.server.strict.seen.tokenRequests, 0, "their endpoint has seen no refresh token of ours");
    assert.deepEqual(profile.server.refreshes(), ONE_REFRESH);
    // An end of theirs is none of ours.
    await theirs.tell("logout");
    assert.equal(await ours.tell("state"), "signed-in");
    assert.deepEqual(await all([ours, theirs], "heard", "logout"), [[], []]);
  });

  test("sessions of two names in one browser do not touch each other", async () => {
    const profile = await open();
    const [one, other] = [
      await profile.tab({ options: { name: "one" } }),
      await profile.tab({ options: { name: "other" } }),
    ];
    const ann = await profile.server.tokens();
    const bob = await profile.server.tokens({ account: "bob" });
    await one.tell("setTokens", ann);
    await other.tell("setTokens", bob);
    await one.tell("logout");
    await other.tell("burst", CALLS);
    await assertAllAnswered([other], CALLS);
    assert.deepEqual(await all([one, other], "token"), [null, bob.access_token]);
    assert.deepEqual(await other.tell("heard", "logout"), []);
    assert.deepEqual(profile.server.refreshes(), NO_REFRESH);
  });

  test("no token is in the name of a lock, a message, a mark or an address", async () => {
    const profile = await open();
    const tabs = await profile.tabs(2, { before: listenIn });
    const seen = [];
    const tokens = await profile.signIn(tabs);
    seen.push(tokens.access_token, tokens.refresh_token);
    await profile.server.expire(tokens.access_token);
    await profile.atOnce(tabs, "burst", CALLS);
    await assertAllAnswered(tabs, CALLS);
    const { access_token, refresh_token } = await tabs[0].tell("record");
    seen.push(access_token, refresh_token);
    await tabs[1].tell("logout");
    await tabs[0].is("state", "signed-out");
    assert.equal(new Set(seen).size, 4);
    await assertNothingSaid(profile, tabs, seen);
  });
};

tabsInEachBrowser("beside the tabs", beside, WATCHED);
