// One profile of a browser and its tabs, beside a server of its own.

import assert from "node:assert/strict";
import { afterEach } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { inEachBrowser } from "../../support/browser.js";
import { hasGlobal, opened, teller, watch } from "../../support/page.js";
import { assertTombstoneIn } from "../../support/tombstone.js";
import { until } from "../../support/until.js";
import { startServer } from "./server.js";

export const all = (tabs, name, ...args) => Promise.all(tabs.map((tab) => tab.tell(name, ...args)));

class Tab {
  constructor(page) {
    this.page = page;
    /** Calls a function of the page's `tab`. */
    this.tell = teller(page, "tab");
  }

  loaded() {
    return hasGlobal(this.page, "tab");
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
    watch(page, this.errors);
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
    const page = await opened(this.context, () => tab.page.evaluate(open));
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
 * Declares the tests of one file in each browser. `open()` gives a profile that is closed after the test,
 * whose pages may not have left an error uncaught. What its pages ask for is in its `urls` where `options` is
 * `WATCHED`.
 */
export function tabsInEachBrowser(title, tests, options) {
  const inOne = ({ browser, name }) => {
    let profile;
    afterEach(async () => {
      const errors = profile?.errors ?? [];
      await profile?.close();
      profile = undefined;
      assert.deepEqual(errors, []);
    });
    const open = async (options, start = startServer) => {
      profile = new Profile({ server: await start(options), context: await (await browser()).createBrowserContext() });
      return profile;
    };
    tests({ open, name });
  };
  inEachBrowser(`${title}, in`, inOne, options);
}

/** Chromium freezes this tab; the function that is given wakes it. */
export async function freeze(tab) {
  const session = await tab.page.createCDPSession();
  await session.send("Page.setWebLifecycleState", { state: "frozen" });
  return () => session.send("Page.setWebLifecycleState", { state: "active" });
}

/**
 * A tab that hears nothing: frozen where the browser can be told so, else one whose script stands still. Wakes when
 * called.
 */
export async function fallsAsleep({ server }, tab, name) {
  if (name === "chromium") return freeze(tab);
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

/** What is left in storage is a record that holds no token, and neither text of this token response. */
export async function assertTombstone(tab, response = {}) {
  const entries = await tab.page.evaluate(() => Object.entries(localStorage));
  const storage = Object.fromEntries(entries.map(([key, value]) => [key, JSON.parse(value)]));
  assertTombstoneIn(storage, [response.access_token, response.refresh_token].filter(Boolean));
}
