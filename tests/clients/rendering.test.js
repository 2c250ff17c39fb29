// The module that makes the session is imported by a framework's server too, with the options that are meant for the
// page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { AUTHFETCH } from "../support/files.js";

const { AuthFetch } = await import(AUTHFETCH);

const PAGE_OPTIONS = { refresh: "/token", revocation: "/token/revocation", loginUrl: "/login" };

/** The tokens that a call carries, by URL. */
async function sent(options, urls) {
  const seen = [];
  const fetch = async (_input, init) => {
    seen.push(new Headers(init?.headers).get("authorization"));
    return new Response();
  };
  const auth = new AuthFetch({ ...PAGE_OPTIONS, ...options, fetch });
  auth.setTokens({ access_token: "a" });
  for (const url of urls) await auth.fetch(url);
  return seen;
}

test("relative URLs of endpoints are taken on a server, and no token goes anywhere", async () => {
  assert.deepEqual(await sent({}, ["/api/items", "https://example.com/api/items"]), [null, null]);
});

test("a relative prefix in `origins` is taken on a server, and matches nothing there", async () => {
  const origins = ["/api/", "https://api.example.com"];
  const urls = ["/api/items", "https://example.com/api/items", "https://api.example.com/items"];
  assert.deepEqual(await sent({ origins }, urls), [null, null, "Bearer a"]);
});
