// Starts what binaryen's wasm2js has made of the wasm: it runs where WebAssembly is missing or forbidden.

import { __wbg_set_wasm } from "#glue";
import { instantiate } from "#wasm";

let isStarted = false;

export function start() {
  if (!isStarted) __wbg_set_wasm(instantiate());
  isStarted = true;
}

/** There is nothing to be compiled. */
export async function ready() {}
