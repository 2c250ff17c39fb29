// A client's page in a browser, beside a server of its own.

import { until } from "../../support/demo.js";
import { bundle, HTML } from "./bundle.js";
import { startServer } from "./server.js";

export { until };

const entry = (driver) => `
import { auth } from "./recipes/auth.js";
import * as driver from "./drivers/${driver}";
import { harness } from "./support/page.js";
globalThis.harness = harness(auth, driver);
`;

/**
 * Opens `/`, whose script this is, and waits for the `harness` that the script leaves behind. `tell(name, ...args)` calls a function of
 * it; `errors` are those that nobody has caught.
 */
export async function openScript(browser, script) {
  const server = await startServer();
  try {
    server.page("/app.js", "text/javascript", script);
    server.page("/", "text/html", HTML("/app.js"));
    const errors = [];
    const page = await browser.newPage();
    const failed = new Promise((_, reject) => {
      page.on("pageerror", (error) => {
        errors.push(error.message);
        reject(error);
      });
    });
    failed.catch(() => {});
    await page.goto(server.origin);
    // A script that throws as it starts is told as its own error, not as a wait in vain.
    await Promise.race([failed, page.waitForFunction(() => "harness" in globalThis)]);
    return {
      server,
      page,
      errors,
      tell: (name, ...args) => page.evaluate((name, args) => globalThis.harness[name](...args), name, args),
      async close() {
        await page.close();
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
