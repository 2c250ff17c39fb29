import assert from "node:assert/strict";
import { test } from "node:test";
import { functionSizes, moduleSizes } from "../../scripts/modules.js";

const text = (value) => [value.length, ...Buffer.from(value)];
const section = (kind, bytes) => [kind, bytes.length, ...bytes];

/** A module that imports one function and has two, of so many bytes. */
function wasm(names, sizes) {
  const bodies = sizes.map((size) => [size, ...new Array(size).fill(0x0b)]);
  const functions = names.map((name, at) => [at + 1, ...text(name)]);
  const imports = [2, ...text("a"), ...text("m"), 2, 1, 1, 2, ...text("a"), ...text("f"), 0, 0];
  const named = [...text("name"), 1, functions.flat().length + 1, names.length, ...functions.flat()];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(2, imports),
    ...section(10, [sizes.length, ...bodies.flat()]),
    ...section(0, named),
  ]);
}

test("each function has the bytes of its body, under its name", () => {
  const sizes = functionSizes(wasm(["one", "other"], [3, 40]));
  assert.deepEqual(sizes, [
    ["one", 3],
    ["other", 40],
  ]);
});

test("a module has the bytes of all that lies in it, and what is nobody's is told apart", () => {
  const names = ["<authfetch[1f]::protocol::session::Session>::end", "authfetch_new", "core::fmt::write"];
  assert.deepEqual(moduleSizes(wasm(names, [5, 7, 9])), [
    ["std and crates", 9],
    ["browser::auth_fetch", 7],
    ["protocol::session", 5],
  ]);
});
