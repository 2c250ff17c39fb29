// A client's page in a browser, beside a server of its own.

import { html, moduleScript } from "../../support/html.js";
import { hasGlobal, newPage, teller } from "../../support/page.js";
import { bundle } from "./bundle.js";
import { startServer } from "./server.js";

const entry = (driver) => `
import { auth } from "./recipes/auth.js";
import * as driver from "./drivers/${driver}";
import { harness } from "./support/page.js";
globalThis.harness = harness(auth, driver);
`;

/** A tab at this address, whose script leaves a `harness` behind. */
export async function openTab(browser, origin) {
  const { page, errors } = await newPage(browser);
  const failed = new Promise((_, reject) => page.once("pageerror", reject));
  failed.catch(() => {});
  await page.goto(origin);
  // A script that throws as it starts is told as its own error, and a page that shows another instead by its text.
  const ready = hasGlobal(page, "harness").catch(async (cause) => {
    // biome-ignore lint/performance/useDomNodeTextContent: what is shown, without the text of scripts
    const shown = await page.evaluate(() => document.body.innerText);
    throw new Error(`no harness, but: ${shown}`, { cause });
  });
  await Promise.race([failed, ready]);
  return { page, errors, tell: teller(page, "harness") };
}

/**
 * Opens `/`, whose script this is, and waits for the `harness` that the script leaves behind. `tell(name, ...args)`
 * calls a function of it; `errors` are those that nobody has caught.
 */
export async function openScript(browser, script) {
  const server = await startServer();
  server.page("/app.js", "text/javascript", script);
  server.page("/", "text/html", html("client", `<main id="app"></main>${moduleScript("/app.js")}`));
  try {
    const tab = await openTab(browser, server.origin);
    return {
      ...tab,
      server,
      anotherTab: () => openTab(browser, server.origin),
      async close() {
        await tab.page.close();
        await server.close();
      },
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** The page of the client with this driver; with `control`, on the browser's own fetch. */
export const openClient = async (browser, driver, options) => openScript(browser, await bundle(entry(driver), options));
