// Starts a wasm that the app brings: a module that its platform has compiled, bytes, or where they are fetched from.

import { initSync } from "#glue";
import { AuthFetchError, unavailable } from "../errors.js";

let source;
let isStarted = false;
/** How the last `init` ends. */
let given;
let failure;

/** Of a URL, or of a response that is there already or will be. */
async function fetched(from) {
  const response = await (/^(String|URL)$/.test(classOf(from)) ? fetch(from) : from);
  if (!response.ok) throw new TypeError(`authfetch.wasm: answered ${response.status}`);
  // Not compiled as it comes in: that wants a Content-Type of `application/wasm`, which not every server sends.
  return WebAssembly.compile(await response.arrayBuffer());
}

/** The class of what may come from another realm, as a worker's or a sandbox's does. */
const classOf = (value) => Object.prototype.toString.call(value).slice("[object ".length, -1);

async function take(from) {
  try {
    const name = classOf(from);
    if (name === "WebAssembly.Module") source = from;
    else if (name === "ArrayBuffer" || ArrayBuffer.isView(from)) {
      // Until they are compiled, a construction compiles them itself.
      source ??= from;
      source = await WebAssembly.compile(from);
    } else source = await fetched(from);
  } catch (error) {
    failure = unavailable(error);
    throw failure;
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
  if (source === undefined) throw failure ?? new AuthFetchError("Call init() first, and await it.", "wasm_unavailable");
  try {
    // Bytes that are not compiled yet are compiled here.
    initSync({
      module: ArrayBuffer.isView(source) || classOf(source) === "ArrayBuffer" ? new WebAssembly.Module(source) : source,
    });
  } catch (error) {
    throw unavailable(error);
  }
  isStarted = true;
}

/** Resolves when `init` has got the module. */
export const ready = async () => (given ? given : isStarted || start());
