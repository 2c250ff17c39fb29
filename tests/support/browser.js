// Browsers for the tests that look at pages from outside: what is installed, driven by puppeteer-core.

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

/** Starts a headless browser, "chromium" or "firefox"; the caller closes it. */
export function launch(name, options = {}) {
  const browser = BROWSERS[name];
  if (!browser)
    throw new TypeError(`launch: no browser is called "${name}", there are ${Object.keys(BROWSERS).join(" and ")}`);
  const executablePath = which(...browser.programs);
  if (!executablePath) {
    throw new Error(
      `${name} is missing: install ${browser.programs.join(" or ")} (on Debian: apt-get install ${browser.programs[0]})`,
    );
  }
  return puppeteer.launch({ headless: true, executablePath, ...browser.options, ...options });
}
