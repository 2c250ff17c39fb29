// docs/sign-in.md: its module in Chromium, with oauth4webapi, against oidc-provider.

import assert from "node:assert/strict";
import { test } from "node:test";
import { read } from "../support/files.js";
import { until } from "../support/until.js";
import { both } from "./support/scripts.js";
import { CALLS, signedIn } from "./support/suite.js";
import { SHORT, SILENT, useSdkBrowser } from "./support/world.js";

const browser = useSdkBrowser();
const NAME = "sign-in";
const MORE = "signInSilently, signOut: () => void signOut(), token: () => auth.session?.accessToken";

const open = (t) => signedIn(t, browser, NAME, both, { more: MORE });

test("the page comes back signed in, with no code left in its address, and calls the API", async (t) => {
  const { tabs } = await open(t);
  const [tab] = tabs;
  assert.equal(new URL(tab.page.url()).search, "");
  assert.equal(await tab.tell("call", "/api/items/first"), 200);
  await tab.page.reload();
  await tab.is("signed-in");
});

test("a refused refresh token is followed by a silent sign-in, and the calls that waited go out", async (t) => {
  const { world, tabs } = await open(t);
  const [tab] = tabs;
  const before = await tab.tell("token");
  await world.later(SHORT);
  await world.revokeAll();
  assert.deepEqual(await tab.tell("calls", CALLS), Array(CALLS).fill(200));
  assert.notEqual(await tab.tell("token"), before);
  assert.equal(world.tokenRequests, 2, "one refresh, one code");
  assert.equal(await tab.page.evaluate(() => document.querySelector("iframe")), null);
});

test("where the server does not know the user any more, the page goes to the sign-in", async (t) => {
  const { world, tabs } = await open(t);
  const [tab] = tabs;
  await world.later(SHORT);
  await world.revokeAll();
  await world.context.deleteCookie(...(await world.context.cookies()));
  const before = await tab.tell("token");
  await tab.page.evaluate(() => void app.call("/api/items/first"));
  const token = () => tab.tell("token").catch(() => undefined);
  await until(async () => ![undefined, before].includes(await token()), "a new sign-in");
  assert.equal(await tab.tell("state"), "signed-in");
});

test("a tab that finds no session signs in without being seen", async (t) => {
  const { world, tabs } = await open(t);
  await tabs[0].page.evaluate(() => localStorage.clear());
  await tabs[0].page.close();
  const tab = await world.tab();
  await tab.is("signed-out");
  await tab.tell("signInSilently");
  assert.equal(await tab.tell("state"), "signed-in");
  assert.equal(await tab.tell("call", "/api/items/first"), 200);
});

test("a sign-out ends the session at the server too: a silent sign-in is refused", async (t) => {
  const { tabs } = await open(t);
  const [tab] = tabs;
  await tab.tell("signOut");
  await tab.is("signed-out");
  await until(async () => new URL(tab.page.url()).pathname === "/", "the page again");
  const refused = () => tab.page.evaluate(() => app.signInSilently().catch(({ error, message }) => error ?? message));
  await until(async () => (await refused().catch(() => null)) === "login_required", "a refusal");
  assert.equal(await tab.tell("state"), "signed-out");
});

test("the page of the hidden frame is the one that the documentation shows", () => {
  assert.ok(read("docs", "sign-in.md").includes(`\`${SILENT}\``));
});
