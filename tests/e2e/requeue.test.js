// The demo's burst with an expired token over HTTP/1.1, where a browser sends six requests at once and queues the rest:
// those in the queue are taken back at the first 401, and the server sees each once.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { inEachBrowser } from "../support/browser.js";
import { until } from "../support/until.js";
import { openDemo, QUICK } from "./support.js";

const LANE = "demo";
/** How many requests of a host a browser sends at once. */
const AT_ONCE = 6;
/** The hundred, the six that are refused, those that go in their place until the page knows, and a few. */
const MOST_REQUESTS = 115;

const burstOf = ({ browser, name }) => {
  let demo;
  afterEach(async () => {
    await demo?.close();
    demo = undefined;
  });

  async function open(query = "") {
    demo = await openDemo(await browser());
    await demo.signIn();
    await demo.reopen(query);
  }

  const counted = (what, count) => until(() => demo.server.counters(LANE)[what] >= count, `${count} ${what}`);

  /** How many requests the API has seen when all calls are answered. */
  async function requests(t, title) {
    assert.deepEqual(await demo.outcomes(), { 200: 100 });
    const { apiRequests, ok, tokenRequests, reuseDetected } = demo.server.counters(LANE);
    assert.deepEqual({ ok, tokenRequests, reuseDetected }, { ok: 100, tokenRequests: 1, reuseDetected: 0 });
    t.diagnostic(`HTTP/1.1, ${name}, ${title}: ${apiRequests} requests. ${await demo.text("#result")}`);
    return apiRequests;
  }

  test("a hundred calls under way with a rejected token are at most 115 requests", async (t) => {
    await open();
    await demo.choose("delay", QUICK);
    const answerTheFirst = demo.server.hold("/api/");
    await demo.press("fire-expired");
    await counted("apiRequests", AT_ONCE);
    // What goes in their place has no answer before the page has heard of the first, however busy it is.
    answerTheFirst();
    const answerTheRest = demo.server.hold("/api/");
    await counted("tokenRequests", 1);
    answerTheRest();
    const seen = await requests(t, "requeued");
    assert.ok(seen <= MOST_REQUESTS, `${seen} requests`);
  });

  test("they are all answered whenever their first 401 comes", async (t) => {
    await open();
    await demo.press("fire-expired");
    assert.ok((await requests(t, "requeued as it comes")) < 200);
  });

  test("with `cancelPending: false` they are two hundred requests", async (t) => {
    await open("?cancelPending=false");
    await demo.choose("delay", QUICK);
    await demo.press("fire-expired");
    assert.equal(await requests(t, "`cancelPending: false`"), 200);
  });
};

inEachBrowser("the demo's burst in", burstOf);
