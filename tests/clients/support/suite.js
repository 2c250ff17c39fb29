// What every client has to do when `auth.fetch` is the fetch it is given. Declared once, run for each client in each
// browser.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { ONE_REFRESH } from "../../support/authorization-server.js";
import { inEachBrowser, LIMIT } from "../../support/browser.js";
import { until } from "../../support/until.js";
import { openClient } from "./open.js";

const CALLS = 10;
/** A browser has no more than six requests under way to one server. */
const AT_ONCE = 6;
const BODY = { text: 'Grüße, 世界 \u2028 "quoted" 🚀 \\ end' };

const seen = (server, number) => until(() => server.calls().length >= number, `${number} requests at the API`);

/** What the aborted one of three calls has ended with; the other two have been answered if they could be. */
async function abortOne({ server, tell }) {
  const release = server.hold();
  await tell("read", 3, 1);
  await seen(server, 3);
  await tell("abort", 1);
  const [aborted] = [
    await tell("ended", 1),
    await until(() => server.count("aborted") === 1, "the abort at the server"),
  ];
  release();
  return { aborted, others: await Promise.all([tell("ended", 0), tell("ended", 2)]) };
}

/**
 * How a client hands on our error: the object itself, one that wraps it, its text alone, or an abort of the recipe's
 * own.
 */
const HANDED_ON = {
  itself: (code, [error]) => assert.deepEqual([error.name, error.code], ["AbortError", code]),
  wrapped: (code, chain) =>
    assert.ok(
      chain.slice(1).some((error) => error.code === code),
      JSON.stringify(chain),
    ),
  abort: (_code, [error]) => assert.equal(error.name, "AbortError"),
  text: (_code, chain) => assert.match(chain.at(-1).text, /^AbortError: /),
};

/** Every call has ended with our error, and nothing of it has been sent a second time. */
function assertEnded({ server, errors }, ends, handedOn, code) {
  assert.equal(ends.length, CALLS);
  for (const { value, error } of ends) {
    assert.equal(value, undefined);
    HANDED_ON[handedOn](code, error);
  }
  // A request that the browser had not begun may appear as it is cancelled, but none appears twice, and none without a
  // token.
  const sent = server.calls().map(({ path, body }) => `${path} ${body}`);
  assert.equal(new Set(sent).size, sent.length);
  assert.ok(server.calls().every(({ bearer }) => bearer));
  assert.equal(server.count("ok"), 0);
  assert.deepEqual(errors, []);
}

function scenarios(browser, { driver, handedOn = "itself", alias, also }) {
  let client;
  before(async () => (client = await openClient(await browser(), driver, { alias })));
  after(() => client?.close());
  beforeEach(() => {
    client.server.reset();
    client.errors.length = 0;
  });

  test("a burst of calls with a refused token is answered after one refresh", async () => {
    const { server, tell } = client;
    await tell("signIn", await server.tokens());
    const release = server.hold();
    await tell("read", CALLS, 100);
    await seen(server, AT_ONCE);
    release();
    const answers = Array.from({ length: CALLS }, (_, at) => ({ value: 100 + at }));
    assert.deepEqual(await tell("allEnded"), answers);
    assert.deepEqual(server.refreshes(), ONE_REFRESH);
    assert.ok(server.count("refused") >= AT_ONCE);
    assert.equal(server.count("ok"), CALLS);
  });

  test("a written body is sent again byte for byte", async () => {
    const { server, tell } = client;
    await tell("signIn", await server.tokens());
    await tell("write", BODY);
    assert.deepEqual(await tell("allEnded"), [{ value: BODY }]);
    const [refused, accepted, ...more] = server.calls();
    assert.deepEqual(more, []);
    assert.deepEqual([refused.outcome, accepted.outcome], ["refused", "ok"]);
    assert.equal(accepted.body, refused.body);
    assert.deepEqual([accepted.method, accepted.path, accepted.type], [refused.method, refused.path, refused.type]);
    assert.ok(Buffer.from(refused.body, "base64").includes("世界"));
    assert.deepEqual(server.refreshes(), ONE_REFRESH);
  });

  test("a caller's abort ends its own call, as it does with the browser's fetch, and no other", async () => {
    const { server, tell } = client;
    await tell("signIn", await server.tokens({ good: true }));
    const { aborted, others } = await abortOne(client);
    assert.deepEqual(others, [{ value: 1 }, { value: 3 }]);
    assert.equal(server.count("ok"), 2);
    const control = await openClient(await browser(), driver, { alias, control: true });
    try {
      assert.deepEqual(aborted, (await abortOne(control)).aborted);
    } finally {
      await control.close();
    }
    assert.ok(aborted.error);
    assert.equal(await tell("state"), "signed-in");
  });

  test("a logout ends every call in flight, and the client tries none of them again", async () => {
    const { server, tell } = client;
    await tell("signIn", await server.tokens({ good: true }));
    const release = server.hold();
    await tell("read", CALLS, 200);
    await seen(server, AT_ONCE);
    await tell("logout");
    // Whoever tries again is held, and does not end: a request that the browser begins as it cancels it must find no
    // answer either.
    const ends = await tell("allEnded");
    await until(() => server.count("open") === 0, "the aborts at the server");
    assertEnded(client, ends, handedOn, "logged_out");
    release();
    assert.equal(await tell("state"), "signed-out");
  });

  test("a refused refresh token ends every call in flight, and the client tries none of them again", async () => {
    const { server, tell } = client;
    await tell("signIn", { ...(await server.tokens()), refresh_token: "refused" });
    const release = server.hold();
    await tell("read", CALLS, 300);
    await seen(server, AT_ONCE);
    release();
    assertEnded(client, await tell("allEnded"), handedOn, "session_expired");
    assert.equal(await tell("state"), "signed-out");
  });

  also?.(() => client);
}

/**
 * The tests of these clients. `driver` names a client's file in drivers/, `handedOn` says how it hands on our errors,
 * `alias` maps a package name of the recipe to the one that is installed here, `also` declares further tests, and
 * `skip` says why there are none.
 */
export function suite(clients) {
  const inOne = ({ browser }) => {
    for (const client of clients)
      describe(client.title, { timeout: LIMIT, skip: client.skip }, () => scenarios(browser, client));
  };
  // The limit is that of each client.
  inEachBrowser("in", inOne, { timeout: Infinity });
}
