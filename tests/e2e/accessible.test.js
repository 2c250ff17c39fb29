// The demo and the documentation that it shows, for whoever uses a narrow window, the dark, or a screen reader:
// axe-core finds nothing, and nothing is wider than the window.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { useBrowser } from "../support/browser.js";
import { read } from "../support/files.js";
import { openDemo, QUICK } from "./support.js";

const browser = useBrowser("chromium");
const AXE = read("node_modules", "axe-core", "axe.min.js");
const WINDOWS = [
  { width: 360, scheme: "light" },
  { width: 360, scheme: "dark" },
  { width: 1200, scheme: "light" },
  { width: 1200, scheme: "dark" },
];

let demo;

/** What is wrong with the page as it stands, in each window. */
async function faults() {
  const found = [];
  for (const { width, scheme } of WINDOWS) {
    await demo.page.setViewport({ width, height: 800 });
    // Looked at while they fade, colours would be neither the old nor the new ones.
    const [colours, motion] = ["prefers-color-scheme", "prefers-reduced-motion"];
    await demo.page.emulateMediaFeatures([
      { name: colours, value: scheme },
      { name: motion, value: "reduce" },
    ]);
    // In an isolated world of the browser's own: the page's policy allows no script of ours.
    const { violations, wide } = await demo.page.evaluate(`(async () => {
      ${AXE}
      const { violations } = await axe.run();
      const told = violations.map(({ id, nodes }) => id + ": " + nodes.map(({ target }) => target.join(" ")).join(", "));
      return { violations: told, wide: document.documentElement.scrollWidth };
    })()`);
    found.push(...violations.map((one) => `${width} ${scheme}: ${one}`));
    if (wide > width) found.push(`${width} ${scheme}: the page is ${wide} wide`);
  }
  return found;
}

describe("axe-core finds nothing", () => {
  before(async () => (demo = await openDemo(await browser())));
  after(() => demo?.close());

  test("before anybody has signed in", async () => {
    assert.deepEqual(await faults(), []);
  });

  for (const path of ["README.md", "docs/getting-started.md", "docs/api.md", "docs/recipes/back-ends.md"]) {
    test(`${path} as the demo shows it`, async () => {
      await demo.page.goto(`${demo.server.url}${path}`);
      assert.notEqual(await demo.page.$eval("h1", (heading) => heading.textContent), "");
      assert.deepEqual(await faults(), []);
    });
  }

  test("the sign-in of the authorization server, and the demo after a burst", async () => {
    await demo.reopen("");
    await demo.page.click("#sign-in");
    await demo.page.waitForSelector("#account");
    assert.deepEqual(await faults(), []);
    await demo.page.click("button.primary");
    await demo.signedIn();
    await demo.choose("delay", QUICK);
    await demo.press("fire-expired");
    await demo.outcomes();
    assert.deepEqual(await faults(), []);
  });

  test("each link of the demo leads to a page of the documentation", async () => {
    await demo.reopen("");
    const links = await demo.page.$$eval("nav a", (all) => all.map(({ href }) => href));
    assert.ok(links.length >= 5);
    for (const link of links) {
      const response = await fetch(link);
      const text = await response.text();
      const { hash } = new URL(link);
      assert.deepEqual([response.status, hash === "" || text.includes(`id="${hash.slice(1)}"`)], [200, true], link);
    }
  });
});
