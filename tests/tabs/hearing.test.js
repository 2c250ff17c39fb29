// News of another tab by more than one way: the channel may be ahead of the storage, and the storage ahead of the
// channel.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ONE_REFRESH } from "../support/authorization-server.js";
import { assertAllAnswered, tabsInEachBrowser } from "./support/profile.js";

tabsInEachBrowser("news of another tab", ({ open }) => {
  test("a sign-in that is heard of before it can be read is a session like any other", async () => {
    const profile = await open();
    const [tab, other] = await profile.tabs(2);
    // The record comes at its own time: the other tab's storage keeps it back.
    await other.page.evaluate(() => {
      const { setItem } = Storage.prototype;
      globalThis.bring = () => bringing();
      let bringing = () => {};
      Storage.prototype.setItem = function (...args) {
        bringing = () => setItem.apply(this, args);
      };
    });
    const tokens = await profile.server.tokens();
    await tab.page.evaluate(() => {
      globalThis.signalled = new Promise(
        (done) => (new BroadcastChannel("authfetch:local:authfetch").onmessage = () => done()),
      );
    });
    await other.tell("setTokens", tokens);
    await tab.page.evaluate(() => globalThis.signalled);
    await other.page.evaluate(() => globalThis.bring());
    await tab.is("token", tokens.access_token);
    assert.deepEqual(await tab.tell("heard", "signin"), ["other-tab"]);
    await profile.server.expire(tokens.access_token);
    await tab.tell("burst", 3);
    await assertAllAnswered([tab], 3);
    assert.deepEqual(profile.server.refreshes(), ONE_REFRESH);
  });
});
