// Calls whose requests were taken back end as any others do: by their callers, by a logout, by the session's end.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_REFRESH } from "../support/authorization-server.js";
import { until } from "../support/until.js";
import { worldInEachBrowser } from "./support/suite.js";

/** Calls that wait for the answer of the token endpoint; their requests were taken back. */
async function waiting(open, options) {
  const world = await open();
  const calls = await world.underWay({ init: { signals: true }, ...options });
  world.shut("request");
  world.open("first");
  await world.takenBack(calls.late);
  world.open("late");
  return { world, ...calls };
}

/** Calls whose headers have come with the next token, the bodies not yet. */
async function reading(open) {
  const { world, late, ...rest } = await waiting(open, { name: "open" });
  world.shut("body");
  world.open("request", "answer");
  await until(async () => (await world.tell("answered", late)) === late.length, "headers");
  world.assertSeen(late, "aborted", "open");
  return { world, late, ...rest };
}

worldInEachBrowser("a call that was taken back", ({ open }) => {
  test("ends with the caller's own reason while it waits, and is sent no more", async () => {
    const { world, early, first, late } = await waiting(open);
    const [ended, others] = [late.slice(0, 5), late.slice(5)];
    await world.tell("abort", ended);
    await world.assertEnds(ended, "own reason", ended.length);
    world.open("request", "answer");
    await world.assertEnds([first, ...others], 200);
    world.assertSeen(ended, "aborted");
    world.assertSeen(others, "aborted", "ok");
    world.open("early");
    await world.assertEnds(early, 200);
  });

  test("ends with the caller's own reason when it was sent with the next token", async () => {
    const { world, late, first } = await waiting(open);
    world.shut("late");
    world.open("request", "answer");
    await world.assertEnds([first], 200);
    await until(() => world.seen(late).every((outcomes) => outcomes.at(-1) === "open"), "them with the next token");
    const [ended, ...others] = late;
    await world.tell("abort", [ended]);
    await world.assertEnds([ended], "own reason", 1);
    world.open("late");
    await world.assertEnds(others, 200);
    await until(() => world.server.seen(ended).at(-1) === "aborted", "its end at the server");
    world.assertSeen([ended], "aborted", "aborted");
    world.open("early");
  });

  test("ends with a logout while it waits, and all calls with one object", async () => {
    const { world, all } = await waiting(open);
    await world.tell("logout");
    await world.assertEnds(all, "logged_out", 1);
    const { length } = world.server.calls();
    world.open("request", "answer");
    assert.equal(await world.tell("state"), "signed-out");
    assert.equal(world.server.calls().length, length);
  });

  test("ends with the session when the token is refused, and all calls with one object", async () => {
    const { world, all, late } = await waiting(open);
    await world.refuse("request");
    await world.assertEnds(all, "session_expired", 1);
    world.assertSeen(late, "aborted");
    assert.equal(await world.tell("state"), "signed-out");
    assert.deepEqual(world.server.refreshes(), NO_REFRESH);
  });

  test("has its body ended by a logout after the headers", async () => {
    const { world, late } = await reading(open);
    await world.tell("logout");
    await world.assertEnds(late, "logged_out", 1);
    await world.takenBack(late, 2);
    world.assertSeen(late, "aborted", "aborted");
    world.open("body");
  });

  test("has its body ended by the caller's signal after the headers", async () => {
    const { world, late } = await reading(open);
    const [ended, ...others] = late;
    await world.tell("abort", [ended]);
    await until(() => world.server.seen(ended).at(-1) === "aborted", "its end at the server");
    await world.assertEnds([ended], "own reason", 1);
    world.open("body");
    await world.assertEnds(others, 200);
    world.assertSeen([ended], "aborted", "aborted");
    world.open("early");
  });
});
