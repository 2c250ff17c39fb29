// Calls under way as their token turns out to be rejected: their requests are taken back, and go once with the next.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_REFRESH, ONE_REFRESH } from "../support/authorization-server.js";
import { until } from "../support/until.js";
import { addresses, OLDEST, worldInEachBrowser } from "./support/suite.js";

const BURST = 100;
/** ms: longer than the token lives. */
const LATER = 700_000;
const TAKEN_BACK = ["aborted", "ok"];
const REFUSED = ["refused", "ok"];

/** The milliseconds of a burst, in which every call was answered once, and with its own answer. */
async function burst(open, options) {
  const world = await open();
  await world.signIn(options);
  await world.reject();
  const urls = addresses("burst", BURST);
  const took = await world.tell("timed", urls);
  await world.assertEnds(urls, 200);
  assert.deepEqual(world.server.refreshes(), ONE_REFRESH);
  const calls = world.server.calls();
  assert.ok(calls.every(({ httpVersion }) => httpVersion === "2.0"));
  for (const outcomes of world.seen(urls)) {
    assert.ok(outcomes.length <= 2, `at most one more request each: ${outcomes}`);
    assert.equal(outcomes.filter((outcome) => outcome === "ok").length, 1, `${outcomes}`);
  }
  return { took, requests: calls.length, takenBack: world.server.count("aborted") };
}

