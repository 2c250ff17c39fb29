// What is constructed on a server that compiles no wasm: nobody is signed in, and calls go out as they are.

import { AuthFetchError } from "./errors.js";

const nothing = () => {};

/** An instance of this prototype; `error` is why it is inert, and what signing in throws. */
export function inert(prototype, options, error) {
  const signIn = () => {
    throw error;
  };
  const members = {
    state: "signed-out",
    session: null,
    fetch: (...args) => (options?.fetch ?? fetch)(...args),
    getAccessToken: async () => null,
    refresh: () => Promise.reject(new AuthFetchError("Nobody is signed in on a server.", "signed_out", error)),
    logout: async () => {},
    setTokens: signIn,
    signedIn: signIn,
    close: nothing,
    subscribe: () => nothing,
    addEventListener: nothing,
    removeEventListener: nothing,
  };
  if (Symbol.dispose) members[Symbol.dispose] = nothing;
  return Object.create(prototype, Object.getOwnPropertyDescriptors(members));
}
