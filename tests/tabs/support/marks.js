// What the tabs of one profile keep in IndexedDB: how far the record has come. Both are run in pages.

/** Resolves when every mark that this page has begun to commit is: transactions of one store that write go in order. */
export const afterMarks = () =>
  new Promise((done, failed) => {
    const request = indexedDB.open("authfetch", 1);
    request.onerror = failed;
    request.onsuccess = () => {
      const transaction = request.result.transaction("marks", "readwrite");
      transaction.oncomplete = () => (request.result.close(), done());
      transaction.onabort = failed;
    };
  });

/**
 * Before every script: `inMark` is called once, when a mark's transaction has begun and all of that turn is done, and
 * `markEnded` says how that one has ended.
 */
export function interceptMarks() {
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function (...args) {
    const begun = transaction.apply(this, args);
    const { inMark } = globalThis;
    if (inMark) {
      globalThis.inMark = undefined;
      for (const kind of ["complete", "abort"]) begun.addEventListener(kind, () => (globalThis.markEnded = kind));
      queueMicrotask(inMark);
    }
    return begun;
  };
}
