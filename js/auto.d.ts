/**
 * `authfetch/auto`: `authfetch` where WebAssembly may be started, and elsewhere `authfetch/compat`, which is loaded at the first construction.
 * The class, its types and its errors are those of `authfetch`. The constructor never throws `wasm_unavailable`. Until what it loads has come,
 * `state` is "signed-out" and `session` null, calls wait (their signal ends the wait), `setTokens` and the other methods are done in their order
 * afterwards, and what these or the options are refused with is reported as an uncaught error; options that are refused reject each call too.
 * Where it cannot be loaded calls reject with `wasm_unavailable` and the `cause`, and the next one tries again. `ready()` resolves once
 * nothing waits any longer: an app that renders by `session` awaits it before its first render.
 */
export * from "./index.js";
