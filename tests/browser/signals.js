// A browser without `AbortSignal.any`, until `restore`; and signals that count what listens to them.

const { any } = AbortSignal;

export const remove = () => void delete AbortSignal.any;
export const restore = () =>
  void Object.defineProperty(AbortSignal, "any", { value: any, configurable: true, writable: true });

/** The listeners of this signal, as an array that follows them. */
export const listenersOf = (signal) => {
  const listeners = [];
  signal.addEventListener = (kind, listener, options) => {
    listeners.push(listener);
    AbortSignal.prototype.addEventListener.call(signal, kind, listener, options);
  };
  signal.removeEventListener = (kind, listener) => {
    listeners.splice(listeners.indexOf(listener), 1);
    AbortSignal.prototype.removeEventListener.call(signal, kind, listener);
  };
  return listeners;
};
