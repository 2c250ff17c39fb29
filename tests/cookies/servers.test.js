// Sessions in cookies against real back ends: Express with two HttpOnly cookies and csrf-csrf, Django with
// dj-rest-auth, each on the page's origin and on another.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { withoutPython } from "../support/backend.js";
import { inEachBrowser } from "../support/browser.js";
import { until } from "../support/until.js";
import { openSite, startBackend } from "./support/site.js";

const LATENCY = 400; // ms
/** Each back end in one place; in both with the full bounds. */
const PLACES = {
  express: [false],
  django: [true],
};
const isFull = process.env.AUTHFETCH_TEST_BOUNDS === "full";

for (const [name, places] of Object.entries(PLACES)) {
  const skip = name === "django" && withoutPython();
  for (const across of isFull ? [false, true] : places) {
    inEachBrowser(`${name}, ${across ? "across origins" : "on the page's origin"}, in`, ({ browser }) => {
      let backend;
      let site;
      const open = async () => {
        site = await openSite(await browser(), backend);
        const tab = await site.tab();
        assert.equal(await tab.tell("signIn", site.login), 200);
        assert.equal(await tab.tell("state"), "signed-in");
        return tab;
      };
      /** The access cookie has run out: the browser has dropped it. */
      const expire = () => site.forget("access");
      /** The value against forgery: Django's is gone, as after a cleaning; Express' is no longer the server's. */
      const spoil = () => (name === "django" ? site.forget("csrftoken") : site.backend("/test/rotate"));
      const refreshes = () => site.count(site.paths.refresh);

      describe("a session in cookies", { skip }, () => {
        // One for all of them: each signs in anew, from an origin and a profile of its own.
        before(async () => (backend = await startBackend(name, { across })));
        after(() => backend?.close());
        afterEach(() => site?.close());

        test("a burst of a hundred GETs costs one refresh, and nothing is lost", async () => {
          const tab = await open();
          await expire();
          assert.deepEqual(await tab.tell("burst", 100, "GET"), { 200: 100 });
          assert.equal(refreshes(), 1);
          const stored = JSON.stringify(await tab.tell("stored"));
          for (const { value } of await site.cookies())
            assert.ok(!stored.includes(value), "a cookie's value is stored");
        });

        for (const count of [2, 5]) {
          test(`${count} tabs that meet a slow refresh share it`, async () => {
            const first = await open();
            const tabs = [first];
            while (tabs.length < count) tabs.push(await site.tab());
            for (const { tell } of tabs) assert.equal(await tell("state"), "signed-in");
            site.latency = LATENCY;
            await expire();
            await Promise.all(tabs.map(({ tell }) => tell("begin", 10, "GET")));
            for (const { tell } of tabs) assert.deepEqual(await tell("ended"), { 200: 10 });
            assert.equal(refreshes(), 1);
            const generations = await Promise.all(tabs.map(({ tell }) => tell("generation")));
            assert.equal(new Set(generations).size, 1, String(generations));
          });
        }

        test("a logout in one tab ends the other's calls, and its session at the server", async () => {
          const first = await open();
          const second = await site.tab();
          let release;
          const held = new Promise((resolve) => (release = resolve));
          site.interrupt = ({ path }) => (path === "/api/items" ? held : undefined);
          await second.tell("begin", 5, "GET");
          await until(() => site.count("/api/items", "GET") === 5, "calls under way");
          await first.tell("logout");
          assert.deepEqual(await second.tell("ended"), { logged_out: 5 });
          release();
          await until(async () => (await second.tell("state")) === "signed-out", "signed out in both");
          // Django's first is refused where nothing has set its value against forgery yet, and sent once more.
          const isDone = ({ path, status }) => path === site.paths.revocation && status < 300;
          await until(() => site.log.some(isDone), "a revocation that succeeds");
          site.interrupt = null;
          // Signed out, a call goes as it is: its 401 is its answer, and begins nothing.
          assert.deepEqual(await second.tell("burst", 1, "GET"), { 401: 1 });
          assert.deepEqual([refreshes(), await second.tell("state")], [0, "signed-out"]);
        });

        test("a value against forgery that is refused in mid-burst is fetched anew once, and nothing is lost", async () => {
          const tab = await open();
          let spoiled;
          site.interrupt = async ({ method, path }) => {
            if (method === "POST" && path === "/api/items" && site.count(path) === 5) await (spoiled ??= spoil());
          };
          assert.deepEqual(await tab.tell("burst", 30, "POST"), name === "django" ? { 200: 30 } : { 201: 30 });
          assert.deepEqual([site.count(site.paths.refetch, "GET"), refreshes()], [1, 0]);
        });

        test("both at once: the access token run out and the value refused", async () => {
          const tab = await open();
          await expire();
          await spoil();
          assert.deepEqual(await tab.tell("burst", 20, "POST"), name === "django" ? { 200: 20 } : { 201: 20 });
          assert.equal(site.log.filter(({ path, status }) => path === site.paths.refresh && status < 300).length, 1);
          assert.ok(site.count(site.paths.refetch, "GET") <= 2);
          assert.equal(await tab.tell("state"), "signed-in");
        });

        test("cookies that are gone end the session at the first 401, once", async () => {
          const first = await open();
          const second = await site.tab();
          await site.forget("access", "refresh");
          assert.deepEqual(await first.tell("burst", 10, "GET"), { session_expired: 10 });
          await until(async () => (await second.tell("state")) === "signed-out", "signed out in both");
          const heard = await Promise.all([first, second].map(({ tell }) => tell("heard")));
          assert.deepEqual([heard.map(({ logout }) => logout), refreshes()], [[1, 1], 1]);
        });

        test("a session that began elsewhere is found by refresh(), and a reload is signed in by its record", async () => {
          await open();
          const fresh = await site.tab({ name: "another" });
          assert.equal(await fresh.tell("state"), "signed-out");
          assert.equal(await fresh.tell("refresh"), "signed-in");
          await fresh.page.reload();
          await fresh.page.waitForFunction(() => "tab" in globalThis);
          assert.equal(await fresh.tell("state"), "signed-in");
          assert.deepEqual(await fresh.tell("burst", 3, "GET"), { 200: 3 });
        });
      });
    });
  }
}
