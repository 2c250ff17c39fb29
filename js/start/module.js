// Starts a module of wasm that the platform has compiled and imports as such. Nothing here compiles: such platforms
// forbid it, and some of their bundlers the very word.

import module from "#module";
import { startOnce } from "./once.js";

/** Throws `wasm_unavailable`. */
export const start = () => startOnce(() => module);

/** The platform has compiled it already. */
export async function ready() {}
