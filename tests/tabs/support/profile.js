// One profile of a browser and its tabs, beside a server of its own.

import assert from "node:assert/strict";
import { after, afterEach, before, describe } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { launch } from "../../support/browser.js";
import { until } from "../../support/demo.js";
import { startServer } from "./server.js";

export { until };

const LIMIT = 600_000; // ms, for the tests of one file in one browser
export const ONE_RENEWAL = { tokenRequests: 1, tokenRefused: 0, reuseDetected: 0 };
export const NO_RENEWAL = { tokenRequests: 0, tokenRefused: 0, reuseDetected: 0 };

export const all = (tabs, name, ...args) => Promise.all(tabs.map((tab) => tab.tell(name, ...args)));

class Tab {
  constructor(page) {
    this.page = page;
  }

  /** Calls a function of the page's `tab`. */
  tell(name, ...args) {
    return this.page.evaluate((name, args) => globalThis.tab[name](...args), name, args);
  }

  loaded() {
    // On the way from one page to another there is nobody to ask.
    return until(() => this.page.evaluate(() => "tab" in globalThis).catch(() => false), "the page's script");
  }

  /** Waits until a function of the page's `tab` gives this. Asked from outside, since a hidden page draws no frames. */
  is(name, value, ...args) {
    return until(
      async () => isDeepStrictEqual(await this.tell(name, ...args), value),
      `${name} to be ${JSON.stringify(value)}`,
    );
  }

  async reload() {
    await this.page.reload();
    await this.loaded();
  }

  close() {
    return this.page.close();
  }
}

class Profile {
  errors = [];
  urls = [];

  constructor({ server, context }) {
    Object.assign(this, { server, context });
  }

  /** Opens a tab; `before` runs in its page ahead of every script. */
  async tab({ options = {}, before, path = "/" } = {}) {
    const page = await this.context.newPage();
    this.watch(page);
    if (before) await page.evaluateOnNewDocument(before);
    await page.goto(`${this.server.origin}${path}?options=${encodeURIComponent(JSON.stringify(options))}`);
    const tab = new Tab(page);
    await tab.loaded();
    return tab;
  }

  watch(page) {
    page.setDefaultTimeout(60_000);
    page.on("pageerror", (error) => this.errors.push(error.message));
    page.on("request", (request) => this.urls.push(request.url()));
  }

  async tabs(count, options) {
    const tabs = [];
    while (tabs.length < count) tabs.push(await this.tab(options));
    return tabs;
  }

  /** A frame of the same origin in this tab. */
  async frame(tab) {
    await tab.page.evaluate(() =>
      document.body.append(Object.assign(document.createElement("iframe"), { src: "/frame" })),
    );
    const inside = () => tab.page.frames().find((frame) => frame.url().endsWith("/frame"));
    await until(inside, "the frame");
    const frame = new Tab(inside());
    await frame.loaded();
    return frame;
  }

  /** The tab that a press in this one opens. */
  async opened(tab, open) {
    const target = new Promise((resolve) => this.context.once("targetcreated", resolve));
    await tab.page.evaluate(open);
    const page = await (await target).page();
    this.watch(page);
    const copy = new Tab(page);
    await copy.loaded();
    return copy;
  }

  /** Signs in through the first tab, and waits until all of them know. */
  async signIn(tabs, tokens) {
    tokens ??= await this.server.tokens();
    await tabs[0].tell("setTokens", tokens);
    await Promise.all(tabs.map((tab) => tab.is("token", tokens.access_token)));
    await all(tabs, "forget");
    this.server.reset();
    return tokens;
  }

  /** Starts this in all tabs at once. */
  async atOnce(tabs, name, ...args) {
    await all(tabs, "arm", name, ...args);
    await tabs[0].tell("go");
  }

  async close() {
    await this.context.close();
    await this.server.close();
  }
}

/**
 * Declares the tests of one file in these browsers. `world.open()` gives a profile that is closed after the test, whose
 * pages may not have left an error uncaught.
 */
export function inBrowsers(title, tests, names = ["chromium", "firefox"]) {
  for (const name of names) {
    describe(`${title}, in ${name}`, { timeout: LIMIT }, () => {
      let browser;
      let profile;
      before(async () => (browser = await launch(name)));
      after(() => browser?.close());
      afterEach(async () => {
        const errors = profile?.errors ?? [];
        await profile?.close();
        profile = undefined;
        assert.deepEqual(errors, []);
      });
      const open = async (options, start = startServer) => {
        profile = new Profile({ server: await start(options), context: await browser.createBrowserContext() });
        return profile;
      };
      tests({ open, name });
    });
  }
}

/**
 * A tab that hears nothing: frozen where the browser can be told so, else one whose script stands still. Wakes when
 * called.
 */
export async function fallsAsleep({ server }, tab, name) {
  if (name === "chromium") {
    const session = await tab.page.createCDPSession();
    await session.send("Page.setWebLifecycleState", { state: "frozen" });
    return () => session.send("Page.setWebLifecycleState", { state: "active" });
  }
  const wake = server.shut("asleep");
  const asleep = tab.tell("standStill");
  await until(() => wake.arrived() === 1, "the page to stand still");
  return () => (wake(), asleep);
}

/** Every call of every tab was answered 200. */
export async function assertAllAnswered(tabs, count) {
  for (const outcome of await all(tabs, "outcomes"))
    assert.deepEqual(outcome, { ends: Array(count).fill(200), objects: 0 });
}

/** Every call of the tab has ended with one object of this code. */
export function assertAllEnded({ ends, objects }, count, code) {
  assert.deepEqual(ends, Array(count).fill(code));
  assert.equal(objects, 1, "the calls of one tab end with one object");
}

/**
 * What is left in storage is a record that holds no token, and neither text of this token response. Its other members
 * are no secret: the digits of a lifetime may well be in a time.
 */
export async function assertTombstone(tab, response = {}) {
  const entries = await tab.page.evaluate(() => Object.entries(localStorage));
  assert.deepEqual(
    entries.map(([key]) => key),
    ["authfetch"],
  );
  const { access_token, refresh_token } = JSON.parse(entries[0][1]);
  assert.deepEqual([access_token, refresh_token], [undefined, undefined]);
  const tokens = [response.access_token, response.refresh_token].filter(Boolean);
  for (const token of tokens) assert.ok(!entries[0][1].includes(token), "the text of a token is left");
}
