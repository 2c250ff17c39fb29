// The two error classes of the package: the least that must be JavaScript, since Rust cannot extend `Error`.
// Rust makes AuthFetchErrors; a RefreshFunction throws SessionRefusedError. Neither message ever holds a token.

export class AuthFetchError extends Error {
  constructor(message, code, cause, answer, transient) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    if (code === "refresh_failed") this.transient = !!transient;
    if (answer !== undefined) this.answer = answer;
    this.name = code === "logged_out" || code === "session_expired" ? "AbortError" : "AuthFetchError";
  }
}

export class SessionRefusedError extends Error {
  get name() {
    return "SessionRefusedError";
  }
}
