// What no 401 of another call disturbs: what the server may be at work on, what has side effects, what has an answer.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ONE_REFRESH } from "../support/authorization-server.js";
import { until } from "../support/until.js";
import { addresses, OLDEST, worldInEachBrowser } from "./support/suite.js";

/** Bytes: more than a connection takes in before the server reads it. */
const UPLOAD = 1_000_000;

worldInEachBrowser("what is left alone", ({ open }) => {
  test("a long poll and a slow report among the six oldest go on through a burst, and the server sees each once", async () => {
    const world = await open();
    await world.signIn();
    world.shut("poll", "report", "few", "first", "late", "answer");
    const held = [...addresses("poll", 1), ...addresses("report", 1), ...addresses("few", OLDEST - 2)];
    await world.send(held);
    await world.reject();
    const [first, late] = [addresses("first", 1), addresses("late", 93)];
    await world.send([...first, ...late]);
    world.open("first");
    await world.takenBack(late);
    world.open("late", "answer");
    await world.assertEnds([...first, ...late], 200);
    world.assertSeen(held, "open");
    world.open("poll", "report", "few");
    await world.assertEnds(held, 200);
    world.assertSeen(held, "ok");
    assert.deepEqual(world.server.refreshes(), ONE_REFRESH);
  });

  test("a long poll that is alone goes on while another call's 401 refreshes the token", async () => {
    const world = await open();
    await world.signIn();
    world.shut("poll");
    const [poll, other] = [addresses("poll", 1), addresses("other", 1)];
    await world.send(poll);
    await world.reject();
    await world.send(other);
    await world.assertEnds(other, 200);
    world.assertSeen(poll, "open");
    world.open("poll");
    await world.assertEnds(poll, 200);
    world.assertSeen(poll, "ok");
  });

  test("a request is seen twice only if it was neither among the six oldest, nor answered, nor of POST or PUT", async () => {
    const world = await open();
    await world.signIn();
    world.shut("oldest", "body", "post", "put", "late", "one", "two", "answer");
    const [oldest, answered, late] = ["oldest", "open", "late"].map((name) => addresses(name, 10));
    const [post, put] = [addresses("post", 3), addresses("put", 3)];
    await world.send(oldest);
    await world.send(answered);
    await world.send(post, { method: "POST", size: 10 });
    await world.send(put, { method: "PUT", size: 10 });
    await world.send(late);
    await until(async () => (await world.tell("answered", answered)) === answered.length, "headers");
    await world.reject();
    const doomed = [...addresses("one", 1), ...addresses("two", 1)];
    await world.send(doomed);
    world.open("one", "two");
    const takenBack = [...oldest.slice(OLDEST), ...late];
    await world.takenBack(takenBack);
    world.open("oldest", "body", "post", "put", "late", "answer");
    const once = [...oldest.slice(0, OLDEST), ...answered, ...post, ...put];
    await world.assertEnds([...once, ...takenBack, ...doomed], 200);
    world.assertSeen(once, "ok");
    world.assertSeen(takenBack, "aborted", "ok");
    world.assertSeen(doomed, "refused", "ok");
    assert.deepEqual(world.server.refreshes(), ONE_REFRESH);
  });

  test("uploads, POSTs, calls with `keepalive` and calls to be sent once are left to their own 401", async () => {
    const world = await open();
    await world.signIn();
    world.shut("early", "first", "late", "upload", "post", "keepalive", "once", "answer");
    const [early, first, late] = [addresses("early", OLDEST), addresses("first", 1), addresses("late", 10)];
    const [upload, post, put] = ["uploads", "post", "put"].map((name) => addresses(name, 1));
    const [keepalive, once] = [addresses("keepalive", 2), addresses("once", 2)];
    await world.send(early);
    await world.reject();
    await world.send([...first, ...late]);
    await world.send(upload, { method: "POST", size: UPLOAD });
    await world.send(put, { method: "PUT", size: UPLOAD });
    await world.send(post, { method: "POST" });
    await world.send(keepalive, { keepalive: true });
    await world.send(once, { auth: "once" });
    world.open("first");
    await world.takenBack(late);
    world.open("late", "answer");
    await world.assertEnds([...first, ...late], 200);
    const left = [...upload, ...put, ...post, ...keepalive, ...once];
    world.assertSeen(left, "open");
    world.open("upload", "post", "keepalive", "once");
    await world.assertEnds(once, 401);
    await world.assertEnds([...upload, ...put, ...post, ...keepalive], 200);
    world.assertSeen(once, "refused");
    world.assertSeen([...upload, ...put, ...post, ...keepalive], "refused", "ok");
    const received = world.server.calls().filter(({ path }) => [...upload, ...put].includes(path));
    assert.deepEqual(
      received.map(({ bytes }) => bytes),
      Array(4).fill(UPLOAD),
    );
    world.open("early");
    assert.deepEqual(world.server.refreshes(), ONE_REFRESH);
  });

  test("one broken endpoint disturbs no call to another path, and its own only when the next token is there", async () => {
    const world = await open();
    await world.signIn();
    const good = addresses("good", 1);
    await world.send(good);
    await world.assertEnds(good, 200);
    world.shut("answer", "others", "broken");
    const others = addresses("others", 20);
    await world.send(others);
    const [first, ...broken] = ["", "&n=1", "&n=2", "&n=3"].map((n) => `/api/broken?door=${n ? "broken" : "go"}${n}`);
    await world.send(broken);
    await world.send([first]);
    await until(() => world.refreshes() === 1, "the token request");
    world.assertSeen([...others, ...broken], "open");
    world.open("answer");
    await world.takenBack(broken);
    world.open("broken");
    await world.assertEnds([first, ...broken], 401);
    world.assertSeen(broken, "aborted", "refused");
    world.assertSeen(others, "open");
    world.open("others");
    await world.assertEnds(others, 200);
    world.assertSeen(others, "ok");
    assert.deepEqual(world.server.refreshes(), ONE_REFRESH);
    assert.equal(await world.tell("state"), "signed-in");
  });

  test("without a refresh that its call waits for, a 401 takes nothing back", async () => {
    const world = await open();
    await world.signIn({ refreshes: false });
    world.shut("late", "early");
    await world.send(addresses("early", OLDEST));
    await world.send(addresses("late", 10));
    await world.reject();
    const refused = addresses("refused", 2);
    await world.send(refused);
    await world.assertEnds(refused, 401);
    world.open("late", "early");
    await world.assertEnds([...addresses("early", OLDEST), ...addresses("late", 10)], 200);
    assert.equal(world.server.count("aborted"), 0);
  });
});
