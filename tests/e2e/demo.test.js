// The demo against a real authorization server, in real browsers: what the page shows and what the server counted.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { LIMIT, useBrowser } from "../support/browser.js";
import { assertTombstoneIn } from "../support/tombstone.js";
import { until } from "../support/until.js";
import { openDemo, QUICK } from "./support.js";

const LANE = "demo";
/** ms: longer than the token lives. */
const LATER = 86_400_000;

/** Opens the demo anew for each test of the group. */
function inBrowser(name) {
  const world = {};
  const browser = useBrowser(name);
  beforeEach(() => world.open());
  world.open = async (options) => {
    await world.demo?.close();
    world.demo = await openDemo(await browser(), options);
    return world.demo;
  };
  afterEach(async () => {
    await world.demo?.close();
    world.demo = null;
  });
  return world;
}

async function expiredBurst(demo) {
  await demo.signIn();
  await demo.choose("delay", QUICK);
  await demo.press("fire-expired");
  assert.deepEqual(await demo.outcomes(), { 200: 100 });
  const { ok, unauthorized, tokenRequests, tokenRefused, reuseDetected } = demo.server.counters(LANE);
  assert.deepEqual(
    { ok, tokenRequests, tokenRefused, reuseDetected },
    { ok: 100, tokenRequests: 1, tokenRefused: 0, reuseDetected: 0 },
  );
  assert.ok(unauthorized > 0, "the burst met an expired token");
}

