// The examples as their readers meet them: copied into an empty folder, started by their one command, and used in
// Chromium. What they log on the console is what tests count.

import assert from "node:assert/strict";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";
import { root, run } from "../../scripts/run.js";
import { useBrowser } from "../support/browser.js";
import { DIST } from "../support/files.js";
import { freePort } from "../support/http.js";
import { newPage } from "../support/page.js";
import { startProcess } from "../support/process.js";
import { until } from "../support/until.js";

/** Beside the package, since an example names it as `file:../..`. */
const COPIES = join(root, "target", "copied");

const QUIET = { npm_config_offline: "true", npm_config_audit: "false", NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1" };

/** Copies the package as it is published, and the example, whose packages stay there from run to run. */
function copy(name) {
  const folder = join(COPIES, "examples", name);
  mkdirSync(folder, { recursive: true });
  rmSync(join(COPIES, "dist"), { recursive: true, force: true });
  cpSync(join(root, "package.json"), join(COPIES, "package.json"));
  cpSync(DIST, join(COPIES, "dist"), { recursive: true });
  const isOwn = (path) => !/[\\/](node_modules|\.next)$/.test(path);
  cpSync(join(root, "examples", name), folder, { recursive: true, filter: isOwn });
  // A package of the same version is not installed again.
  rmSync(join(folder, "node_modules", "authfetch"), { recursive: true, force: true });
  return folder;
}

/** A tab at the example, as a person uses it. Nothing but the example is asked: a page of its may want fonts. */
async function openTab(browser, url) {
  const { page, errors } = await newPage(browser);
  await page.setRequestInterception(true);
  const isNear = (request) => !request.url().startsWith("http") || request.url().startsWith(url);
  page.on("request", (request) => (isNear(request) ? request.continue() : request.abort()));
  await page.goto(url);
  // A tab behind another draws no frames, and nothing in it can be clicked or waited for.
  const inFront = async (act) => {
    await page.bringToFront();
    return act();
  };
  return {
    errors,
    press: (label) => inFront(() => page.locator(`::-p-aria([name="${label}"][role="button"])`).click()),
    async fill(fields) {
      for (const [name, value] of Object.entries(fields))
        await inFront(() => page.locator(`input[name="${name}"]`).fill(value));
    },
    /** Waits until this text can be read on the page; what is hidden cannot. */
    shows: (text) => inFront(() => page.waitForSelector(`::-p-text(${text})`, { visible: true })),
  };
}

class Example {
  #name;
  #env;
  #browser;
  #running;

  constructor(name, { env, browser }) {
    this.#name = name;
    this.#env = env;
    this.#browser = browser;
  }

  async start() {
    this.folder = copy(this.#name);
    // What it needs is there before it is started: then nothing is downloaded.
    await run("npm", ["install", "--no-audit", "--no-fund"], { cwd: this.folder, quiet: true });
    this.url = `http://127.0.0.1:${await freePort()}/`;
    await this.#run();
  }
  async #run() {
    const env = { ...QUIET, PORT: new URL(this.url).port, ...this.#env };
    const place = { cwd: this.folder, env, url: this.url, what: `the example "${this.#name}"` };
    this.#running = await startProcess("npm", ["start"], place);
  }
  async restart() {
    this.close();
    const isDown = () =>
      this.fetch("/").then(
        () => false,
        () => true,
      );
    await until(isDown, "the end of the server");
    await this.#run();
  }
  close() {
    this.#running?.close();
  }

  async open() {
    return openTab(await this.#browser(), this.url);
  }
  /** A request as a script outside of the page sends it. */
  fetch(path, init) {
    return fetch(new URL(path, this.url), init);
  }

  /** How often the console has a line with this, since the last start. */
  count(text) {
    const lines = this.#running.output().split("\n");
    return lines.filter((line) => line.includes(text)).length;
  }

  /**
   * Does this, which reads `path`, until the server has refused a call. That is answered all the same, after a refresh
   * with a refresh token that was good: never two for one token, on a machine of any speed.
   */
  async refreshesOnceRefused({ path, refresh }, act) {
    const answered = () => this.count(`GET ${path} 200`);
    const refused = () => this.count(`${path} 401`);
    while (refused() === 0) {
      const before = answered();
      await act();
      await until(() => answered() > before, `an answer of ${path}`);
    }
    const refreshes = this.count(`POST ${refresh} 200`);
    assert.ok(refreshes > 0 && refreshes <= refused(), this.#running.output());
    assert.equal(this.count(`POST ${refresh} 401`), 0);
  }
}

/** The example of this name, started before the tests of a file; `env` are variables of its server. */
export function useExample(name, env = {}) {
  const example = new Example(name, { env, browser: useBrowser("chromium") });
  before(() => example.start());
  after(() => example.close());
  return example;
}
