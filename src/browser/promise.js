// Promises that are settled from outside.

/** What settles each. */
const settles = new WeakMap();

export const pending = () => {
  let settle;
  const promise = new Promise((...both) => {
    settle = both;
  });
  settles.set(promise, settle);
  return promise;
};
/** With `rejects` 1 it is rejected, with 0 fulfilled. */
export const settle = (promise, rejects, value) => settles.get(promise)[rejects](value);

/** Marks a promise as handled: its failure is told elsewhere, or is nobody's business. */
export const markHandled = (promise) => void Promise.resolve(promise).catch(() => {});
