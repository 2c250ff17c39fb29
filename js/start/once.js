// Starts a module of wasm, once.

import { initSync } from "#glue";
import { unavailable } from "../errors.js";

export let isStarted = false;

/** Starts the module that `moduleOf` gives. Throws `wasm_unavailable`. */
export function startOnce(moduleOf) {
  if (isStarted) return;
  try {
    initSync({ module: moduleOf() });
  } catch (error) {
    throw unavailable(error);
  }
  isStarted = true;
}
