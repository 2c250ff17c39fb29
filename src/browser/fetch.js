// The function that stands where `fetch` stood, and the one that it calls. A method can tell no argument from
// `undefined`, and like the native function it is no constructor.

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
      if (asking) return asking.apply(undefined, arguments);
      // biome-ignore lint/complexity/noArguments: `fetch()` throws, `fetch(undefined)` does not; the length is 1
      const { length, 1: init } = arguments;
      return length ? call(input, init) : first();
    },
  };
  ours.add(fetch);
  return fetch;
};

/** What an instance calls. */
class Underlying {
  found = ours.has(globalThis.fetch) ? first : globalThis.fetch;

  /** What carries the value against request forgery, where there is one. */
  csrf;

  /** `given` is a function; without one it is what stands in `globalThis.fetch` at each call. */
  constructor(given, inCookies) {
    this.given = given;
    this.inCookies = !!inCookies;
  }
  /**
   * The function, looked up. Where our own stands there, or has called us (`back`), it is what stood there when the
   * instance was made: a mock perhaps, but none that is wrapped around us.
   */
  find(back) {
    const found = globalThis.fetch;
    return this.given ?? (back || inside || ours.has(found) ? this.found : found);
  }
  /** Calls it; what it throws rejects. Called again meanwhile, it is wrapped around us. */
  call(input, init, back) {
    const fetch = this.find(back);
    const usual = this.given ?? this.found;
    const lookedUp = !this.given;
    if (fetch === usual || typeof fetch !== "function") return called(fetch, lookedUp, input, init);
    const count = (more) => under.get(fetch) !== ROUNDS && under.set(fetch, (under.get(fetch) ?? 0) + more);
    if (!count(1)) return called(usual, lookedUp, input, init);
    const promise = called(fetch, lookedUp, input, init);
    const ended = () => count(-1);
    promise.then(ended, ended);
    return promise;
  }
}

export const underlying = (given, inCookies) => new Underlying(given, inCookies);
export const call = (it, input, init) => it.call(input, init);
/** For code of the app's: bound, so that any object may call it. */
export const bound =
  (it) =>
  (...args) => {
    const was = asking;
    asking = it.given ? undefined : it.found;
    try {
      return it.find()(...args);
    } finally {
      asking = was;
    }
  };

/** The calls under way to what was put in place after an instance was made; as many as ROUNDS for ever. */
const under = new WeakMap();
/** So many at once are one that goes round: what is wrapped around us and hands on later cannot be told otherwise. */
const ROUNDS = 1_000;

/** How many of our calls are on the stack, each made by the one before; so many are instances that call each other. */
let depth = 0;
const DEEPEST = 64;

/** A promise of what it gives: a mock may give anything. */
const called = (fetch, lookedUp, input, init) => {
  const was = inside;
  inside = lookedUp;
  try {
    if (++depth > DEEPEST) throw new TypeError("Instances that are called by each other call for ever.");
    return Promise.resolve(init === undefined ? fetch(input) : fetch(input, init));
  } catch (error) {
    return Promise.reject(error);
  } finally {
    depth--;
    inside = was;
  }
};
