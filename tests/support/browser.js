// The browsers that look at pages from outside, driven by puppeteer-core: one for the tests of a file, or each in turn.

import { after, before, describe } from "node:test";
import puppeteer from "puppeteer-core";
import { which } from "../../scripts/run.js";

const BROWSERS = {
  chromium: {
    programs: ["chromium", "chromium-browser", "google-chrome"],
    // Tests run as root in containers, where Chromium's sandbox and a full-sized /dev/shm are both missing.
    options: { browser: "chrome", args: ["--no-sandbox", "--disable-dev-shm-usage"] },
  },
  firefox: { programs: ["firefox-esr", "firefox"], options: { browser: "firefox" } },
};

/** What takes WebAssembly out of the engine. */
const WITHOUT_WASM = {
  chromium: ({ args }) => ({ args: [...args, "--js-flags=--jitless"] }),
  firefox: () => ({ extraPrefsFirefox: { "javascript.options.wasm": false } }),
};

/**
 * For tests to which requests and responses are events of the page, or which take it offline. Others go without: while
 * puppeteer is told of each request, Firefox is late to send them, after a hundred others by up to a second.
 */
export const WATCHED = { networkEnabled: true };
export const UNWATCHED = { networkEnabled: false };

/** For the tests of one file in one browser. */
export const LIMIT = 600_000; // ms

/** Starts a headless browser, "chromium" or "firefox", with these arguments too; the caller closes it. */
export async function launch(name, { args = [], ...more } = {}) {
  const browser = BROWSERS[name];
  if (!browser)
    throw new TypeError(`launch: no browser is called "${name}", there are ${Object.keys(BROWSERS).join(" and ")}`);
  const executablePath = which(...browser.programs);
  if (!executablePath) {
    throw new Error(
      `${name} is missing: install ${browser.programs.join(" or ")} (on Debian: apt-get install ${browser.programs[0]})`,
    );
  }
  const without = process.env.AUTHFETCH_TEST_WASM === "off" ? WITHOUT_WASM[name](browser.options) : {};
  const options = { headless: true, executablePath, ...browser.options, ...without, ...more };
  return puppeteer.launch({ ...options, args: [...(options.args ?? []), ...args] });
}

/**
 * A browser that starts when it is first asked for: outside of a group, hooks do not wait for one another. It can be
 * closed twice.
 */
function starting(name, options) {
  let started;
  let closed;
  const end = (browser) => browser.close();
  return {
    name,
    browser: () => (started ??= launch(name, options)),
    close: () => (closed ??= started?.then(end, () => {})),
  };
}

/** Starts this browser before the tests around the call, and closes it after them; the result resolves with it. */
export function useBrowser(name, options) {
  const { browser, close } = starting(name, options);
  before(browser);
  after(close);
  return browser;
}

/**
 * Declares tests once for each browser, in a group called by the title and the browser's name: "the tabs in" becomes
 * "the tabs in firefox". `tests` is given that `name`, and `browser()`, which resolves with the browser; it is closed
 * after the hooks that `tests` declares. What is left of the third argument is for `launch`, and `WATCHED` where
 * requests are looked at from outside.
 */
export function inEachBrowser(title, tests, { timeout = LIMIT, ...options } = {}) {
  const all = Object.keys(BROWSERS).map((name) => starting(name, { ...UNWATCHED, ...options }));
  all.forEach(({ name, browser, close }, at) => {
    describe(`${title} ${name}`, { timeout }, () => {
      before(browser);
      // The next one starts while these tests run: Firefox takes seconds for it. Where it cannot, its own hook says so.
      before(() => void all[at + 1]?.browser().catch(() => {}));
      tests({ name, browser });
      after(close);
    });
  });
  // What has started for a group of which no test is run.
  after(() => Promise.all(all.map(({ close }) => close())));
}
