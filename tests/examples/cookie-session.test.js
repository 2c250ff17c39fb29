// examples/cookie-session: no token in the page, and a value against request forgery.

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/until.js";
import { useExample } from "./support.js";

const example = useExample("cookie-session", { ACCESS_TOKEN_LIFETIME: "3" });

test("signs in by cookies, adds a note, refreshes once when a call is refused, and logs out in every tab", async () => {
  const tab = await example.open();
  await tab.fill({ user: "ann" });
  await tab.press("Sign in");
  await tab.shows("Notes of ann");
  await tab.press("Add");
  await tab.shows("Another note");

  const paths = { path: "/api/notes", refresh: "/auth/refresh" };
  await example.refreshesOnceRefused(paths, () => tab.press("Load"));
  assert.equal(example.count(" 403"), 0);

  const other = await example.open();
  await other.shows("Notes of ann");
  await tab.press("Log out");
  for (const { shows } of [tab, other]) await shows("Welcome");
  await until(() => example.count("POST /auth/logout 200") === 1, "the logout at the server");
  assert.deepEqual([tab.errors, other.errors], [[], []]);
});

test("its server takes no call from a page of another site", async () => {
  const signIn = { method: "POST", body: JSON.stringify({ user: "ann" }) };
  const cookies = (await example.fetch("/auth/login", signIn)).headers.getSetCookie();
  const cookie = cookies.map((one) => one.split(";")[0]).join("; ");
  const value = cookie.match(/csrf=([^;]*)/)[1];
  const add = async (headers) => {
    const init = { method: "POST", headers: { cookie, ...headers }, body: JSON.stringify({ note: "A note" }) };
    return (await example.fetch("/api/notes", init)).status;
  };
  assert.deepEqual([await add({}), await add({ "x-csrf-token": value })], [403, 201]);
});
