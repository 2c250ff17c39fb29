// examples/react-query: a list, a mutation, and a session that is held at its end.

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/until.js";
import { useExample } from "./support.js";

const CREDENTIALS = { username: "ann", password: "secret" };
const example = useExample("react-query", { ACCESS_TOKEN_LIFETIME: "3" });

test("signs in, adds to a list, and refreshes once when a call is refused", async () => {
  const tab = await example.open();
  await tab.fill({ ...CREDENTIALS, password: "guess" });
  await tab.press("Sign in");
  await tab.shows("Wrong password");
  await tab.fill(CREDENTIALS);
  await tab.press("Sign in");
  await tab.shows("Wait for a refresh");
  await tab.press("Add");
  await tab.shows("Another item");

  const paths = { path: "/api/items", refresh: "/api/refresh" };
  await example.refreshesOnceRefused(paths, () => tab.press("Reload"));
  assert.deepEqual(tab.errors, []);
});

test("holds calls at the end of the session until somebody signs in, and logs out", async () => {
  await example.restart(); // The server has forgotten all tokens.
  const [tab, other] = [await example.open(), await example.open()];
  await tab.shows("Your session is over");
  await tab.fill(CREDENTIALS);
  await tab.press("Sign in");
  for (const { shows } of [tab, other]) await shows("Wait for a refresh");

  await tab.press("Log out");
  for (const { shows } of [tab, other]) await shows("Welcome");
  await until(() => example.count("POST /api/logout 200") === 1, "the logout at the server");
  assert.deepEqual([tab.errors, other.errors], [[], []]);
});
