/** The module, where the platform or the bundler imports wasm as one (workerd, edge functions). */
declare const module: WebAssembly.Module;
export default module;