describe("the demo in Chromium", { timeout: LIMIT }, () => {
  const world = inBrowser("chromium");

  test("signing in leaves neither code nor state in the address", async () => {
    const { demo } = world;
    await demo.signIn();
    assert.equal(demo.page.url(), demo.server.url);
    assert.equal(await demo.text("#who"), "Signed in as ann.");
    const authorization = new URL(demo.asked.find((url) => new URL(url).pathname === "/auth"));
    assert.equal(authorization.searchParams.get("code_challenge_method"), "S256");
    assert.equal(demo.server.counters(LANE).signIns, 1);
  });

  test("a cancelled sign-in is said, and nobody is signed in", async () => {
    const { demo } = world;
    await demo.press("sign-in");
    await demo.page.waitForSelector("#account");
    await demo.page.click("[value=cancel]");
    await demo.page.waitForSelector("#notice:not([hidden])");
    assert.match(await demo.text("#notice"), /cancelled/);
    assert.equal(demo.page.url(), demo.server.url);
    await demo.is("signed out");
  });

  test("an answer to a sign-in that nobody began here is refused", async () => {
    const { demo } = world;
    await demo.page.goto(`${demo.server.url}?code=stolen&state=unknown&iss=${encodeURIComponent(demo.server.origin)}`);
    await demo.page.waitForSelector("#notice:not([hidden])");
    assert.equal(demo.page.url(), demo.server.url);
    await demo.is("signed out");
    assert.equal(demo.server.counters(LANE).signIns, 0);
  });

  test("a hundred calls with an expired token end well after one token request", () => expiredBurst(world.demo));

  test("a token that has run out by the clock is refreshed before the calls go out", async () => {
    const { demo } = world;
    await demo.signIn();
    await demo.choose("count", 10);
    await demo.choose("delay", QUICK);
    // By the page's own clock, so that the new token lives as long as a busy machine needs.
    await demo.page.evaluate((ms) => {
      const { now } = Date;
      Date.now = () => now() + ms;
    }, LATER);
    await demo.page.waitForFunction(() => document.getElementById("expiry").textContent.includes("has run out"));
    await demo.press("fire");
    assert.deepEqual(await demo.outcomes(), { 200: 10 });
    const { unauthorized, tokenRequests } = demo.server.counters(LANE);
    assert.deepEqual({ unauthorized, tokenRequests }, { unauthorized: 0, tokenRequests: 1 });
  });

  test("refreshed ahead of expiry, the session goes on by itself", async () => {
    const demo = await world.open({ accessTokenTTL: 2 });
    await demo.signIn();
    await demo.page.click("#ahead");
    await until(() => demo.server.counters(LANE).tokenRequests >= 2, "two refreshes that nobody asked for");
    await demo.is("signed in");
    assert.equal(demo.server.counters(LANE).reuseDetected, 0);
  });

  test("the page shows the server's own counts", async () => {
    const { demo } = world;
    await expiredBurst(demo);
    const counted = demo.server.counters(LANE);
    const shown = await demo.page.$$eval("[data-count]", (tiles) =>
      tiles.map((tile) => [tile.dataset.count, Number(tile.textContent)]),
    );
    assert.ok(shown.length >= 5);
    for (const [name, count] of shown) assert.equal(count, counted[name], name);
  });

  test("logout aborts every call in flight, and nothing of the session returns", async () => {
    const { demo } = world;
    await demo.signIn();
    const release = demo.server.hold("/api/");
    await demo.press("fire");
    await until(() => demo.server.counters(LANE).apiRequests > 0, "a call at the API");
    await demo.press("log-out");
    assert.deepEqual(await demo.outcomes(), { aborted: 100 });
    await demo.is("signed out");
    const tokens = await demo.tokens();
    assert.ok(tokens.length >= 2);
    const left = await demo.storage();
    assertTombstoneIn(left, tokens);
    release();
    await until(() => demo.server.counters(LANE).revocations === 1, "the revocation");
    await demo.page.reload();
    await demo.page.waitForSelector("html[data-ready]");
    await demo.is("signed out");
    assertTombstoneIn(await demo.storage(), tokens);
    assert.equal(demo.server.counters(LANE).ok, 0);
  });

  test("a refresh that the server has carried out, but not answered, does not bring the session back", async () => {
    const { demo } = world;
    await demo.signIn();
    const release = demo.server.hold("/token");
    await demo.press("fire-expired");
    await until(() => demo.server.counters(LANE).tokenRequests === 1, "the refresh at the server");
    await demo.is("refreshing");
    await demo.press("log-out");
    assert.deepEqual(await demo.outcomes(), { aborted: 100 });
    release();
    await until(() => demo.server.counters(LANE).revocations === 1, "the revocation");
    await demo.is("signed out");
    assertTombstoneIn(await demo.storage(), await demo.tokens());
    assert.equal(demo.server.counters(LANE).ok, 0);
  });

  test("the button that logs out in mid-flight leaves every call answered or aborted", async () => {
    const { demo } = world;
    await demo.signIn();
    await demo.choose("delay", QUICK);
    await demo.press("fire-logout");
    const { 200: answered = 0, aborted = 0, ...others } = await demo.outcomes();
    assert.deepEqual(others, {});
    assert.equal(answered + aborted, 100);
    assert.ok(answered >= 25 && aborted > 0, `${answered} answered, ${aborted} aborted`);
    await demo.is("signed out");
    assertTombstoneIn(await demo.storage(), await demo.tokens());
  });

  test("plain fetch is refused a hundred times and refreshes nothing", async () => {
    const { demo } = world;
    await demo.choose("delay", QUICK);
    const shown = await demo.compared("plain");
    assert.deepEqual([shown.ok, shown.refused, shown.tokenRequests], ["0 of 100", "100", "0"]);
    assert.equal(demo.server.counters("plain").unauthorized, 100);
  });

  test("the naive recipe trips reuse detection and loses its session, and only its own", async () => {
    const { demo } = world;
    await demo.signIn();
    await demo.choose("delay", QUICK);
    const shown = await demo.compared("naive");
    assert.ok(Number(shown.tokenRequests) > 1, `${shown.tokenRequests} token requests`);
    assert.ok(Number(shown.reuseDetected) >= 1, `${shown.reuseDetected} reuse detections`);
    assert.equal(shown.session, "lost");
    await demo.choose("count", 10);
    await demo.press("fire-expired");
    assert.deepEqual(await demo.outcomes(), { 200: 10 });
    assert.equal(demo.server.counters(LANE).reuseDetected, 0);
  });

  test("authfetch in the same place answers all after one token request", async () => {
    const { demo } = world;
    await demo.choose("delay", QUICK);
    const shown = await demo.compared("authfetch");
    assert.deepEqual(
      [shown.ok, shown.tokenRequests, shown.reuseDetected, shown.session],
      ["100 of 100", "1", "0", "intact"],
    );
  });

  test("the keyboard alone signs in, chooses a delay and fires a burst", async () => {
    const { demo } = world;
    const { keyboard } = demo.page;
    await demo.tabTo("sign-in");
    await keyboard.press("Enter");
    await demo.page.waitForSelector("#account");
    await demo.page.waitForFunction(() => document.activeElement?.id === "account");
    await keyboard.press("Enter");
    await demo.signedIn();
    await demo.tabTo("delay");
    for (const delay of ["80", `${QUICK}`]) {
      await keyboard.press("ArrowLeft");
      assert.equal(await demo.page.$eval("[name=delay]:checked", ({ value }) => value), delay);
    }
    await demo.tabTo("fire-expired");
    const outline = await demo.page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.equal(outline, "solid", "the focus can be seen");
    await keyboard.press("Enter");
    assert.deepEqual(await demo.outcomes(), { 200: 100 });
    assert.equal(await demo.page.evaluate(() => document.activeElement.id), "fire-expired", "the focus stays");
  });

  test("no token appears in the console, in a URL or in the document", async () => {
    const { demo } = world;
    await expiredBurst(demo);
    for (const lane of ["authfetch", "plain", "naive"]) await demo.compared(lane);
    const tokens = await demo.tokens();
    assert.ok(tokens.length >= 8, `${tokens.length} tokens seen`);
    const page = await demo.page.content();
    for (const token of tokens) {
      assert.ok(!demo.said.some((line) => line.includes(token)), "in the console");
      assert.ok(!demo.asked.some((url) => url.includes(token)), "in a URL");
      assert.ok(!page.includes(token), "in the document");
    }
  });

  test("the page's policy allows no inline script but the import map, and is not violated", async () => {
    const { demo } = world;
    const { headers } = await fetch(demo.server.url);
    const scripts = headers
      .get("content-security-policy")
      .match(/script-src ([^;]*)/)[1]
      .split(" ");
    assert.deepEqual(scripts.slice(0, 2), ["'self'", "'wasm-unsafe-eval'"]);
    assert.equal(scripts.length, 3);
    assert.match(scripts[2], /^'sha256-/);
    await expiredBurst(demo);
    const refusals = demo.said.filter((line) => !/status of 401/.test(line));
    assert.deepEqual(refusals, []);
  });
});

describe("the demo in Firefox", { timeout: LIMIT }, () => {
  const world = inBrowser("firefox");

  test("a hundred calls with an expired token end well after one token request", () => expiredBurst(world.demo));
});
