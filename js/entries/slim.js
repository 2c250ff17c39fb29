// `authfetch/slim`: the class without the wasm, which `init` is given.

export { init } from "#start";
export * from "../index.js";
