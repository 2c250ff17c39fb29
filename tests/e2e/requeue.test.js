// The demo's burst with an expired token over HTTP/1.1, where a browser sends six requests at once and queues the rest:
// those in the queue are taken back at the first 401, and the server sees each once.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { inEachBrowser } from "../support/browser.js";
import { openDemo } from "./support.js";

const LANE = "demo";
/** The hundred, the six that are on their way, and what a browser sends while their answers come. */
const MOST_REQUESTS = 115;

inEachBrowser("the demo's burst in", ({ browser, name }) => {
  let demo;
  afterEach(async () => {
    await demo?.close();
    demo = undefined;
  });

  /** Fires the burst, and gives how many requests the API has seen. */
  async function burst(t, query) {
    demo = await openDemo(await browser());
    await demo.signIn();
    await demo.reopen(query);
    await demo.press("fire-expired");
    assert.deepEqual(await demo.outcomes(), { 200: 100 });
    const { apiRequests, ok, tokenRequests, reuseDetected } = demo.server.counters(LANE);
    assert.deepEqual({ ok, tokenRequests, reuseDetected }, { ok: 100, tokenRequests: 1, reuseDetected: 0 });
    t.diagnostic(`HTTP/1.1, ${name}, "${query}": ${apiRequests} requests. ${await demo.text("#result")}`);
    return apiRequests;
  }

  test("a hundred calls under way with a rejected token are at most 115 requests", async (t) => {
    const requests = await burst(t, "");
    assert.ok(requests <= MOST_REQUESTS, `${requests} requests`);
  });

  test("with `cancelPending: false` they are two hundred", async (t) => {
    assert.equal(await burst(t, "?cancelPending=false"), 200);
  });
});
