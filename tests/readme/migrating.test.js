// The pairs of docs/migrating.md, each side in a page in Chromium, with the session that the old code has left behind.

import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "../support/browser.js";
import { open } from "./support.js";

const browser = useBrowser("chromium", { protocolTimeout: 60_000 });

/** The blocks of this page come in pairs. */
const PAIRS = {
  "interceptor-before": { keys: ["access_token", "refresh_token", "theme"] },
  "interceptor-after": { keys: ["authfetch", "theme"] },
  "axios-auth-refresh-before": { keys: ["access_token", "refresh_token", "theme"] },
  "axios-auth-refresh-after": { keys: ["authfetch", "theme"] },
  "ky-before": { keys: ["access_token", "refresh_token", "theme"] },
  "ky-after": { keys: ["authfetch", "theme"] },
  "wrapper-before": { keys: ["access_token", "refresh_token", "theme"] },
  "wrapper-after": { keys: ["authfetch", "theme"] },
};

const LEFT_BEHIND = `Object.assign(localStorage, { access_token: "old", refresh_token: "kept", theme: "dark" });`;

test("before and after, a call whose token has run out gets its data by one refresh", async (t) => {
  for (const [name, { keys }] of Object.entries(PAIRS)) {
    await t.test(name, async (t) => {
      const { page, server, paths } = await open(t, browser, name, {
        before: LEFT_BEHIND,
        after: "globalThis.items = items;",
      });
      server.refresh = "kept";
      assert.deepEqual(await page.evaluate(() => items()), [{ id: 1 }]);
      assert.deepEqual(paths(), ["/api/items", "/token", "/api/items"]);
      assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).sort()), keys);
    });
  }
});
