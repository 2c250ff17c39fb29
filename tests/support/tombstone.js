// What the end of a session leaves in storage: a record that holds no token.

import assert from "node:assert/strict";

/**
 * All that is in this storage (values by key, read from JSON) is the record, without tokens, and without the text of
 * these ones. Its other members are no secret: the digits of a lifetime may well be in a time.
 */
export function assertTombstoneIn(storage, tokens) {
  assert.deepEqual(Object.keys(storage), ["authfetch"]);
  assert.ok(!("access_token" in storage.authfetch), "an access token is left");
  assert.ok(!("refresh_token" in storage.authfetch), "a refresh token is left");
  const text = JSON.stringify(storage);
  for (const token of tokens) assert.ok(!text.includes(token), "the text of a token is left");
}
