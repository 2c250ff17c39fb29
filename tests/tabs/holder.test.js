// The tab that refreshes for all is lost on the way: closed, crashed, frozen, hung, put away, or cut off. The others go
// on within the bound, and nobody is signed out unless the server has revoked the session.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ONE_REFRESH } from "../support/authorization-server.js";
import { until } from "../support/until.js";
import { back, leave, whileInCache } from "./support/cache.js";
import { afterMarks, interceptMarks } from "./support/marks.js";
import {
  all,
  assertAllAnswered,
  assertAllEnded,
  assertTombstone,
  freeze,
  tabsInEachBrowser,
} from "./support/profile.js";

const CALLS = 5;
/** ms: short, so that the bound is (see `bound`). */
const TIMEOUT = 700;
/**
 * A wait for the lock ends after 2 × `refreshTimeout` + 2 s; the rest is a busy machine's, and less than the usual
 * timeout asks for.
 */
const BOUND = 2 * TIMEOUT + 2_000 + 12_000;

const REVOKED = { tokenRequests: 2, tokenRefused: 1, reuseDetected: 1 };

/**
 * Two tabs whose token is refused; the first holds the lock, its token request waiting at this door, and the second
 * waits for it.
 */
async function waiting(profile, door, { options } = {}) {
  const tabs = await profile.tabs(2, { options });
  const [holder, other] = tabs;
  const tokens = await profile.signIn(tabs);
  await profile.server.expire(tokens.access_token);
  const release = profile.server.shut(door, 1);
  await holder.tell("burst", CALLS);
  await until(() => release.arrived() === 1, "the holder's token request");
  await other.tell("burst", CALLS);
  await until(() => profile.server.count("refused") === 2 * CALLS, "the calls of both tabs");
  return { holder, other, tokens, release };
}

async function assertSignedIn(tab) {
  // Whoever was interrupted adopts what the others have in its own time.
  await tab.is("state", "signed-in");
  assert.deepEqual(await tab.tell("heard", "logout"), []);
}

async function goesOn(profile, lose) {
  const world = await waiting(profile, "request");
  await lose(world.holder);
  await assertAllAnswered([world.other], CALLS);
  // A browser may keep the request of a page that has gone, and the server must not see it later.
  world.release("cut");
  assert.deepEqual(profile.server.refreshes(), ONE_REFRESH);
  await assertSignedIn(world.other);
}

