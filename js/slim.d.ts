/** `authfetch/slim`: the class of `authfetch` without its wasm, which is given to `init`. */

export * from "./index.js";

/** Where the wasm comes from: what the platform has compiled, its bytes, its address, or the response with it. */
export type WasmSource = WebAssembly.Module | BufferSource | string | URL | Response | PromiseLike<Response>;

/**
 * Says where the wasm is (`authfetch/authfetch.wasm`); it is started at the first construction. With a module or with bytes a construction
 * may follow at once, else it throws `wasm_unavailable` until the promise has resolved. Rejects with `wasm_unavailable` and the `cause`; after
 * that it may be called again. Once it has succeeded, further calls do nothing.
 */
export function init(wasm: WasmSource): Promise<void>;
