// Calls that wait, each until it is woken or its signal is aborted.

/** A promise that is fulfilled when what `begin` gets is called, or the signal is aborted; `over` is called by then. */
const unlessAborted = (signal, begin, over) =>
  new Promise((done) => {
    const end = () => {
      over?.();
      signal?.removeEventListener("abort", end);
      done();
    };
    begin(end);
    signal?.addEventListener("abort", end);
  });

export const waiting = () => new Map();
export const wait = (wakes, id, signal) =>
  unlessAborted(
    signal,
    (wake) => wakes.set(id, wake),
    () => wakes.delete(id),
  );
export const wake = (wakes, id) => wakes.get(id)?.();
/** A promise that is fulfilled when the other one is settled, or the signal is aborted. */
export const until = (promise, signal) => unlessAborted(signal, (end) => promise.then(end, end));
