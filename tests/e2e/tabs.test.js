// The demo in several tabs of one browser: one session, one refresh, one end.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { inEachBrowser } from "../support/browser.js";
import { opened } from "../support/page.js";
import { until } from "../support/until.js";
import { openDemo, QUICK } from "./support.js";

const LANE = "demo";
const CALLS = 50;

const rows = (page) => page.$$eval("#tabs li", (all) => all.map((row) => row.querySelector("[data-said]").textContent));
const states = (page) => page.$$eval("#tabs .badge", (all) => all.map((badge) => badge.textContent));

inEachBrowser("the demo's tabs in", ({ browser }) => {
  let demo;
  beforeEach(async () => {
    demo = await openDemo(await browser());
    await demo.signIn();
    await demo.choose("count", CALLS);
    await demo.choose("delay", QUICK);
  });
  afterEach(async () => {
    assert.deepEqual(
      demo.said.filter((line) => line.startsWith("uncaught")),
      [],
    );
    await demo.close();
  });

  /** Another tab by the page's own link; the first one stays in front. */
  async function openAnother() {
    const count = (await rows(demo.page)).length;
    const page = await opened(demo.context, () => demo.page.click("#another"));
    await demo.page.bringToFront();
    await until(async () => (await rows(demo.page)).length === count + 1, "the new tab in the list");
    await until(async () => (await states(demo.page)).every((state) => state === "signed in"), "its session");
    return page;
  }

  async function fired(button) {
    await demo.press(button);
    await until(() => demo.page.$("#tabs-result[data-done]"), "the result");
    return demo.text("#tabs-result");
  }

  test("a burst in three tabs with an expired token is one refresh", async () => {
    await openAnother();
    await openAnother();
    assert.match(
      await fired("fire-all"),
      /^150 of 150 calls of 3 tabs answered 200, 1 token request, 0 reuse detections\.$/,
    );
    const { ok, tokenRequests, tokenRefused, reuseDetected } = demo.server.counters(LANE);
    assert.deepEqual(
      { ok, tokenRequests, tokenRefused, reuseDetected },
      { ok: 150, tokenRequests: 1, tokenRefused: 0, reuseDetected: 0 },
    );
    const said = await rows(demo.page);
    assert.equal(
      said.filter((text) => text === "50 of 50 answered 200, refreshed for all.").length,
      1,
      said.join(" | "),
    );
  });

  test("a logout in one tab ends the calls of all", async () => {
    const other = await openAnother();
    assert.match(await fired("leave-all"), /aborted by the logout/);
    for (const page of [demo.page, other])
      await until(async () => (await states(page)).every((state) => state === "signed out"), "the end in both");
    const { ok, apiRequests, reuseDetected } = demo.server.counters(LANE);
    assert.ok(ok < 2 * CALLS && apiRequests >= 2, `${ok} of ${apiRequests} answered 200`);
    assert.equal(reuseDetected, 0);
    assert.equal((await demo.storage()).authfetch.access_token, undefined);
  });

  test("a tab that is closed leaves the list", async () => {
    const other = await openAnother();
    await other.close();
    await until(async () => (await rows(demo.page)).length === 1, "the list without it");
  });
});
