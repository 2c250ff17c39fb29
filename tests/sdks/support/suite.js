// What is tested of each SDK with the package, and, where its server is real, what that sees of the SDK alone and of
// both.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { read } from "../../support/files.js";
import { json } from "../../support/http.js";
import { installed } from "../../support/install.js";
import { until } from "../../support/until.js";
import { SDKS } from "./list.js";
import { alone, both } from "./scripts.js";
import { USER } from "./servers.js";
import { LONG, SHORT, startWorld } from "./world.js";

export const CALLS = 30;
const FEW = 5;

const MARKERS = {
  openid: "oidc-client-ts",
  services: join("@azure", "msal-browser"),
  emulator: "firebase-tools",
};
const install = (name) =>
  installed(`sdks-${name}`, { from: `tests/sdks/${name}`, to: `sdks/${name}`, marker: MARKERS[name], scripts: false });

/** Starts the SDK's server and signs in, in as many tabs: the first by hand, the others by what they find. */
export async function signedIn(t, browser, name, make, { tabs: count = 1, more } = {}) {
  const { packages, backEnd, places, of = name } = SDKS[name];
  const nodePaths = [join(await install(packages), "node_modules")];
  if (name === "firebase") await install("emulator");
  const script = ({ origin }) => make(make === alone ? of : name, { nodePaths, places: places(origin), more });
  const world = await startWorld(t, browser, { script, backEnd });
  const tab = await world.tab();
  await tab.is("signed-out");
  await tab.tell("signIn", USER.email, USER.password);
  await tab.is("signed-in");
  const tabs = [tab];
  while (tabs.length < count) {
    tabs.push(await world.tab());
    await tabs.at(-1).is("signed-in");
  }
  world.reset();
  return { world, tabs };
}

const answered = (statuses) => statuses.filter((status) => status === 200).length;

/** Whether a page waits for a lock, that of the SDK or of the package. */
const waitsForLock = ({ page }) => page.evaluate(async () => (await navigator.locks.query()).pending.length > 0);

/** Calls in both tabs at once: no token request is answered before both have asked for one, or wait for a lock. */
async function atOnce({ world, tabs: [first, second] }) {
  const open = world.doors.shut("token");
  const told = [first.tell("calls", CALLS)];
  await until(() => first.asked() > 0, "a token request of the first tab");
  told.push(second.tell("calls", CALLS));
  await until(async () => second.asked() > 0 || (await waitsForLock(second)), "the second tab to ask, or to wait");
  open();
  return Promise.all(told);
}

/** What the server sees: the cells of the table in docs/recipes/sdks.md for one way to do it. */
async function measured(t, browser, name, make) {
  const one = await signedIn(t, browser, name, make);
  const [tab] = one.tabs;
  await one.world.later(SHORT);
  const early = answered(await tab.tell("calls", CALLS));
  one.world.reset();
  await one.world.later(LONG);
  await tab.tell("calls", CALLS);
  const two = await signedIn(t, browser, name, make, { tabs: 2 });
  await two.world.later(LONG);
  await atOnce(two);
  return { expired: one.world.tokenRequests, tabs: two.world.tokenRequests, early };
}

/** The row of this SDK in the table of measured numbers. */
function row(name) {
  const found = read("docs", "recipes", "sdks.md").match(new RegExp(`^\\| \`${name}\` \\|(.*)\\|$`, "m"));
  assert.ok(found, `docs/recipes/sdks.md has no row for ${name}`);
  return found[1].split("|").map((cell) => cell.trim());
}

function measures(browser, name) {
  test(`${name}: what the server sees of it alone, and of both, is what the page says`, async (t) => {
    const sdk = await measured(t, browser, name, alone);
    const together = await measured(t, browser, name, both);
    const numbers = [sdk.expired, together.expired, sdk.tabs, together.tabs, sdk.early, together.early];
    const said = row(name);
    assert.equal(said.length, numbers.length);
    numbers.forEach((number, at) => {
      assert.ok(said[at].split(" or ").includes(String(number)), `column ${at + 1} is ${number}, not ${said[at]}`);
    });
  });
}

function works(browser, name) {
  test(`${name}: calls whose token is refused or has run out share a new one of the SDK, through a failure too`, async (t) => {
    const { world, tabs } = await signedIn(t, browser, name, both);
    const [tab] = tabs;
    const asked = ({ tokenRequests }, count) => SDKS[name].polls || assert.equal(tokenRequests, count);
    assert.equal(await tab.tell("call", "/api/items/first"), 200);
    asked(world, 0);
    for (const time of [SHORT, LONG]) {
      await world.later(time);
      assert.deepEqual(await tab.tell("calls", CALLS), Array(CALLS).fill(200));
      asked(world, 1);
      world.reset();
    }
    await world.later(SHORT);
    world.instead = (response) => {
      world.instead = undefined;
      json(response, 503, {});
    };
    // One that asks no more for a while has its calls fail; the session is kept, and goes on.
    const pause = SDKS[name].pausesFor;
    if (pause) {
      assert.deepEqual(await tab.tell("calls", FEW), Array(FEW).fill("refresh_failed"));
      assert.equal(await tab.tell("state"), "signed-in");
      await world.later(pause);
    }
    assert.deepEqual(await tab.tell("calls", FEW), Array(FEW).fill(200));
    asked(world, 2);
    assert.deepEqual(tab.errors, []);
  });

  test(`${name}: a logout ends the calls of all tabs and signs the SDK out`, async (t) => {
    const { world, tabs } = await signedIn(t, browser, name, both, { tabs: 2 });
    // Of one address Chromium sends the second request only after the first.
    const told = tabs.map((tab, at) => tab.tell("call", `/api/items/held/${at}`));
    await until(() => world.held === tabs.length, "calls at the API");
    await tabs[0].tell("logout");
    assert.deepEqual(await Promise.all(told), ["logged_out", "logged_out"]);
    await tabs[1].is("signed-out");
    await until(async () => {
      const fresh = await world.tab();
      const state = await fresh.tell("state");
      await fresh.page.close();
      return state === "signed-out";
    }, "a new tab to find nobody signed in");
  });

  const { refuses, afterRefusal = "signed-out" } = SDKS[name];
  if (!refuses) return;
  test(`${name}: a refusal in the server's words ends the session, here and in the SDK`, async (t) => {
    const { world, tabs } = await signedIn(t, browser, name, both);
    await world.later(LONG);
    world.instead = (response) => refuses(response, world);
    assert.deepEqual(await tabs[0].tell("calls", FEW), Array(FEW).fill("session_expired"));
    await tabs[0].is("signed-out");
    world.instead = undefined;
    await (await world.tab()).is(afterRefusal);
  });
}

/** Declares the tests of these SDKs. */
export function sdks(browser, names) {
  for (const name of names) {
    works(browser, name);
    if (SDKS[name].measured) measures(browser, name);
  }
}
