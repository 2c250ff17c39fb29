// A refresh token in an HttpOnly cookie belongs to the browser: tabs that share no record use it in turn, and its end is theirs.
// Page and API are two origins of one site; nothing is said here of a cookie that crosses sites.

import assert from "node:assert/strict";
import { test } from "node:test";
import { all, assertAllAnswered, assertAllEnded, fallsAsleep, inBrowsers, until } from "./support/profile.js";
import { startCookieServer } from "./support/cookie.js";

const CALLS = 4;
/** ms: longer than the access token lives. */
const LATER = 700_000;
const NO_LOGOUT = [];

/** So many tabs: the user signs in in the first, and the others, all at once, find the cookie. */
async function signedIn(profile, count, more = {}) {
  const options = { ...profile.server.options, ...more };
  const tabs = [await profile.tab({ options })];
  await tabs[0].tell("login", "ann");
  while (tabs.length < count) tabs.push(await profile.tab({ options }));
  await all(tabs.slice(1), "arm", "refresh");
  if (count > 1) await tabs[1].tell("go");
  for (const tab of tabs) await tab.is("state", "signed-in");
  return tabs;
}

const unused = (profile) => assert.deepEqual([profile.server.families(), profile.server.seen().reuses], [1, 0], "one family, no reuse");
const heard = async (tabs, kind) => assert.deepEqual(await all(tabs, "heard", "logout"), kind);

/** Tabs are opened, and their access tokens run out, by the server's clock and by their own, all at once. */
async function inTurn(profile, count, more) {
  const tabs = await signedIn(profile, count, more);
  unused(profile);
  await heard(tabs, Array(count).fill(NO_LOGOUT));
  profile.server.expire();
  await profile.atOnce(tabs, "burst", CALLS);
  await assertAllAnswered(tabs, CALLS);
  await all(tabs, "forget");
  await all(tabs, "late", LATER);
  await profile.atOnce(tabs, "burst", CALLS);
  await assertAllAnswered(tabs, CALLS);
  unused(profile);
  await heard(tabs, Array(count).fill(NO_LOGOUT));
}

inBrowsers("a refresh token in a cookie", ({ open, name }) => {
  const start = (options) => open(options, startCookieServer);

  test("two tabs that share no record use one refresh cookie in turn, and neither is signed out", async () => inTurn(await start(), 2));

  test("five tabs that share no record use one refresh cookie in turn, and none is signed out", async () => inTurn(await start(), 5));
});
