// Starts a wasm that the app brings: a module that its platform has compiled, bytes, or where they are fetched from.

import { AuthFetchError, unavailable } from "../errors.js";
import { startOnce } from "./once.js";

let source;
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

const isBytes = (value) => ArrayBuffer.isView(value) || classOf(value) === "ArrayBuffer";

async function take(from) {
  try {
    if (classOf(from) === "WebAssembly.Module") source = from;
    else if (isBytes(from)) {
      // Until they are compiled, a construction compiles them itself.
      source ??= from;
      source = await WebAssembly.compile(from);
    } else source = await fetched(from);
  } catch (error) {
    // Others may be given.
    if (source === from) source = undefined;
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
  if (source === undefined) throw failure ?? new AuthFetchError("Call init() first, and await it.", "wasm_unavailable");
  // Bytes that are not compiled yet are compiled here.
  startOnce(() => (isBytes(source) ? new WebAssembly.Module(source) : source));
}

/** Resolves when `init` has got the module. */
export const ready = async () => given ?? start();
