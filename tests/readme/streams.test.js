// The documentation's blocks for streams, and for several accounts, each in a page in Chromium.

import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "../support/browser.js";
import { until } from "../support/until.js";
import { open, signIn, TELL, told } from "./support.js";

const browser = useBrowser("chromium", { protocolTimeout: 60_000 });

/** Begins an answer that goes on until the test ends it; `world.streams` has them in order. */
const stream = ({ headers }, response, _body, world) => {
  if (headers.authorization !== `Bearer ${world.access}`) return response.writeHead(401).end();
  world.streams ??= [];
  world.streams.push({ response, headers });
  response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
};

test("events outlive a token, and the next connection gets the new one", async (t) => {
  const { page, server } = await open(t, browser, "events", {
    after: `${TELL} globalThis.told = [];
      globalThis.listen = async () => { for await (const data of events("/api/events", { pause: 0 })) told.push(data); };`,
    routes: { "/api/events": stream },
  });
  await signIn(page, server);
  await page.evaluate(() => void listen().catch(({ code }) => told.push(code)));
  await page.waitForFunction(() => auth.state === "signed-in");
  await until(() => server.streams?.length === 1);
  server.streams[0].response.write("id: 1\ndata: one\n\n");
  await told(page, 1);
  await page.evaluate(() => auth.refresh().then(() => {}));
  server.streams[0].response.end("id: 2\ndata: two\n\n");
  await until(() => server.streams.length === 2);
  assert.deepEqual(
    server.streams.map(({ headers }) => [headers.authorization, headers["last-event-id"]]),
    [
      ["Bearer access-1", undefined],
      ["Bearer access-2", "2"],
    ],
  );
  server.streams[1].response.write("id: 3\ndata: three\n\n");
  await told(page, 3);
  await page.evaluate(() => void auth.logout());
  await told(page, 4);
  assert.deepEqual(await page.evaluate(() => globalThis.told), ["one", "two", "three", "logged_out"]);
});

test("a chat's answer goes on while the token is refreshed, and a logout breaks it off", async (t) => {
  const { page, server } = await open(t, browser, "chat", {
    after: `${TELL} globalThis.told = [];
      globalThis.ask = () => chat([{ role: "user", content: "Hi" }], (text) => told.push(text));`,
    routes: { "/api/chat": stream },
  });
  await signIn(page, server);
  await page.evaluate(() => void (globalThis.answer = ask().then(() => "complete")));
  await until(() => server.streams?.length === 1);
  server.streams[0].response.write("Hel");
  await told(page, 1);
  server.access = "another";
  assert.equal(await page.evaluate(async () => (await auth.fetch("/api/items")).status), 200);
  server.streams[0].response.end("lo");
  assert.equal(await page.evaluate(() => globalThis.answer), "complete");
  assert.equal(await page.evaluate(() => globalThis.told.join("")), "Hello");
  await page.evaluate(
    () =>
      void (globalThis.answer = ask().then(
        () => "complete",
        ({ name, code }) => [name, code],
      )),
  );
  await until(() => server.streams.length === 2);
  server.streams[1].response.write("Hel");
  await told(page, 3);
  await page.evaluate(() => void auth.logout());
  assert.deepEqual(await page.evaluate(() => globalThis.answer), ["AbortError", "logged_out"]);
});

test("two accounts have a session each, and a logout of one leaves the other", async (t) => {
  const { page, server } = await open(t, browser, "accounts", {
    after: "Object.assign(globalThis, { account, forget });",
    routes: {
      "/api/who": ({ headers }, response) => response.writeHead(200).end(headers.authorization ?? "nobody"),
    },
  });
  await page.evaluate(
    (...tokens) => ["ann", "bob"].forEach((id, at) => account(id).setTokens(tokens[at])),
    server.issue(),
    server.issue(),
  );
  const who = (id) => page.evaluate(async (id) => (await account(id).fetch("/api/who")).text(), id);
  assert.deepEqual([await who("ann"), await who("bob")], ["Bearer access-1", "Bearer access-2"]);
  await page.evaluate(() => forget("ann"));
  assert.deepEqual([await who("ann"), await who("bob")], ["nobody", "Bearer access-2"]);
});
