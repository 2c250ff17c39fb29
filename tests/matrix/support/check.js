// What every environment is asked to do: twenty calls with a token that the server no longer takes get twenty answers,
// for one refresh.

import assert from "node:assert/strict";
import { join } from "node:path";
import { api } from "../../package/support.js";
import { sendFile } from "../../support/http.js";
import { newPage } from "../../support/page.js";
import { until } from "../../support/until.js";
import { inFrontOf } from "./front.js";

const CALLS = 20;
const TOKENS = '{ access_token: "stale", refresh_token: "refresh-0" }';
const BURST = `
  auth.setTokens(${TOKENS});
  const answers = await Promise.all(Array.from({ length: ${CALLS} }, () => auth.fetch(url)));
  return { statuses: answers.map(({ status }) => status), state: auth.state, token: auth.session.accessToken };
`;

/** A module for what is no page: `burst(origin)` constructs, signs in and makes the calls. */
export const burstModule = ({ load = 'import { AuthFetch } from "authfetch";', options = "" } = {}) => `
${load}
export async function burst(origin) {
  const auth = new AuthFetch({ refresh: origin + "/token", origins: [origin], ${options} });
  const url = origin + "/api";
  ${BURST}
}
`;

/** The same for CommonJS. */
export const burstScript = (options) =>
  burstModule({ load: 'const { AuthFetch } = require("authfetch");', ...options }).replace(
    /export async function (\w+)/,
    "module.exports = { burst }; async function $1",
  );

/** Runs `burst` for the origin in the arguments, or for this one, and prints what came of it. */
export const print = (origin = "process.argv.at(-1)") =>
  `burst(${origin}).then((found) => console.log(JSON.stringify(found)))`;

/** Whether that is what they got, and what the server saw. */
export function assertServed(found, log) {
  assert.deepEqual(found, { statuses: Array(CALLS).fill(200), state: "signed-in", token: "access-1" });
  assert.ok(log.refused > 0 && log.refused <= CALLS, `${log.refused} calls were refused`);
  assert.deepEqual(log, { calls: log.refused + CALLS, refused: log.refused, refreshes: 1 });
}

/** Gives `use` an origin of its own, and judges what it resolves with. */
export async function served(use) {
  const server = await api((response) => response.writeHead(404).end());
  try {
    assertServed(await use(server.origin), server.log);
  } finally {
    await server.close();
  }
}

/** What was printed. */
export function printed(output) {
  const [found] = output.match(/\{"statuses".*\}/) ?? [];
  if (!found) throw new Error(`nothing was printed: ${output.trim().slice(-300)}`);
  return JSON.parse(found);
}

/** What a server answers, whose text is in the error where it is no JSON. */
export async function answerOf(url) {
  const answer = await fetch(url);
  const text = await answer.text();
  if (!answer.ok || !text.startsWith("{")) throw new Error(`${answer.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
}

/** The 401s are what is tested; the browser tells each on the console. */
const isExpected = (message) => message.location().url?.endsWith("/api");

/**
 * Opens the page at the server's root and has it make the calls, by the `burst` of tests/package. Nothing may be thrown
 * in it, or be told as an error on the console. `inPage` looks at the page afterwards.
 */
async function visit(browser, { origin, log }, inPage = () => {}) {
  const { page, errors } = await newPage(await browser());
  page.on("console", (message) => {
    if (message.type() === "error" && !isExpected(message)) errors.push(new Error(`console: ${message.text()}`));
  });
  try {
    await page.goto(`${origin}/`);
    const isThere = () => page.evaluate(() => "burst" in globalThis).catch(() => false);
    await until(async () => errors.length > 0 || (await isThere()), "the app in the page");
    if (errors.length > 0) throw errors[0];
    assertServed(await page.evaluate(`burst(${TOKENS}, 0)`), log);
    if (errors.length > 0) throw errors[0];
    await inPage(page);
  } finally {
    await page.close();
  }
}

/** The page in this folder; `headers` go with each of its files. */
export async function pageIn(browser, folder, { headers } = {}) {
  const server = await api((response, pathname) => sendFile(join(folder), pathname, response, headers));
  try {
    await visit(browser, server);
  } finally {
    await server.close();
  }
}

/** The page of the server on this port. */
export async function pageOf(browser, port, inPage) {
  const server = await inFrontOf(port);
  try {
    await visit(browser, server, inPage);
  } finally {
    await server.close();
  }
}
