// The mark that tabs commit: how far a record, or a cookie's session, has come. IndexedDB, whose committed transactions
// every tab sees in the order of the lock; where it is blocked, a lock's name. None of it carries a token.

const COMMIT_MS = 500;
const MARKS = "marks";

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const within = (ms, work) => Promise.race([work, pause(ms)]).catch(() => {});

const database = () =>
  new Promise((done, failed) => {
    const request = indexedDB.open("authfetch", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(MARKS);
    request.onsuccess = () => done(request.result);
    request.onerror = request.onblocked = () => failed(request.error);
  });

/**
 * Adds a mark of `name`, those below it removed, or resolves with its marks, the latest at the end. A mark is a key, so
 * that a transaction needs no more of the page's script once it has begun: a page that is put away in the middle of one
 * would lose its place in the back-forward cache as soon as another tab came to the store.
 */
const transact = async (name, mark) => {
  const db = await database();
  try {
    return await new Promise((done, failed) => {
      const transaction = db.transaction(MARKS, mark ? "readwrite" : "readonly", { durability: "relaxed" });
      const store = transaction.objectStore(MARKS);
      const below = (end) => IDBKeyRange.bound([name], [name, ...end], false, true);
      if (mark) store.delete(below(mark));
      // An array is above every number.
      const request = mark ? store.put(0, [name, ...mark]) : store.getAllKeys(below([[]]));
      transaction.oncomplete = () => done(request.result);
      transaction.onerror = transaction.onabort = () => failed(transaction.error);
      transaction.commit?.();
    });
  } finally {
    db.close();
  }
};

/** A record says whose it is; of the mark of a cookie's session its name says so. */
const nameOf = ({ names, owner }, record) => (record ? names[1] : [names[0], ...owner].join(" "));
/** A negative number is not told. With `record`, tabs share a record; else only a cookie. */
export const commit = (tabs, number, record, epoch, version) => {
  put(nameOf(tabs, record), epoch, version).then(() => number < 0 || tabs.tell(number));
};
/** Of two reads of one number the later one is told. */
export const read = (tabs, number, record) => {
  const { tell, reads } = tabs;
  const mark = committed(nameOf(tabs, record));
  reads.set(number, mark);
  mark.then((read) => reads.get(number) === mark && tell(number, read?.[0], read?.[1]));
};

const isLater = ([epoch, version], than) => !than || epoch > than[0] || (epoch === than[0] && version > than[1]);

/** Where IndexedDB is blocked: a shared lock whose name says the mark, held until the next of that name. */
const held = new Map();
const markLock = (name, epoch, version) =>
  new Promise((done) => {
    const hold = () =>
      new Promise((release) => {
        held.get(name)?.();
        held.set(name, release);
        done();
      });
    navigator.locks.request(`${name}:${epoch}:${version}`, { mode: "shared" }, hold).catch(done);
  });

/** Commits how far the record has come; a later mark stays. */
const put = (name, epoch, version) =>
  within(
    COMMIT_MS,
    transact(name, [epoch, version]).catch(() => markLock(name, epoch, version)),
  );

/** How far the last holder of the lock has brought the record. */
const committed = (name) => {
  const fromLocks = async () => {
    const { held: all } = await navigator.locks.query();
    const marks = all
      .filter((one) => one.name.startsWith(`${name}:`))
      .map((one) =>
        one.name
          .slice(name.length + 1)
          .split(":")
          .map(Number),
      );
    // Another session's name may begin as this one does.
    return marks
      .filter(([epoch, version]) => epoch >= 0 && version >= 0)
      .reduce((latest, mark) => (isLater(mark, latest) ? mark : latest), undefined);
  };
  const fromDatabase = async () => (await transact(name)).pop()?.slice(1);
  return within(COMMIT_MS, fromDatabase().catch(fromLocks));
};
