/**
 * `authfetch/compat`: `authfetch` without WebAssembly, the same machine as JavaScript, for where wasm is missing or forbidden: Lockdown Mode,
 * Edge's enhanced security mode, a policy without `'wasm-unsafe-eval'`. The class, its types and its errors are those of `authfetch`; nothing
 * throws `wasm_unavailable`, and `ready()` has nothing to do.
 */
export * from "./index.js";
