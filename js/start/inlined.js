// Starts the wasm that lies in the module as text (see scripts/build.js): no loader, no URL and no call is needed.

import { size, table, text } from "#wasm";
import { unavailable } from "../errors.js";
import { isStarted, startOnce } from "./once.js";

let module;

/** The inverse of `encode` in scripts/encode.js: one look-up a character. */
function decode() {
  const bytes = new Uint8Array(size);
  const singles = Uint8Array.from(atob(table), (byte) => byte.charCodeAt(0));
  const others = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !singles.includes(byte));
  const ranks = new Uint8Array(127);
  let count = 0;
  for (let code = 32; code < 125; code++)
    if (code !== 34 && code !== 36 && code !== 92 && code !== 96) ranks[code] = count++;
  for (let at = 0, to = 0; at < text.length; to++) {
    const code = text.charCodeAt(at++);
    bytes[to] = code < 125 ? singles[ranks[code]] : others[count * (code - 125) + ranks[text.charCodeAt(at++)]];
  }
  return bytes;
}

/** Compiles, unless that was done ahead, and starts. Throws `wasm_unavailable`. */
export const start = () => startOnce(() => (module ??= new WebAssembly.Module(decode())));

/** Compiles ahead of the first construction, without blocking the page. */
export async function ready() {
  if (isStarted) return;
  try {
    const compiled = await WebAssembly.compile(decode());
    module ??= compiled;
  } catch (error) {
    throw unavailable(error);
  }
}
