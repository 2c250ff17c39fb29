// A worker that asks its page for tokens over a port: one session, one refresh for both, one logout.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { ONE_REFRESH } from "../support/authorization-server.js";
import { inEachBrowser } from "../support/browser.js";
import { until } from "../support/until.js";
import { bundle } from "./support/bundle.js";
import { openClient } from "./support/open.js";

const CALLS = 8;
/** Fewer than the connections that a browser opens to a host. */
const FEW = 3;

inEachBrowser("in", ({ browser }) => {
  let client;
  beforeEach(async () => {
    client = await openClient(await browser(), "worker-page.js");
    client.server.page("/worker.js", "text/javascript", await bundle('import "./drivers/worker.js";'));
  });
  afterEach(async () => {
    assert.deepEqual(client?.errors, []);
    await client.close();
  });

  const all = (answer) => Array(CALLS).fill(answer);
  const states = async () => [await client.tell("state"), await client.tell("inWorker", "state")];

  test("a worker takes part in the session that its page has", async () => {
    const { server, tell } = client;
    await tell("signIn", await server.tokens({ good: true }));
    await tell("openWorker");
    assert.deepEqual(await states(), ["signed-in", "signed-in"]);
    await tell("inWorker", "burst", CALLS);
    assert.deepEqual(await tell("inWorker", "outcomes"), all(200));
    assert.equal(server.refreshes().tokenRequests, 0);
  });

  test("a burst of refused calls in worker and page is one refresh, made by the page", async () => {
    const { server, tell } = client;
    await tell("signIn", await server.tokens());
    await tell("openWorker");
    assert.equal(await tell("inWorker", "state"), "signed-in");
    await Promise.all([tell("inWorker", "burst", CALLS), tell("read", CALLS, 0)]);
    assert.deepEqual(await tell("inWorker", "outcomes"), all(200));
    assert.equal((await tell("allEnded")).filter(({ error }) => error).length, 0);
    assert.deepEqual(server.refreshes(), ONE_REFRESH);
  });

  test("a sign-in of the page is one of the worker, and a logout ends the calls of both", async () => {
    const { server, tell } = client;
    await tell("openWorker");
    assert.equal(await tell("inWorker", "state"), "signed-out");
    await tell("signIn", await server.tokens({ good: true }));
    await until(async () => (await tell("inWorker", "state")) === "signed-in", "the worker to take part");
    const release = server.hold();
    await Promise.all([tell("inWorker", "burst", FEW), tell("read", FEW, 0)]);
    await until(() => server.calls().length === 2 * FEW, "the calls of both at the API");
    await tell("logout");
    assert.deepEqual(await tell("inWorker", "outcomes"), Array(FEW).fill("AbortError logged_out"));
    assert.deepEqual(
      (await tell("allEnded")).map(({ error }) => error[0].code),
      Array(FEW).fill("logged_out"),
    );
    release();
    assert.deepEqual(await states(), ["signed-out", "signed-out"]);
  });
});
