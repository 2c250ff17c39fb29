// Starts a module of wasm that the platform has compiled and imports as such. Nothing here compiles: such platforms
// forbid it, and some of their bundlers the very word.

import { initSync } from "#glue";
import module from "#module";
import { unavailable } from "../errors.js";

let isStarted = false;

/** Throws `wasm_unavailable`. */
export function start() {
  if (isStarted) return;
  try {
    initSync({ module });
  } catch (error) {
    throw unavailable(error);
  }
  isStarted = true;
}

/** The platform has compiled it already. */
export async function ready() {}
