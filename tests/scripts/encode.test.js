// The wasm as text: what `encode` writes is read again, byte for byte, and stands in a JavaScript string as it is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { encode } from "../../scripts/encode.js";

/** As `decode` in js/index.js has it. */
function decoded({ text, table }) {
  const singles = [...Buffer.from(table, "base64")];
  const others = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !singles.includes(byte));
  const characters = Array.from({ length: 93 }, (_, at) => String.fromCharCode(32 + at)).filter(
    (character) => !'\\"$`'.includes(character),
  );
  const bytes = [];
  for (let at = 0; at < text.length; at++) {
    const prefix = "}~".indexOf(text[at]);
    if (prefix < 0) bytes.push(singles[characters.indexOf(text[at])]);
    else bytes.push(others[characters.length * prefix + characters.indexOf(text[++at])]);
  }
  return Buffer.from(bytes);
}

/** Bytes of which some are frequent, as in code: the same at each run. */
function bytesOf(length) {
  let state = 1;
  return Buffer.from({ length }, () => {}).map(() => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return ((state >>> 8) % 256) * ((state >>> 20) % 2);
  });
}

test("every byte comes back", () => {
  for (const bytes of [bytesOf(20_000), Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)), Buffer.alloc(0)])
    assert.deepEqual(decoded(encode(bytes)), bytes);
});

test("nothing in it has to be escaped in a string or a template", () => {
  assert.match(encode(bytesOf(20_000)).text, /^[ !#%-[\]-_a-~]*$/);
});

test("the same bytes are the same text", () => {
  assert.deepEqual(encode(bytesOf(5_000)), encode(bytesOf(5_000)));
});

test("it compresses nearly as well as the bytes themselves", () => {
  // The text of a program, shifted so that most of it is not printable.
  const bytes = Buffer.from(`${encode}${decoded}${bytesOf}`).map((byte) => byte + 120);
  const size = (content) => brotliCompressSync(content).length;
  assert.ok(size(encode(bytes).text) < 1.1 * size(bytes));
});