tabsInEachBrowser("the tab that refreshes", ({ open, name }) => {
  test("closed before the server has seen its request, it is replaced by the next", async () => {
    await goesOn(await open(), (holder) => holder.close());
  });

  test("closed when the server had rotated, it leaves the server's word: all are told of one end", async () => {
    const profile = await open();
    const { holder, other, release } = await waiting(profile, "answer");
    await holder.close();
    assertAllEnded(await other.tell("outcomes"), CALLS, "session_expired");
    release();
    assert.deepEqual(profile.server.refreshes(), REVOKED);
    assert.deepEqual(await other.tell("heard", "logout"), ["this-tab"]);
    await assertTombstone(other);
  });

  test("reloaded in the middle, it refreshes again with all others", async () => {
    const profile = await open();
    const { holder, other, release } = await waiting(profile, "request");
    await holder.reload();
    await holder.tell("burst", CALLS);
    await assertAllAnswered([holder, other], CALLS);
    release("cut");
    assert.deepEqual(profile.server.refreshes(), ONE_REFRESH);
  });

  test("reloaded while the server is at work on it, it asks nothing that nobody would hear the answer of", async () => {
    const profile = await open();
    const { holder, other, release } = await waiting(profile, "answer");
    await holder.reload();
    assertAllEnded(await other.tell("outcomes"), CALLS, "session_expired");
    release();
    // Its own request, and the next one's, which the server takes for a reuse.
    assert.deepEqual(profile.server.refreshes(), REVOKED);
    await holder.is("state", "signed-out");
  });

  test("put away by a navigation, it lets the others go on, and comes back to the session they have", async () => {
    const profile = await open();
    const { holder, other, release } = await waiting(profile, "request");
    await leave(holder);
    await assertAllAnswered([other], CALLS);
    release("busy");
    await back(holder);
    await holder.is("token", await other.tell("token"));
    await holder.tell("forget");
    await holder.tell("burst", CALLS);
    await assertAllAnswered([holder], CALLS);
    assert.deepEqual(profile.server.refreshes(), ONE_REFRESH);
    await assertSignedIn(holder);
  });

  test("a page from the back-forward cache has heard of what happened meanwhile as soon as it is shown", async () => {
    const profile = await open();
    await whileInCache(profile, name, {
      async act(other, tokens) {
        await profile.server.expire(tokens.access_token);
        await other.tell("burst", CALLS);
        await assertAllAnswered([other], CALLS);
      },
      async check(away, other) {
        await away.is("token", await other.tell("token"));
        assert.deepEqual(await away.tell("heard", "refresh"), ["other-tab"]);
      },
    });
    await whileInCache(profile, name, {
      act: (other) => other.tell("logout"),
      check: (away) => away.is("heard", ["other-tab"], "logout"),
    });
  });

  test("standing still in the middle of a mark, it keeps no other tab from the next", async () => {
    const profile = await open();
    const [still, other] = await profile.tabs(2, { before: interceptMarks });
    const wake = profile.server.shut("asleep");
    await still.page.evaluate(() => (globalThis.inMark = () => globalThis.tab.standStill()));
    const asleep = still.tell("setTokens", await profile.server.tokens());
    await until(() => wake.arrived() === 1, "the page to stand still");
    await other.page.evaluate(afterMarks);
    wake();
    await asleep;
    // A browser ends a transaction that keeps others waiting for long.
    await until(() => still.page.evaluate(() => "markEnded" in globalThis), "the end of the mark");
    assert.equal(await still.page.evaluate(() => globalThis.markEnded), "complete");
  });

  test("cut off before the server has seen its request, it asks again, and all go on", async () => {
    const profile = await open();
    const { holder, other, release } = await waiting(profile, "request");
    release("cut");
    await assertAllAnswered([holder, other], CALLS);
    assert.deepEqual(profile.server.refreshes(), ONE_REFRESH);
    await assertSignedIn(other);
  });

  test("cut off when the server had rotated, it asks once more, and the server has the word", async () => {
    const profile = await open();
    const { holder, other, tokens, release } = await waiting(profile, "answer");
    release("cut");
    for (const tab of [holder, other]) assertAllEnded(await tab.tell("outcomes"), CALLS, "session_expired");
    // Some browsers ask again by themselves when a kept connection breaks; a revoked family is refused however often.
    assert.ok(profile.server.refreshes().reuseDetected >= 1);
    assert.deepEqual(await all([holder, other], "heard", "logout"), [["this-tab"], ["other-tab"]]);
    await assertTombstone(other, tokens);
  });

  test("hung, its lock is stolen within the bound, and it adopts what the others have when it moves again", async () => {
    const profile = await open();
    const { holder, other, release } = await waiting(profile, "request", { options: { refreshTimeout: TIMEOUT } });
    const wake = profile.server.shut("asleep");
    const asleep = holder.tell("standStill");
    await until(() => wake.arrived() === 1, "the page to stand still");
    const began = performance.now();
    await assertAllAnswered([other], CALLS);
    const took = performance.now() - began;
    assert.ok(took < BOUND, `${took} ms`);
    release("busy");
    wake();
    await asleep;
    await assertAllAnswered([holder], CALLS);
    assert.deepEqual(profile.server.refreshes(), ONE_REFRESH);
    await assertSignedIn(holder);
  });

  test("a server out of reach signs nobody out, and all go on when it is back", async () => {
    const profile = await open();
    const { holder, other, release } = await waiting(profile, "request", { options: { refreshAttempts: 1 } });
    profile.server.tokenEndpoint("busy");
    release("busy");
    for (const tab of [holder, other]) assertAllEnded(await tab.tell("outcomes"), CALLS, "refresh_failed");
    profile.server.tokenEndpoint("works");
    await assertSignedIn(holder);
    assert.equal(await other.tell("refresh"), "refreshed");
    await all([holder, other], "forget");
    await all([holder, other], "burst", CALLS);
    await assertAllAnswered([holder, other], CALLS);
    assert.deepEqual(profile.server.refreshes(), ONE_REFRESH);
  });

  if (name !== "chromium") return;

  test("crashed, it is replaced by the next", async () => {
    await goesOn(await open(), async (holder) => {
      const session = await holder.page.createCDPSession();
      const crashed = new Promise((resolve) => holder.page.once("error", resolve));
      session.send("Page.crash").catch(() => {});
      await crashed;
    });
  });

  test("frozen, it lets go, and adopts what the others have when it wakes", async () => {
    const profile = await open();
    const { holder, other, release } = await waiting(profile, "request");
    const wake = await freeze(holder);
    await assertAllAnswered([other], CALLS);
    release("busy");
    await wake();
    await assertAllAnswered([holder], CALLS);
    assert.deepEqual(profile.server.refreshes(), ONE_REFRESH);
    await assertSignedIn(holder);
  });

  test("awake again, it waits for its turn before it asks once more", async () => {
    const profile = await open();
    const { holder, other, release } = await waiting(profile, "request");
    const next = profile.server.shut("request", 1);
    const wake = await freeze(holder);
    await until(() => next.arrived() === 1, "the next one's token request");
    release("torn");
    await wake();
    await holder.is("state", "refreshing");
    next();
    await assertAllAnswered([holder, other], CALLS);
    assert.deepEqual(profile.server.refreshes(), ONE_REFRESH);
  });

  test("a tab that is frozen while it waits for its turn is passed over", async () => {
    const profile = await open();
    const options = { refreshTimeout: TIMEOUT };
    const { holder, other, release } = await waiting(profile, "request", { options });
    const wake = await freeze(other);
    const third = await profile.tab({ options });
    await third.tell("burst", CALLS);
    await until(() => profile.server.count("refused") === 3 * CALLS, "the calls of the third");
    await holder.close();
    const began = performance.now();
    await assertAllAnswered([third], CALLS);
    const took = performance.now() - began;
    assert.ok(took < BOUND, `${took} ms`);
    release("cut");
    await wake();
    await assertAllAnswered([other], CALLS);
    assert.deepEqual(profile.server.refreshes(), ONE_REFRESH);
  });
});
