// Pages that go away and come back by the history, and the back-forward cache that may keep them meanwhile.

import assert from "node:assert/strict";
import { until } from "../../support/until.js";

const ATTEMPTS = 5;

/** A page elsewhere. */
export async function leave(tab) {
  await tab.page.evaluate(() => {
    globalThis.left = true;
    location.assign("/login");
  });
  await until(() => tab.page.evaluate(() => location.pathname === "/login").catch(() => false), "the page elsewhere");
}

/** Back again; false where the browser has not kept the page, but loaded it. */
export async function back(tab) {
  // Not `goBack`: it waits for a load, and a page from the cache is not loaded.
  await tab.page.evaluate(() => history.back());
  await tab.loaded();
  return tab.page.evaluate(() => "left" in globalThis);
}

/** Chromium's reasons for not having kept a page of this tab; of other browsers none are told. */
async function reasons(tab, name) {
  const told = [];
  if (name !== "chromium") return told;
  const session = await tab.page.createCDPSession();
  session.on("Page.backForwardCacheNotUsed", ({ notRestoredExplanations }) => told.push(...notRestoredExplanations));
  await session.send("Page.enable");
  return told;
}

/**
 * Two tabs that are signed in, the first in the back-forward cache while `act` is done with the second: what `check`
 * then says of the first must hold. Whether a page is kept is the browser's choice, as where memory is short: other
 * tabs are tried then, and where none was ever kept, the reasons fail the test.
 */
export async function whileInCache(profile, name, { act, check }) {
  const refused = [];
  for (let kept = false; !kept; ) {
    assert.ok(refused.length < ATTEMPTS, `no page was kept in the cache: ${JSON.stringify(refused)}`);
    const tabs = await profile.tabs(2);
    const [away, other] = tabs;
    const told = await reasons(away, name);
    const tokens = await profile.signIn(tabs);
    await leave(away);
    await act(other, tokens);
    kept = await back(away);
    if (kept) {
      await away.is("shownAgain", true);
      await check(away, other);
    } else refused.push(told);
    await Promise.all(tabs.map((tab) => tab.close()));
  }
}
