// Signals in the long run, where the engine has no `AbortSignal.any`: nothing of a call stays behind once it is over.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inNode, useInstalled } from "./support.js";

const app = useInstalled();

const PAGE = `
  import { getEventListeners } from "node:events";
  import { setFlagsFromString } from "node:v8";
  import { runInNewContext } from "node:vm";
  import { AuthFetch } from "authfetch";
  delete AbortSignal.any;
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc");
  const url = "https://api.test/";
  const sent = [];
  const fetch = async (input, { headers, signal }) => {
    sent.push({ token: new Headers(headers).get("authorization"), signal: new WeakRef(signal) });
    return new Response();
  };
  const auth = new AuthFetch({ fetch, origins: [url] });
  auth.setTokens({ access_token: "a" });
  const tokens = () => [...new Set(sent.map(({ token }) => token))];
`;

test("without AbortSignal.any, the signals of a thousand calls are collected while the session goes on", async () => {
  const found = await inNode(
    app,
    `${PAGE}
    for (let n = 0; n < 1000; n++) await auth.fetch(url, { signal: new AbortController().signal });
    const alive = () => sent.filter(({ signal }) => signal.deref()).length;
    // A signal is collected a round after its caller's.
    for (let round = 0; round < 100 && alive() > 1; round++) {
      await new Promise(setImmediate);
      gc();
    }
    console.log(JSON.stringify({ tokens: tokens(), few: alive() <= 1 }));
  `,
  );
  assert.deepEqual(found, { tokens: ["Bearer a"], few: true });
});

test("without AbortSignal.any, a signal that outlives its sessions has one listener in each, none after it", async () => {
  const found = await inNode(
    app,
    `${PAGE}
    const { signal } = new AbortController();
    const counts = new Set();
    for (let n = 0; n < 100; n++) {
      auth.setTokens({ access_token: "a" });
      await auth.fetch(url, { signal });
      await auth.fetch(url, { signal });
      counts.add(getEventListeners(signal, "abort").length);
      await auth.logout();
      counts.add(getEventListeners(signal, "abort").length);
    }
    console.log(JSON.stringify({ tokens: tokens(), counts: [...counts] }));
  `,
  );
  assert.deepEqual(found, { tokens: ["Bearer a"], counts: [1, 0] });
});
