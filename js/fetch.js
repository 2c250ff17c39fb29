// The function that stands where `fetch` stood. Rust closures have no `length`, no name and cannot tell no argument
// from `undefined`; a method can, and like the native function it is no constructor. Nothing else happens here.

/** The function found at import. */
const first = globalThis.fetch;
const ours = new WeakSet();
let inside = false;
/** Code of the app's asks for what lies under us: what is wrapped around us, and then calls us, is to get it too. */
let asking;

/** `call` as a drop-in: same name, same length, and the native error when it is called with nothing. */
export const dropIn = (call) => {
  const { fetch } = {
    fetch(input) {
      // biome-ignore lint/complexity/noArguments: they go on as they came
      if (asking) return asking[0].apply(undefined, arguments);
      // biome-ignore lint/complexity/noArguments: `fetch()` throws, `fetch(undefined)` does not; the length is 1
      return arguments.length ? call(input, arguments[1]) : first();
    },
  };
  ours.add(fetch);
  return fetch;
};

/**
 * What an instance is to call: the function that it was given, or what stands in `globalThis.fetch` at each call. Where
 * that is our own, or has called us, it is what stood there when the instance was made: a mock perhaps, but none that
 * is wrapped around it.
 */
export const fetchAtCreation = (given) => given ?? [ours.has(globalThis.fetch) ? first : globalThis.fetch];

/** The underlying fetch, looked up at each call. With `back`, the call came to us from what we called. */
export const underlying = (given, back) => {
  if (typeof given === "function") return given;
  const found = globalThis.fetch;
  return back || inside || ours.has(found) ? given[0] : found;
};

/** The underlying fetch for code of the app's: looked up at each call, and bound, so that any object may call it. */
export const bound =
  (given) =>
  (...args) => {
    const was = asking;
    asking = typeof given === "function" ? undefined : given;
    try {
      return underlying(given)(...args);
    } finally {
      asking = was;
    }
  };

/** The calls under way to what was put in place after an instance was made; as many as ROUNDS for ever. */
const under = new WeakMap();
/** So many at once are one that goes round: what is wrapped around us and hands on later cannot be told otherwise. */
const ROUNDS = 1_000;

/** Calls it; what it throws rejects. Called again meanwhile, it is wrapped around us. */
export const native = (given, back, input, init) => {
  const fetch = underlying(given, back);
  if (fetch === given || fetch === given[0]) return called(fetch, given, input, init);
  const count = (more) => under.get(fetch) !== ROUNDS && under.set(fetch, (under.get(fetch) ?? 0) + more);
  if (!count(1)) return called(given[0], given, input, init);
  const promise = called(fetch, given, input, init);
  const ended = () => count(-1);
  Promise.resolve(promise).then(ended, ended);
  return promise;
};

/** How many of our calls are on the stack, each made by the one before; so many are instances that call each other. */
let depth = 0;
const DEEPEST = 64;

const called = (fetch, given, input, init) => {
  const was = inside;
  inside = fetch !== given;
  try {
    if (++depth > DEEPEST) throw new TypeError("Instances that are called by each other call for ever.");
    return init === undefined ? fetch(input) : fetch(input, init);
  } catch (error) {
    return Promise.reject(error);
  } finally {
    depth--;
    inside = was;
  }
};
