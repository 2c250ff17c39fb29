// The function that stands where `fetch` stood. Rust closures have no `length`, no name and cannot tell no argument from
// `undefined`; a method can, and like the native function it is no constructor. Nothing else happens here.

/** The underlying function found at import: used where our own has been installed in its place. */
export const first = globalThis.fetch;

/** `call` as a drop-in: same name, same length, and the native error when it is called with nothing. */
export const dropIn = (call) =>
  ({
    fetch(input) {
      return arguments.length ? call(input, arguments[1]) : first();
    },
  }).fetch;

/** Marks a promise as handled. */
export const hush = (promise) => {
  Promise.resolve(promise).catch(() => {});
};
