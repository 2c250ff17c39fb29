// What holds in the app of any framework whose global fetch is the drop-in.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { follows } from "../../clients/support/view.js";
import { ONE_REFRESH } from "../../support/authorization-server.js";
import { useBrowser } from "../../support/browser.js";
import { openApp } from "./app.js";

const CALLS = 10;

/** Declares the tests of one app; its harness `read`s by the global fetch, or by what the framework makes of it. */
export function suite(name, options) {
  const browser = useBrowser("chromium");
  let app;
  let client;
  before(async () => {
    app = await openApp(name, options);
    const anotherTab = async () => app.openTab(await browser());
    client = { server: app.server, anotherTab, ...(await anotherTab()) };
  });
  after(() => app?.close());
  beforeEach(() => app.server.reset());

  test("the server renders the page signed out", async () => {
    assert.match(await (await fetch(app.url)).text(), /<main id="app"[^>]*>signed out<\/main>/);
  });

  test("a burst of calls is answered after one refresh", async () => {
    const { server, tell } = client;
    await tell("signIn", await server.tokens());
    await tell("read", CALLS, 0);
    const ends = await tell("allEnded");
    assert.deepEqual(
      ends,
      Array.from({ length: CALLS }, (_, n) => ({ value: { n } })),
    );
    assert.deepEqual(server.refreshes(), ONE_REFRESH);
    assert.deepEqual(client.errors, []);
  });

  test("a logout ends every call in flight", async () => {
    const { server, tell } = client;
    await tell("signIn", await server.tokens({ good: true }));
    const release = server.hold();
    await tell("read", 3, 0);
    await tell("logout");
    const ends = await tell("allEnded");
    release();
    assert.equal(
      ends.filter(({ error }) => error?.some(({ code }) => code === "logged_out")).length,
      3,
      JSON.stringify(ends),
    );
  });

  follows(() => client);
}
