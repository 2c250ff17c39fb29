// `npm run docs:pictures`: the pictures of the documentation, each of a run in Chromium against the demo's server.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { launch } from "../../tests/support/browser.js";
import { startDemoServer } from "../../www/server/index.js";
import { build } from "../build.js";
import { root, step } from "../run.js";
import { setup } from "../setup.js";
import { sharedRefresh } from "./tabs.js";
import { waterfall } from "./waterfall.js";

const FOLDER = join(root, "docs", "pictures");
const CALLS = 100;
const DELAY = 80; // ms: what the API takes
const LIFETIME = 600; // s

async function openPage(context, server) {
  const page = await context.newPage();
  await page.goto(server.url);
  await page.waitForSelector("html[data-ready]");
  return page;
}

/** A hundred calls, one way. Warm: connections are open, and the wasm is compiled. */
async function measureWay(page, lane, options) {
  return page.evaluate(
    async (lane, options) => {
      const { measure } = await import("/app/compare.js");
      await measure(lane, { ...options, count: 6 });
      const { run, counted, alive } = await measure(lane, options);
      const { start, end, refreshes, calls } = run;
      return { run: { start, end, refreshes, calls }, counted, alive };
    },
    lane,
    options,
  );
}

/** Two tabs with one session; their calls are made when both are there. */
async function measureTabs(context, server, count) {
  const pages = [await openPage(context, server), await openPage(context, server)];
  for (const page of pages) {
    await page.evaluate(async (count) => {
      const [{ AuthFetch }, { Run }] = await Promise.all([import("authfetch"), import("/app/run.js")]);
      const run = new Run({ lane: "authfetch", count, delay: 0 });
      const auth = new AuthFetch({
        name: "two-tabs",
        refresh: { url: "/token", clientId: "authfetch" },
        origins: ["/api/"],
        leeway: 0,
        backgroundRefresh: false,
        fetch: run.fetch,
      });
      globalThis.tab = { auth, run, fire: () => run.fire((url, init) => auth.fetch(url, init)) };
    }, count);
  }
  await pages[0].evaluate(async () => {
    const tokens = await (await fetch("/demo/tokens?lane=authfetch", { method: "POST" })).json();
    tab.auth.setTokens(tokens);
  });
  await pages[1].waitForFunction(() => tab.auth.state === "signed-in");
  await Promise.all(pages.map((page) => page.evaluate(() => tab.fire())));
  return Promise.all(
    pages.map((page) =>
      page.evaluate(() => {
        const { start, end, refreshes, calls } = tab.run;
        return { origin: performance.timeOrigin, run: { start, end, refreshes, calls } };
      }),
    ),
  );
}

await setup();
await build();
mkdirSync(FOLDER, { recursive: true });
const write = (name, picture) => writeFileSync(join(FOLDER, `${name}.svg`), picture);
const server = await startDemoServer({ accessTokenTTL: LIFETIME });
const browser = await launch("chromium");
try {
  await step("a hundred calls", async () => {
    const page = await openPage(browser, server);
    const options = { count: CALLS, delay: DELAY };
    const recipe = await measureWay(page, "naive", options);
    const ours = await measureWay(page, "authfetch", options);
    const titles = ["The usual recipe: each 401 refreshes", "authfetch"];
    write("waterfall", waterfall([recipe, ours].map((one, at) => ({ title: titles[at], ...one }))));
  });
  await step("two tabs", async () => write("tabs", sharedRefresh(await measureTabs(browser, server, 8))));
} finally {
  await browser.close();
  await server.close();
}
