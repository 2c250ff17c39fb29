// The function that stands where `fetch` stood. Rust closures have no `length`, no name and cannot tell no argument from
// `undefined`; a method can, and like the native function it is no constructor. Nothing else happens here.

/** The function found at import: used where our own has been installed in its place, or is called by what it calls. */
const first = globalThis.fetch;
const ours = new WeakSet();
let inside = false;

/** `call` as a drop-in: same name, same length, and the native error when it is called with nothing. */
export const dropIn = (call) => {
  const { fetch } = {
    fetch(input) {
      return arguments.length ? call(input, arguments[1]) : first();
    },
  };
  ours.add(fetch);
  return fetch;
};

/**
 * The underlying fetch, looked up at each call. With `back`, the call came to us from what we called: what stands in
 * `globalThis.fetch` is wrapped around us.
 */
export const underlying = (given, back) => {
  if (given) return given;
  const found = globalThis.fetch;
  return back || inside || ours.has(found) ? first : found;
};

/** Calls it; what it throws rejects. Called again meanwhile, it is wrapped around us. */
export const native = (given, back, input, init) => {
  const fetch = underlying(given, back);
  const was = inside;
  inside = !given;
  try {
    return init === undefined ? fetch(input) : fetch(input, init);
  } catch (error) {
    return Promise.reject(error);
  } finally {
    inside = was;
  }
};
