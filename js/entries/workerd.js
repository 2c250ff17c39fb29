// The package where a module of wasm is imported as such, since compiling bytes is forbidden: workerd.

import module from "#module";
import { init } from "#slim";

export { AuthFetch, AuthFetchError, ready, SessionRefusedError } from "#slim";

init(module);
