// What the tests' code finds in the page: fetch in several guises, and the tools that turn what comes of it into plain
// data.

import { AuthFetch, AuthFetchError } from "authfetch";
import { until } from "../../support/until.js";

const native = globalThis.fetch;
/** The browsers' tools report what is only said on the console too. */
const uncaught = [];
addEventListener("error", ({ message }) => uncaught.push(message));
addEventListener("unhandledrejection", ({ reason }) => uncaught.push(String(reason)));
globalThis.uncaught = () => uncaught.splice(0);

const REFRESH = async () => ({ access_token: "fresh" });
let count = 0;

/** How large the package's wasm has become: its memory in bytes, its tables in entries; nothing where there is none. */
let wasm;
if (globalThis.WebAssembly)
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct: (Instance, args) => (wasm = new Instance(...args)),
  });
const wasmSize = () =>
  Object.values(wasm?.exports ?? {}).flatMap((value) =>
    value instanceof WebAssembly.Memory
      ? value.buffer.byteLength
      : value instanceof WebAssembly.Table
        ? value.length
        : [],
  );

/** A new instance with a session of its own. */
function instance(token, options) {
  const auth = new AuthFetch({
    name: `conformance-${count++}`,
    storage: "memory",
    backgroundRefresh: false,
    refresh: REFRESH,
    ...options,
  });
  if (token) auth.setTokens({ access_token: token });
  return auth;
}

/**
 * The browser's own; ours without a session; with one; with a token that is refused and refreshed, calls sent again.
 */
const GUISES = {
  native: () => ({ fetch: native }),
  "signed out": (options) => instance(null, options),
  "signed in": (options) => instance("good", options),
  refreshing: (options) => instance("stale", options),
};

/**
 * An error by what a caller can see of it: its class in this realm, its name, and, with the browser's own, its text.
 */
function describeError(error) {
  if (!(error instanceof Error || error instanceof DOMException))
    return { thrown: typeof error === "object" ? JSON.stringify(error) : String(error) };
  const own = error instanceof AuthFetchError ? error.code : undefined;
  return {
    class: error.constructor === globalThis[error.constructor.name] ? error.constructor.name : "of another realm",
    name: error.name,
    message: error.message,
    code: own,
  };
}

/** What a response says of itself. Its body is read. */
async function describeResponse(response) {
  const { status, statusText, type, redirected, ok, url, bodyUsed } = response;
  const headers = [...response.headers].filter(
    ([name]) => !/^(date|connection|keep-alive|transfer-encoding)$/.test(name),
  );
  const text = await response.text();
  const body = text.startsWith("{") ? JSON.parse(text) : text.length > 100 ? text.length : text;
  return {
    status,
    statusText,
    type,
    redirected,
    ok,
    url,
    bodyUsed,
    headers,
    body,
    native: response instanceof Response,
  };
}

/** How a call ends. The call itself may not throw. */
async function ended(call) {
  let promise;
  try {
    promise = call();
  } catch (error) {
    return { threw: describeError(error) };
  }
  if (!(promise instanceof Promise)) return { returned: typeof promise };
  try {
    const value = await promise;
    return value instanceof Response ? await describeResponse(value) : value;
  } catch (error) {
    return { rejected: describeError(error) };
  }
}

globalThis.tools = { native, AuthFetch, AuthFetchError, instance, ended, until, wasmSize };

/** Runs this text of a function once in each of these guises, and gives what each came to. */
globalThis.inGuises = async (source, names, given) => {
  // biome-ignore lint/security/noGlobalEval: a test's own function, which comes to the page as text
  const code = (0, eval)(`(${source})`);
  const results = {};
  for (const name of names) {
    const auth = GUISES[name](given.options);
    // Nothing of one run may be in the cache of another, and their requests have to look alike.
    results[name] = await code({ ...tools, auth, fetch: auth.fetch, guise: name, ...given });
    auth.close?.();
  }
  return results;
};
// biome-ignore lint/security/noGlobalEval: a test's own function, which comes to the page as text
globalThis.once = (source, given) => (0, eval)(`(${source})`)({ ...tools, ...given });