worldInEachBrowser("requests that are taken back", ({ open, name }) => {
  test("a burst of a hundred over HTTP/2 with a rejected token is answered in full after one token request", async (t) => {
    for (const cancelPending of [true, false]) {
      const { took, requests, takenBack } = await burst(open, { cancelPending });
      const told = `${requests} requests, ${takenBack} of them seen to be taken back, in ${took.toFixed(0)} ms`;
      t.diagnostic(`HTTP/2, ${name}, cancelPending ${cancelPending}: ${told}`);
      if (!cancelPending) assert.deepEqual([requests, takenBack], [2 * BURST, 0]);
    }
  });

  test("at the first 401 of a token with which nothing was ever accepted, all but the six oldest are taken back", async () => {
    const world = await open();
    const count = BURST - OLDEST - 1;
    const { early, first, late, all } = await world.underWay({ count });
    world.open("first");
    await world.takenBack(late);
    world.open("late", "answer");
    await world.assertEnds([first, ...late], 200);
    world.assertSeen(early, "open");
    world.open("early");
    await world.assertEnds(all, 200);
    world.assertSeen(early, "ok");
    world.assertSeen([first], ...REFUSED);
    world.assertSeen(late, ...TAKEN_BACK);
    assert.deepEqual(world.server.refreshes(), ONE_REFRESH);
  });

  test("requests of HEAD are taken back as those of GET are, with a caller's signal too, which stays as it is", async () => {
    const world = await open();
    const { first, late } = await world.underWay({ init: { method: "HEAD", signals: true } });
    world.open("first");
    await world.takenBack(late);
    world.open("late", "answer");
    await world.assertEnds([first, ...late], 200);
    world.assertSeen(late, ...TAKEN_BACK);
    assert.equal(await world.tell("aborted", late), 0);
    world.open("early");
  });

  test("while the token request is under way they wait, and go when one call was accepted with the new token", async () => {
    const world = await open();
    const { first, late } = await world.underWay();
    world.open("first");
    await world.takenBack(late);
    world.shut("first");
    world.open("late");
    world.assertSeen(late, "aborted");
    world.open("answer");
    await until(() => world.server.seen(first).length === 2, "the first call with the new token");
    world.assertSeen(late, "aborted");
    world.open("first");
    await world.assertEnds([first, ...late], 200);
    world.assertSeen(late, ...TAKEN_BACK);
    world.open("early");
  });

  test("of a token that was accepted, 401s of two paths take back all that is under way with it", async () => {
    const world = await open();
    await world.signIn();
    const [accepted, early] = [addresses("accepted", 1), addresses("early", OLDEST)];
    await world.send(accepted);
    await world.assertEnds(accepted, 200);
    world.shut("answer", "early", "one", "two", "late");
    await world.send(early);
    await world.reject();
    const [one, two, late] = [addresses("one", 1), addresses("two", 1), addresses("late", 10)];
    await world.send([...one, ...two, ...late]);
    world.open("one");
    await until(() => world.refreshes() === 1, "the token request");
    world.assertSeen([...two, ...late], "open");
    world.open("two");
    await world.takenBack(late);
    world.open("late", "answer", "early");
    await world.assertEnds([...early, ...one, ...two, ...late], 200);
    world.assertSeen(early, "ok");
    world.assertSeen([...one, ...two], ...REFUSED);
    world.assertSeen(late, ...TAKEN_BACK);
    assert.deepEqual(world.server.refreshes(), ONE_REFRESH);
  });

  test("of a token that has run out by the clock, one 401 takes back all that is under way with it", async () => {
    const world = await open();
    await world.signIn();
    const [accepted, early] = [addresses("accepted", 1), addresses("early", OLDEST)];
    await world.send(accepted);
    await world.assertEnds(accepted, 200);
    world.shut("early", "first", "late", "answer");
    await world.send(early);
    await world.reject();
    const [first, late] = [addresses("first", 1), addresses("late", 10)];
    await world.send([...first, ...late]);
    await world.tell("late", LATER);
    world.open("first");
    await world.takenBack(late);
    world.open("late", "early", "answer");
    await world.assertEnds([...early, ...first, ...late], 200);
    world.assertSeen(early, "ok");
    world.assertSeen(late, ...TAKEN_BACK);
  });

  test("the six oldest are those of each origin", async () => {
    const world = await open();
    await world.signIn({ origins: [world.server.origin, world.server.other] });
    world.shut("here", "there", "first", "answer");
    await world.reject();
    const here = addresses("here", 10);
    const there = addresses("there", 10).map((path) => world.server.other + path);
    await world.send([...here, ...there, ...addresses("first", 1)]);
    world.open("first");
    await world.takenBack([...here.slice(OLDEST), ...there.slice(OLDEST)]);
    world.open("here", "there", "answer");
    await world.assertEnds([...here, ...there], 200);
    for (const urls of [here, there]) {
      world.assertSeen(urls.slice(0, OLDEST), ...REFUSED);
      world.assertSeen(urls.slice(OLDEST), ...TAKEN_BACK);
    }
  });

  test("a call is taken back as often as its token is rejected, and is answered in the end", async () => {
    const world = await open();
    const { early, first, late } = await world.underWay();
    world.server.rejectAfterOne();
    world.open("first");
    await world.takenBack(late);
    world.open("late");
    world.shut("late");
    world.open("answer");
    await world.assertEnds([first], 200);
    await until(() => world.seen(late).every((outcomes) => outcomes.at(-1) === "open"), "them with the second token");
    world.shut("one", "two", "more", "answer");
    const [one, two, more] = [addresses("one", 1), addresses("two", 1), addresses("more", 10)];
    await world.send([...one, ...two, ...more]);
    world.open("one", "two");
    await world.takenBack(late, 2);
    await world.takenBack(more);
    world.open("late", "more", "early", "answer");
    await world.assertEnds([...early, first, ...late, ...one, ...two, ...more], 200);
    world.assertSeen(late, "aborted", "aborted", "ok");
    world.assertSeen([...one, ...two], ...REFUSED);
    world.assertSeen(more, ...TAKEN_BACK);
    assert.deepEqual(world.server.refreshes(), { ...ONE_REFRESH, tokenRequests: 2 });
    assert.equal(await world.tell("state"), "signed-in");
  });

  test("a 401 with the next token is the answer of a call that was taken back, as of any call sent again", async () => {
    const world = await open();
    const { first, late } = await world.underWay();
    world.server.rejectAfterOne();
    world.open("first");
    await world.takenBack(late);
    world.open("late", "answer");
    await world.assertEnds([first], 200);
    await world.assertEnds(late, 401);
    world.assertSeen(late, "aborted", "refused");
    assert.deepEqual(world.server.refreshes(), ONE_REFRESH);
    assert.equal(await world.tell("state"), "signed-in");
    world.open("early");
  });

  test("with `cancelPending: false` each request gets its own answer", async () => {
    const world = await open();
    const { early, first, late } = await world.underWay({ options: { cancelPending: false } });
    world.open("first", "answer");
    await world.assertEnds([first], 200);
    world.assertSeen([...early, ...late], "open");
    world.open("late");
    await world.assertEnds(late, 200);
    world.assertSeen(late, ...REFUSED);
    world.open("early");
    await world.assertEnds(early, 200);
    assert.equal(world.server.count("aborted"), 0);
    assert.deepEqual(world.server.refreshes(), ONE_REFRESH);
  });

  test('`debug` says "requeued" of each call whose request was taken back, and of no other', async () => {
    const world = await open();
    const { late, all } = await world.underWay({ options: { debug: true } });
    world.open("first");
    await world.takenBack(late);
    world.open("late", "early", "answer");
    await world.assertEnds(all, 200);
    const said = (await world.tell("said")).filter((line) => line.includes(": requeued"));
    const places = said.map((line) => /\/api\/\w+\/\d+/.exec(line)[0]);
    assert.deepEqual(places.sort(), late.map((url) => url.split("?")[0]).sort());
  });

  test("a fetch of the app's own that ignores signals loses no call, and answers none twice", async () => {
    const world = await open();
    const { early, first, late, all } = await world.underWay({ options: { deaf: true } });
    world.open("first", "answer");
    await world.assertEnds([first], 200);
    world.open("late", "early");
    await world.assertEnds(all, 200);
    world.assertSeen(early, "ok");
    world.assertSeen([first, ...late], ...REFUSED);
    assert.deepEqual(world.server.refreshes(), ONE_REFRESH);
  });

  test("where no token is rejected nothing is taken back", async () => {
    const world = await open();
    await world.signIn();
    const urls = addresses("good", BURST);
    await world.send(urls);
    await world.assertEnds(urls, 200);
    world.assertSeen(urls, "ok");
    assert.deepEqual(world.server.refreshes(), NO_REFRESH);
  });
});
