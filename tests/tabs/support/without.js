// Run in a page ahead of every script, each makes of the browser one that lacks something, or blocks it.

export const withoutLocks = () => Object.defineProperty(Navigator.prototype, "locks", { value: undefined });

export const withoutDatabase = () => {
  IDBFactory.prototype.open = () => {
    throw new DOMException("blocked", "SecurityError");
  };
};

export const withoutChannel = () => delete globalThis.BroadcastChannel;

export const withNothing = () => {
  Object.defineProperty(Navigator.prototype, "locks", { value: undefined });
  delete globalThis.BroadcastChannel;
  delete globalThis.indexedDB;
  Object.defineProperty(globalThis, "indexedDB", { value: undefined });
};
