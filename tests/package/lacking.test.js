// What simulated pages and small runtimes lack: jsdom has no TextDecoder and its global object is no `Window`, and some
// servers have no CustomEvent.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inNode, useInstalled } from "./support.js";

const app = useInstalled();

const PAGE = `
  const map = new Map();
  const storage = {
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, text) => map.set(key, text),
    removeItem: (key) => map.delete(key),
  };
  Object.defineProperty(globalThis, "localStorage", { value: storage, configurable: true });
  globalThis.document = { addEventListener() {}, removeEventListener() {} };
`;

test("in a page whose global object is no Window the session is in its localStorage", async () => {
  const found = await inNode(
    app,
    `${PAGE}
    const { AuthFetch } = await import("authfetch");
    const auth = new AuthFetch();
    auth.setTokens({ access_token: "a" });
    const stored = JSON.parse(map.get("authfetch")).access_token;
    auth.close();
    console.log(JSON.stringify({ stored, found: new AuthFetch().session?.accessToken }));
    process.exit();`,
  );
  assert.deepEqual(found, { stored: "a", found: "a" });
});

test("without TextDecoder, TextEncoder and CustomEvent texts arrive whole, and listeners are told", async () => {
  const texts = ["plain", "\u00fc\u20ac\u{1f600}", "half \ud800 a pair", "%41"];
  const source = `
    const { AuthFetch } = await import("authfetch");
    const told = [];
    for (const scheme of ${JSON.stringify(texts)}) {
      try {
        new AuthFetch({ storage: scheme });
      } catch (error) {
        told.push(error.message);
      }
    }
    const auth = new AuthFetch({ storage: "memory" });
    auth.addEventListener("signin", ({ detail }) => told.push(detail.session.scope));
    auth.setTokens({ access_token: "a", scope: "\u00fc\u20ac\u{1f600}" });
    console.log(JSON.stringify({ told }));`;
  const without = `for (const name of ["TextDecoder", "TextEncoder", "CustomEvent"]) delete globalThis[name];`;
  const usual = await inNode(app, source);
  assert.equal(usual.told.length, texts.length + 1);
  assert.deepEqual(await inNode(app, without + source), usual);
});
