// Starts a wasm that the app brings: a module that its platform has compiled, bytes, or where they are fetched from.

import { initSync } from "#glue";
import { AuthFetchError, unavailable } from "../errors.js";

let source;
let isStarted = false;
/** How the last `init` ends. */
let given;

/** Of a URL, or of a response that is there already or will be. */
async function fetched(from) {
  const response = await (typeof from === "string" || from instanceof URL ? fetch(from) : from);
  if (!response.ok) throw new TypeError(`authfetch.wasm: answered ${response.status}`);
  // Not compiled as it comes in: that wants a Content-Type of `application/wasm`, which not every server sends.
  return WebAssembly.compile(await response.arrayBuffer());
}

async function take(from) {
  try {
    if (from instanceof WebAssembly.Module) source = from;
    else if (from instanceof ArrayBuffer || ArrayBuffer.isView(from)) {
      // Until they are compiled, a construction compiles them itself.
      source ??= from;
      source = await WebAssembly.compile(from);
    } else source = await fetched(from);
  } catch (error) {
    throw unavailable(error);
  }
}

/** Says where the wasm is. The first that succeeds counts; the wasm is started at the first construction. */
export function init(from) {
  if (source === undefined) given = take(from);
  // Who constructs hears of a failure too.
  given.catch(() => {});
  return given;
}

/** Throws `wasm_unavailable`, also where `init` has not come so far. */
export function start() {
  if (isStarted) return;
  if (source === undefined) throw new AuthFetchError("Call init() first, and await it.", "wasm_unavailable");
  try {
    initSync({ module: source });
  } catch (error) {
    throw unavailable(error);
  }
  isStarted = true;
}

/** Resolves when `init` has got the module. */
export const ready = async () => (given ? given : isStarted || start());
