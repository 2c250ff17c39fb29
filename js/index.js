// The package's entry: the class of the Rust module, compiled at the first construction. Importing it does nothing.
// The wasm lies in this module as text (see scripts/build.js), so that no loader, no URL and no init call is needed.

import { AuthFetch as Inner, initSync } from "#glue";
import { size, table, text } from "#wasm";
import { AuthFetchError, SessionRefusedError } from "./errors.js";

export { AuthFetchError, SessionRefusedError };

let module;
let started = false;

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

function unavailable(cause) {
  const why = "WebAssembly cannot be started here; a Content-Security-Policy needs 'wasm-unsafe-eval' in script-src.";
  return new AuthFetchError(why, "wasm_unavailable", cause);
}

function start() {
  if (started) return;
  try {
    initSync({ module: (module ??= new WebAssembly.Module(decode())) });
  } catch (error) {
    throw unavailable(error);
  }
  started = true;
}

export class AuthFetch extends Inner {
  constructor(options) {
    start();
    super(options);
  }

  /** The memory is given back when this object is collected; nobody else may do it. */
  free() {}
}

// Where the engine has no Symbol.dispose, `using` cannot ask for it either.
if (Symbol.dispose) AuthFetch.prototype[Symbol.dispose] = AuthFetch.prototype.close;

/** Compiles ahead of the first construction, without blocking the page. */
export async function ready() {
  if (started) return;
  try {
    const compiled = await WebAssembly.compile(decode());
    module ??= compiled;
  } catch (error) {
    throw unavailable(error);
  }
}
