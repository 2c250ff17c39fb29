// The package's class: that of the Rust module, started at the first construction. Importing it does nothing. Where its
// wasm comes from is `#start`'s matter: see scripts/entries.js.

import { AuthFetch as Inner } from "#glue";
import { ready, start } from "#start";
import { AuthFetchError, SessionRefusedError } from "./errors.js";
import { host } from "./host.js";
import { inert } from "./inert.js";

export { AuthFetchError, ready, SessionRefusedError };

/** What `host` says of a place that has no page and is no worker of one. */
const SERVER = 2;

export class AuthFetch extends Inner {
  // biome-ignore lint/correctness/noUnreachableSuper: what it returns without `super` is made of the prototype.
  constructor(options) {
    try {
      start();
    } catch (error) {
      if (host() !== SERVER) throw error;
      // biome-ignore lint/correctness/noConstructorReturn: it has the class, and no memory of the wasm's.
      return inert(new.target.prototype, options, error);
    }
    super(options);
  }

  /** The memory is given back when this object is collected; nobody else may do it. */
  free() {}
}

// Where the engine has no Symbol.dispose, `using` cannot ask for it either.
if (Symbol.dispose) AuthFetch.prototype[Symbol.dispose] = AuthFetch.prototype.close;
