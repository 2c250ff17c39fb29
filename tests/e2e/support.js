// The demo as somebody at the keyboard meets it: a page of its own in a browser, and the server's counts beside it.

import { startDemoServer } from "../../www/server/index.js";
import { DIST } from "../support/files.js";
import { newPage } from "../support/page.js";

/** s: a visitor's token runs out while he looks on, a test's does not, however busy the machine is. */
const LIFETIME = 600;

/** ms: the shortest time that the page can ask the API to take. A hundred calls go six at a time. */
export const QUICK = 20;

/**
 * A server, started with these options, and a page of a browser context of its own on it. `said` are the lines of the
 * console, `asked` the URLs requested, `tokens` every token that the server has handed to the page.
 */
export async function openDemo(browser, options) {
  const server = await startDemoServer({ accessTokenTTL: LIFETIME, dist: DIST, ...options });
  const context = await browser.createBrowserContext();
  const { page } = await newPage(context);
  const [said, asked, answers] = [[], [], []];
  page.on("console", (message) => said.push(`${message.text()} ${message.location()?.url ?? ""}`));
  page.on("pageerror", (error) => said.push(`uncaught: ${error.message}`));
  page.on("request", (request) => asked.push(request.url()));
  page.on("response", (response) => {
    if (response.ok() && ["/token", "/demo/tokens"].includes(new URL(response.url()).pathname))
      answers.push(response.json().catch(() => ({})));
  });
  await page.goto(server.url);
  await page.waitForSelector("html[data-ready]");
  return new Demo({ server, context, page, said, asked, answers });
}

class Demo {
  constructor(parts) {
    Object.assign(this, parts);
  }

  async tokens() {
    const answers = await Promise.all(this.answers);
    return answers.flatMap(({ access_token, refresh_token, id_token }) =>
      [access_token, refresh_token, id_token].filter(Boolean),
    );
  }

  /** Loads the page anew, with this query. */
  async reopen(query) {
    await this.page.goto(this.server.url + query);
    await this.page.waitForSelector("html[data-ready]");
  }

  text(selector) {
    return this.page.$eval(selector, (element) => element.textContent);
  }

  async is(state) {
    await this.page.waitForFunction((wanted) => document.getElementById("state").textContent === wanted, {}, state);
  }

  /**
   * The state of the session, on a page that has come to rest: navigations on the way are none of the caller's
   * business.
   */
  async signedIn() {
    await this.page.waitForFunction(
      () =>
        document.documentElement.dataset.ready !== undefined &&
        document.getElementById("state")?.textContent === "signed in",
    );
  }

  async signIn() {
    await this.page.click("#sign-in");
    await this.page.waitForSelector("#account");
    await this.page.click("button.primary");
    await this.signedIn();
  }

  choose(name, value) {
    return this.page.click(`[name=${name}][value="${value}"]`);
  }

  press(id) {
    return this.page.click(`#${id}`);
  }

  /** How the calls of the burst ended, once the last has. */
  async outcomes() {
    await this.page.waitForSelector("#result[data-done]");
    const all = await this.page.$$eval("#rows tr", (rows) => rows.map((row) => row.dataset.outcome));
    const counts = {};
    for (const outcome of all) counts[outcome] = (counts[outcome] ?? 0) + 1;
    return counts;
  }

  /** Runs one of the three that are compared and resolves with the numbers shown. */
  async compared(lane) {
    await this.page.waitForSelector(`[data-run=${lane}]:not([aria-disabled])`);
    await this.page.click(`[data-run=${lane}]`);
    await this.page.waitForSelector(`#lane-${lane} .outcome[data-done]`);
    return this.page.$$eval(`#lane-${lane} [data-value]`, (cells) =>
      Object.fromEntries(cells.map((cell) => [cell.dataset.value, cell.textContent])),
    );
  }

  /** Everything in localStorage, read from JSON where it is JSON. */
  storage() {
    return this.page.evaluate(() =>
      Object.fromEntries(Object.entries(localStorage).map(([key, value]) => [key, JSON.parse(value)])),
    );
  }

  /** Tab until this element has the focus, or one in it. */
  async tabTo(id) {
    for (let presses = 0; presses < 60; presses++) {
      await this.page.keyboard.press("Tab");
      if (await this.page.evaluate((id) => Boolean(document.activeElement?.closest(`#${id}`)), id)) return;
    }
    throw new Error(`Tab never reaches #${id}`);
  }

  async close() {
    await this.context.close();
    await this.server.close();
  }
}
