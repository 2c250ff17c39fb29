// What is not fetch: uploads by XMLHttpRequest, WebSockets and SignalR, over `getAccessToken`.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { NO_REFRESH, ONE_REFRESH } from "../support/authorization-server.js";
import { inEachBrowser } from "../support/browser.js";
import { until } from "../support/until.js";
import { openClient } from "./support/open.js";

const SIZE = 3_000_000; // bytes

inEachBrowser("in", ({ browser }) => {
  let client;
  before(async () => (client = await openClient(await browser(), "tokens.js")));
  after(() => client?.close());
  beforeEach(() => client.server.reset());

  /** Signs in with a token that the server no longer takes. */
  async function signInRefused() {
    const tokens = await client.server.tokens();
    await client.tell("signIn", tokens);
    return tokens.access_token;
  }

  test("a hundred late refusals of one token make one refresh, and each gets the new token", async () => {
    const { server, tell } = client;
    const old = await signInRefused();
    const [first] = await tell("refused", old, 1);
    assert.notEqual(first, old);
    assert.deepEqual(await tell("refused", old, 100), Array(100).fill(first));
    assert.deepEqual(server.refreshes(), ONE_REFRESH);
  });

  test("a hundred refusals of one token at once make one refresh", async () => {
    const { server, tell } = client;
    const old = await signInRefused();
    const tokens = new Set(await tell("refused", old, 100));
    assert.equal(tokens.size, 1);
    assert.ok(!tokens.has(old));
    assert.deepEqual(server.refreshes(), ONE_REFRESH);
  });

  test("who gives up waiting for a token ends no other wait", async () => {
    const { server, tell } = client;
    const old = await signInRefused();
    const release = server.hold("answer");
    await tell("wait", old);
    await until(() => server.refreshes().tokenRequests === 1, "the refresh at the server");
    assert.equal(await tell("giveUp"), "AbortError 20");
    release();
    assert.notEqual(await tell("waited"), old);
    assert.deepEqual(server.refreshes(), ONE_REFRESH);
  });

  test("an upload whose token is refused is sent again, and its progress reaches the end", async () => {
    const { server, tell } = client;
    await signInRefused();
    assert.deepEqual(await tell("uploads", SIZE), { status: 200, bytes: SIZE, sent: SIZE });
    assert.deepEqual(
      server.calls().map(({ outcome }) => outcome),
      ["refused", "ok"],
    );
    assert.deepEqual(server.refreshes(), ONE_REFRESH);
  });

  test("an aborted upload rejects with the caller's reason and refreshes nothing", async () => {
    const { server, tell } = client;
    await tell("signIn", await server.tokens({ good: true }));
    const release = server.hold();
    await tell("abortedUpload", SIZE);
    await until(() => server.calls().length === 1, "the upload at the server");
    assert.equal(await tell("abortUpload"), "AbortError 20");
    release();
    assert.deepEqual(server.refreshes(), NO_REFRESH);
    assert.equal(await tell("state"), "signed-in");
  });

  test("a WebSocket whose token is refused is opened again with a new one", async () => {
    const { server, tell } = client;
    await signInRefused();
    const url = `${server.origin.replace("http:", "ws:")}/api/socket`;
    assert.equal(await tell("socket", url, "hello"), "echo hello");
    assert.equal(await tell("socket", url, "again"), "echo again");
    assert.deepEqual(server.refreshes(), ONE_REFRESH);
  });

  test("a SignalR connection starts, and comes back, through a refused token", async () => {
    const { server, tell } = client;
    const old = await signInRefused();
    assert.equal(await tell("hub", "hello"), "echo hello");
    assert.deepEqual(server.refreshes(), ONE_REFRESH);
    const [current] = await tell("refused", old, 1);
    await server.revoke(current);
    server.sockets.breakOff();
    assert.equal(await tell("reconnected"), "Connected");
    assert.deepEqual(server.refreshes(), { ...ONE_REFRESH, tokenRequests: 2 });
    await tell("stopHub");
  });
});
