// examples/oidc: a sign-in at a real authorization server.

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../support/until.js";
import { useExample } from "./support.js";

const TOKEN_REQUEST = "POST /token 200";
const example = useExample("oidc", { ACCESS_TOKEN_LIFETIME: "10" });

test("signs in with PKCE, replaces the token before it runs out, and revokes it at logout in every tab", async () => {
  const tab = await example.open();
  await tab.press("Sign in");
  await tab.fill({ login: "ann", password: "secret" });
  await tab.press("Sign-in");
  await tab.press("Continue");
  await tab.press("Load");
  await tab.shows("ann");

  await until(() => example.count(TOKEN_REQUEST) > 1, "a refresh");
  await tab.press("Load");
  await until(() => example.count("GET /api/profile 200") > 1, "an answer with the new token");
  assert.equal(example.count("GET /api/profile 401"), 0);

  const other = await example.open();
  await other.press("Load");
  await other.shows("ann");
  await tab.press("Log out");
  for (const { shows } of [tab, other]) await shows("Sign in");
  await until(() => example.count("POST /token/revocation 200") === 1, "the revocation");
  assert.equal(example.count("POST /token 4"), 0);
  assert.deepEqual([tab.errors, other.errors], [[], []]);
});
