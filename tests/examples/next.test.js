// examples/next: the app router, rendered on the server first.

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/until.js";
import { useExample } from "./support.js";

const example = useExample("next", { ACCESS_TOKEN_LIFETIME: "3" });

test("is rendered on the server signed out, signs in, refreshes once when a call is refused, and logs out", async () => {
  assert.match(await (await example.fetch("/")).text(), /<form.*Sign in/s);

  const tab = await example.open();
  await tab.fill({ user: "ann" });
  await tab.press("Sign in");
  await tab.shows("A book of ann");

  const paths = { path: "/api/items", refresh: "/api/refresh" };
  await example.refreshesOnceRefused(paths, () => tab.press("Reload"));

  const other = await example.open();
  await other.shows("A book of ann");
  await tab.press("Log out");
  for (const { shows } of [tab, other]) await shows("Sign in");
  await until(() => example.count("POST /api/logout 204") === 1, "the logout at the server");
  assert.deepEqual([tab.errors, other.errors], [[], []]);
});
