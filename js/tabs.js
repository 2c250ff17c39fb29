// What the engine offers between tabs: locks, a channel, and IndexedDB, whose committed transactions every tab sees in
// the order of the lock. None of them carries a token. Each resolves with nothing where the browser lacks it or blocks
// it.

const COMMIT_MS = 500;
const MARKS = "marks";

/** What is held or waited for: a page that is put away would keep it, so all of it is let go before. */
const holding = new Set();
/**
 * Until it is back, a page asks for nothing: of a frozen one some code runs on, and it would be granted what it cannot
 * use.
 */
let away;
let back;
export const releaseLocks = () => {
  away ??= new Promise((done) => (back = done));
  for (const free of [...holding]) free();
};
export const resumeLocks = () => (back?.(), (away = undefined));

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** How often it is asked who holds the lock while one page may hold it. */
const LOOKS = 4;

/**
 * Resolves with a function that lets go of the lock; with `undefined` when one page has held it for so many
 * milliseconds or `signal` was aborted; with `null` when the page was put away while it waited. A queue may take
 * longer, as long as it moves.
 */
export const lock = async (name, ms, signal, steal) => {
  await away;
  const { locks } = globalThis.navigator ?? {};
  if (!locks) return lease(name, ms, signal);
  return new Promise((granted) => {
    const controller = new AbortController();
    let timer;
    const end = (how) => (granted(how), controller.abort(), clearTimeout(timer), holding.delete(leave));
    const stop = () => end();
    const leave = () => end(null);
    signal.addEventListener("abort", stop);
    holding.add(leave);
    let holder;
    let looks = 0;
    const look = async () => {
      const { held } = await locks.query();
      const page = held.find((one) => one.name === name)?.clientId;
      looks = page === holder ? looks + 1 : 0;
      holder = page;
      if (looks >= LOOKS) stop();
      else if (holding.has(leave)) timer = setTimeout(() => look().catch(stop), ms / LOOKS);
    };
    // Where that cannot be asked, the wait is bounded by itself.
    if (!steal) look().catch(() => holding.has(leave) && (timer = setTimeout(stop, ms)));
    let free;
    const held = () =>
      new Promise((release) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", stop);
        holding.delete(leave);
        free = () => (holding.delete(free), release());
        holding.add(free);
        granted(free);
      });
    // Rejected after it was granted, it has been stolen.
    locks
      .request(name, steal ? { steal } : { signal: controller.signal }, held)
      .catch(() => (holding.delete(free), granted()));
  });
};

/** Whether it has been neither let go of meanwhile nor stolen. */
export const holds = (free) => holding.has(free);

/** Where there are no locks: a lease in storage with an owner, a deadline and a fencing number. Best effort. */
const lease = async (name, ms, signal) => {
  const key = `${name}:lease`;
  const owner = Math.random().toString(36).slice(2);
  let end = Date.now() + ms;
  let holder;
  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {}
  };
  const free = () => void (holding.delete(free), read()?.owner === owner && localStorage.removeItem(key));
  try {
    while (!signal.aborted && Date.now() < end) {
      const held = read();
      if (held?.fence !== holder) [holder, end] = [held?.fence, Date.now() + ms];
      if (!(held?.until > Date.now())) {
        localStorage.setItem(key, JSON.stringify({ owner, until: Date.now() + ms, fence: (held?.fence ?? 0) + 1 }));
        // Long enough for a rival's write of the same moment to be seen.
        await pause(40 + Math.random() * 40);
        if (read()?.owner === owner) return (holding.add(free), free);
      }
      await pause(20);
    }
  } catch {}
};

/**
 * Holds a lock as long as the page lives. Resolves with a function that gives it up, or with nothing where another page
 * holds it; a page that is just being left gives up a little late.
 */
export const claim = async (name) => {
  const { locks } = globalThis.navigator ?? {};
  if (!locks) return () => {};
  const attempt = () =>
    new Promise((done) => {
      const held = (lock) => (lock ? new Promise((release) => done(release)) : void done());
      locks.request(name, { ifAvailable: true }, held).catch(() => done(() => {}));
    });
  for (let tries = 0; tries < 10; tries++) {
    const free = await attempt();
    if (free) return free;
    await pause(30);
  }
};

/** What the lock and the channel of a session are called, and its mark. */
export const namesOf = (record, name, endpoint, client) => {
  const shared = `authfetch:${record ? "local" : "cookie"}:${name}`;
  return [shared, record ? shared : [shared, endpoint, client].join(" ")];
};

const within = (ms, work) => Promise.race([work, pause(ms)]).catch(() => {});

const database = () =>
  new Promise((done, failed) => {
    const request = indexedDB.open("authfetch", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(MARKS);
    request.onsuccess = () => done(request.result);
    request.onerror = request.onblocked = () => failed(request.error);
  });

/**
 * One transaction over the mark of `name`: resolves with what it holds, after `write` has been given the chance to
 * replace it.
 */
const transact = async (name, write) => {
  const db = await database();
  try {
    return await new Promise((done, failed) => {
      const transaction = db.transaction(MARKS, write ? "readwrite" : "readonly", { durability: "relaxed" });
      const store = transaction.objectStore(MARKS);
      const request = store.get(name);
      request.onsuccess = () => write?.(store, request.result);
      transaction.oncomplete = () => done(request.result);
      transaction.onerror = transaction.onabort = () => failed(transaction.error);
    });
  } finally {
    db.close();
  }
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
export const commit = (name, epoch, version) => {
  const mark = [epoch, version];
  const put = (store, known) => void (isLater(mark, known) && store.put(mark, name));
  return within(
    COMMIT_MS,
    transact(name, put).catch(() => markLock(name, epoch, version)),
  );
};

/** How far the last holder of the lock has brought the record. */
export const committed = (name) => {
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
  return within(COMMIT_MS, transact(name).catch(fromLocks));
};

export const channel = (name, hear) => {
  try {
    const opened = new BroadcastChannel(name);
    opened.onmessage = ({ data }) => Array.isArray(data) && hear(data);
    return opened;
  } catch {}
};
export const post = (opened, ...signal) => opened?.postMessage(signal);
export const shut = (opened) => opened?.close();
