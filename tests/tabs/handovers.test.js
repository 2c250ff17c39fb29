// The lock goes from tab to tab a thousand times, beside a server that lets each refresh token be used once and takes a
// second use for a theft. Whoever holds the lock must have read what the holder before it has written.

import assert from "node:assert/strict";
import { test } from "node:test";
import { all, tabsInEachBrowser } from "./support/profile.js";

const ROUNDS = 1_000;

tabsInEachBrowser("the lock between tabs", ({ open }) => {
  test("a thousand handovers present no refresh token twice", async () => {
    const profile = await open();
    const { strict } = profile.server;
    const tabs = await profile.tabs(2, { options: { refresh: "/strict/token" } });
    await profile.signIn(tabs, strict.tokens());
    const ends = await Promise.all(tabs.map((tab) => tab.tell("refreshBeside", ROUNDS)));
    assert.deepEqual(ends, [{ refreshed: ROUNDS }, { refreshed: ROUNDS }]);
    assert.equal(strict.seen.reuses, 0);
    // One for each round, and one more where a tab came too late to share it.
    const { tokenRequests } = strict.seen;
    assert.ok(tokenRequests >= ROUNDS && tokenRequests <= 2 * ROUNDS, `${tokenRequests} token requests`);
    assert.deepEqual(await all(tabs, "state"), ["signed-in", "signed-in"]);
    assert.deepEqual(await all(tabs, "heard", "logout"), [[], []]);
    console.log(
      `${2 * ROUNDS} refreshes by two tabs in ${ROUNDS} rounds: ${tokenRequests} token requests, ${strict.seen.reuses} reuses`,
    );
  });
});
