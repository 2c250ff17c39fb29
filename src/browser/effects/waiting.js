// Calls that wait, each until it is woken or its signal is aborted.

export const waiting = () => new Map();
export const wait = (wakes, id, signal) =>
  new Promise((done) => {
    const wake = () => {
      wakes.delete(id);
      signal?.removeEventListener("abort", wake);
      done();
    };
    wakes.set(id, wake);
    signal?.addEventListener("abort", wake);
  });
export const wake = (wakes, id) => wakes.get(id)?.();
/** A promise that is fulfilled when the other one is settled, or the signal is aborted. */
export const until = (promise, signal) =>
  new Promise((done) => {
    const end = () => {
      signal?.removeEventListener("abort", end);
      done();
    };
    signal?.addEventListener("abort", end);
    promise.then(end, end);
  });
