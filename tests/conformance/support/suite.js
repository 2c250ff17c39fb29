// Tests whose code runs in a page, on the browser's own fetch and on ours, and has to come to the same.

import assert from "node:assert/strict";
import { after, before, beforeEach, test as declare } from "node:test";
import { inEachBrowser } from "../../support/browser.js";
import { hasGlobal, newPage } from "../../support/page.js";
import { startServer } from "./server.js";

export const OURS = ["signed out", "signed in", "refreshing"];

/** A page in this browser beside a server of its own. */
async function open(browser) {
  const server = await startServer();
  const { page } = await newPage(browser);
  await page.goto(server.origin);
  await hasGlobal(page, "inGuises");
  const given = (options) => ({ origin: server.origin, other: server.other, options });
  return {
    page,
    server,
    uncaught: () => page.evaluate(() => globalThis.uncaught()),
    /** Runs `code` in the page, once. */
    once: (code, more, options) =>
      page.evaluate((...args) => globalThis.once(...args), String(code), { ...given(options), ...more }),
    inGuises: (code, names, options) =>
      page.evaluate((...args) => globalThis.inGuises(...args), String(code), names, given(options)),
    async close() {
      await page.close();
      await server.close();
    },
  };
}

/**
 * Declares tests in each browser. `test(name, code, { expects, guises, options, tokenless })` runs `code` in the page
 * in each guise of fetch: all have to come to the same, which `expects`, where it is given, has to find right. The
 * signed-in ones must have sent a token to their own origin, unless `tokenless`. `check(name, work)` is a test from
 * outside, of `world()`.
 */
export function pageInEachBrowser(title, tests) {
  inEachBrowser(`${title}, in`, ({ browser, name }) => {
    let world;
    before(async () => (world = await open(await browser())));
    after(() => world?.close());
    beforeEach(() => world.server.reset());

    const test = (title, code, { expects, guises = OURS, options, tokenless = false } = {}) =>
      declare(title, async () => {
        const { native, ...ours } = await world.inGuises(code, ["native", ...guises], options);
        expects?.(native, name);
        for (const [guise, result] of Object.entries(ours)) assert.deepEqual(result, native, guise);
        const sent = new Set(world.server.log().map(({ authorization }) => authorization));
        const wanted = { "signed in": "Bearer good", refreshing: "Bearer fresh" };
        if (!tokenless)
          for (const guise of guises)
            assert.ok(!wanted[guise] || sent.has(wanted[guise]), `${guise}: its token was sent`);
        assert.ok(
          world.server.log().every(({ cross, authorization }) => !(cross && authorization)),
          "no token went to another origin",
        );
        assert.deepEqual(await world.uncaught(), []);
      });
    const check = (title, work) =>
      declare(title, async () => {
        await work(world, name);
        assert.deepEqual(await world.uncaught(), []);
      });
    tests({ test, check, name, world: () => world, browser });
  });
}
