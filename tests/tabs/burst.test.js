// One refresh token, any number of tabs: a burst of calls in all of them at expiry is one token request.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ONE_REFRESH } from "../support/authorization-server.js";
import { until } from "../support/until.js";
import { all, assertAllAnswered, tabsInEachBrowser } from "./support/profile.js";

const CALLS = 10;
/** ms: longer than the token lives. */
const LATER = 700_000;

async function bursts(profile, count) {
  const tabs = await profile.tabs(count);
  await profile.signIn(tabs);
  await all(tabs, "late", LATER);
  await profile.atOnce(tabs, "burst", CALLS);
  await assertAllAnswered(tabs, CALLS);
  assert.deepEqual(profile.server.refreshes(), ONE_REFRESH, "expired by the clock");
  assert.equal(profile.server.count("refused"), 0);

  await all(tabs, "forget");
  profile.server.reset();
  await profile.server.expire(await tabs[0].tell("token"));
  await profile.atOnce(tabs, "burst", CALLS);
  await assertAllAnswered(tabs, CALLS);
  assert.deepEqual(profile.server.refreshes(), ONE_REFRESH, "refused by the server");
  assert.equal(profile.server.count("ok"), count * CALLS);

  const [token] = await all(tabs.slice(0, 1), "token");
  await Promise.all(tabs.map((tab) => tab.is("token", token)));
  await Promise.all(tabs.map(async (tab) => assert.deepEqual(await tab.tell("heard", "logout"), [])));
}

tabsInEachBrowser("a burst in all tabs", ({ open }) => {
  test("two tabs whose token has run out, or is refused, make one token request", async () => bursts(await open(), 2));

  test("five tabs whose token has run out, or is refused, make one token request", async () => bursts(await open(), 5));

  test("twenty tabs whose token has run out, or is refused, make one token request", async () =>
    bursts(await open(), 20));

  test("tabs that refresh ahead of expiry by their timers share each refresh", async () => {
    const profile = await open({ tokenLifetime: 2 });
    const tabs = await profile.tabs(3, { options: { leeway: 30, backgroundRefresh: true } });
    await profile.signIn(tabs);
    await until(() => profile.server.refreshes().tokenRequests >= 3, "refreshes that nobody asked for");
    await until(async () => (await tabs[0].tell("heard", "refresh")).length >= 3, "what the third brought");
    const { tokenRequests, tokenRefused, reuseDetected } = profile.server.refreshes();
    const heard = (await all(tabs, "heard", "refresh")).map((sources) => sources.length);
    assert.deepEqual([tokenRefused, reuseDetected], [0, 0]);
    assert.ok(
      tokenRequests <= Math.max(...heard) + 1,
      `${tokenRequests} token requests, and refreshes heard of: ${heard}`,
    );
    assert.deepEqual(await all(tabs, "state").then((states) => states.includes("signed-out")), false);
  });
});
