// What the engine offers between tabs: locks, a channel, and IndexedDB, whose committed transactions every tab sees in
// the order of the lock. None of them carries a token. Each resolves with nothing where the browser lacks it or blocks
// it.

const COMMIT_MS = 500;
const MARKS = "marks";

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** How often it is asked who holds the lock while one page may hold it. */
const LOOKS = 4;
/** What is told of a lock. */
const GRANTED = 0;
const UNAVAILABLE = 1;
const LOST = 2;

/**
 * Waits for a lock, and tells when it is granted, when one page has held it for so many milliseconds, and when it was
 * stolen. A queue may take longer, as long as it moves. Returns a function that releases the lock, or gives up the
 * wait; nothing is told after that.
 */
export const acquire = (name, ms, steal, tell) => {
  const { locks } = globalThis.navigator ?? {};
  if (!locks) return lease(name, ms, tell);
  const controller = new AbortController();
  let timer;
  let granted;
  let over;
  let release = () => controller.abort();
  const end = () => {
    over = true;
    clearTimeout(timer);
    release();
  };
  const unavailable = () => {
    if (over || granted) return;
    end();
    tell(UNAVAILABLE);
  };
  let holder;
  let looks = 0;
  const look = async () => {
    const { held } = await locks.query();
    const page = held.find((one) => one.name === name)?.clientId;
    looks = page === holder ? looks + 1 : 0;
    holder = page;
    if (looks >= LOOKS) unavailable();
    else if (!(over || granted)) timer = setTimeout(() => look().catch(unavailable), ms / LOOKS);
  };
  // Where that cannot be asked, the wait is bounded by itself.
  if (!steal) look().catch(() => over || granted || (timer = setTimeout(unavailable, ms)));
  const hold = () =>
    over
      ? undefined
      : new Promise((done) => {
          clearTimeout(timer);
          granted = true;
          release = done;
          tell(GRANTED);
        });
  // Rejected after it was granted, it has been stolen.
  locks.request(name, steal ? { steal } : { signal: controller.signal }, hold).catch(() => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    tell(granted ? LOST : UNAVAILABLE);
  });
  return end;
};

/** Where there are no locks: a lease in storage with an owner, a deadline and a fencing number. Best effort. */
const lease = (name, ms, tell) => {
  const key = `${name}:lease`;
  const owner = Math.random().toString(36).slice(2);
  let over;
  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {}
  };
  const wait = async () => {
    let end = Date.now() + ms;
    let holder;
    while (!over && Date.now() < end) {
      const held = read();
      if (held?.fence !== holder) [holder, end] = [held?.fence, Date.now() + ms];
      if (!(held?.until > Date.now())) {
        localStorage.setItem(key, JSON.stringify({ owner, until: Date.now() + ms, fence: (held?.fence ?? 0) + 1 }));
        // Long enough for a rival's write of the same moment to be seen.
        await pause(40 + Math.random() * 40);
        if (read()?.owner === owner) return true;
      }
      await pause(20);
    }
  };
  const free = () => read()?.owner === owner && localStorage.removeItem(key);
  wait()
    .catch(() => {})
    .then((held) => (over ? held && free() : tell(held ? GRANTED : UNAVAILABLE)));
  return () => {
    over = true;
    free();
  };
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

export const channel = (name, onMessage) => {
  try {
    const opened = new BroadcastChannel(name);
    opened.onmessage = ({ data }) => Array.isArray(data) && onMessage(data);
    return opened;
  } catch {}
};
export const post = (opened, ...signal) => opened?.postMessage(signal);
export const shut = (opened) => opened?.close();
