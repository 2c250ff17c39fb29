// What pages say to each other: names of locks, messages, marks; to see that no token is in it.

import assert from "node:assert/strict";

/** Keeps a copy of all that this page says to others: names of locks, messages, marks. */
export function listenIn() {
  const said = (globalThis.said = []);
  const spy = (prototype, method) => {
    const original = prototype[method];
    prototype[method] = function (...args) {
      said.push(`${method} ${JSON.stringify(args)}`);
      return original.apply(this, args);
    };
  };
  spy(BroadcastChannel.prototype, "postMessage");
  spy(LockManager.prototype, "request");
  spy(IDBObjectStore.prototype, "put");
  spy(IDBFactory.prototype, "open");
  spy(History.prototype, "pushState");
}

/** All that IndexedDB holds, as text. */
const databases = (tab) =>
  tab.page.evaluate(async () => {
    const found = [];
    const done = (request) =>
      new Promise((resolve, reject) =>
        Object.assign(request, { onsuccess: () => resolve(request.result), onerror: reject }),
      );
    for (const { name } of await indexedDB.databases()) {
      const db = await done(indexedDB.open(name));
      for (const name of db.objectStoreNames) {
        const store = db.transaction(name).objectStore(name);
        found.push(await Promise.all([done(store.getAllKeys()), done(store.getAll())]));
      }
      db.close();
    }
    return JSON.stringify(found);
  });

/** Pages that were opened with `listenIn` have said something of each kind, and none of these tokens. */
export async function assertNothingSaid(profile, tabs, tokens) {
  const said = (await Promise.all(tabs.map((tab) => tab.page.evaluate(() => globalThis.said)))).flat();
  for (const kind of ["postMessage", "request", "put"])
    assert.ok(
      said.some((line) => line.startsWith(kind)),
      `${kind} was not heard`,
    );
  assert.ok(profile.urls.length > 0, "no request was seen");
  const all = [...said, ...profile.urls, await databases(tabs[0])].join("\n");
  for (const token of tokens) assert.ok(!all.includes(token), "a token was said");
  return said;
}
