// The two error classes of the package: the least that must be JavaScript, since Rust cannot extend `Error`.
// Rust makes AuthFetchErrors; a RefreshFunction throws SessionRefusedError. Neither message ever holds a token.

/** The class of an error, told alike by all copies of this module: by `import`, by `require`, without wasm. */
const KIND = Symbol.for("authfetch.error");
const AUTH_FETCH = 1;
const REFUSED = 2;

/** `error instanceof asked`, where `own` may stand for its copies; of a subclass of the app's the engine decides. */
const isInstance = (error, asked, own, kind) =>
  asked === own ? error?.[KIND] === kind : Function.prototype[Symbol.hasInstance].call(asked, error);

export class AuthFetchError extends Error {
  static [Symbol.hasInstance](error) {
    // biome-ignore lint/complexity/noThisInStatic: it may be a subclass.
    return isInstance(error, this, AuthFetchError, AUTH_FETCH);
  }
  constructor(message, code, cause, answer, transient) {
    super(message, cause === undefined ? undefined : { cause });
    // Until it is read, V8 keeps what was called alive: an instance that has signed out, as long as its last error.
    void this.stack;
    this.code = code;
    if (code === "refresh_failed") this.transient = !!transient;
    if (answer !== undefined) this.answer = answer;
    this.name = code === "logged_out" || code === "session_expired" ? "AbortError" : "AuthFetchError";
  }
  get [KIND]() {
    return AUTH_FETCH;
  }
}

export class SessionRefusedError extends Error {
  static [Symbol.hasInstance](error) {
    // biome-ignore lint/complexity/noThisInStatic: it may be a subclass.
    return isInstance(error, this, SessionRefusedError, REFUSED);
  }
  get name() {
    return "SessionRefusedError";
  }
  get [KIND]() {
    return REFUSED;
  }
}

/** That the wasm cannot be started here, and why. */
export function unavailable(cause) {
  const policy = "a Content-Security-Policy needs 'wasm-unsafe-eval' in script-src";
  const why = `WebAssembly cannot be started here; ${policy}, or import authfetch/auto.`;
  return new AuthFetchError(why, "wasm_unavailable", cause);
}
