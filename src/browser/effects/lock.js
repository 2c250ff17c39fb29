// The lock between tabs (Web Locks), and where there is none a lease in storage.

/** What is told of a lock. */
const GRANTED = 0;
const UNAVAILABLE = 1;
const LOST = 2;

/** How often it is asked who holds the lock while one page may hold it. */
const LOOKS = 4;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** With `record`, tabs share a record; else only a cookie. */
export const lock = (tabs, number, record, ms, steal) => {
  unlock(tabs, number);
  const tell = (what) => tabs.tell(number, what);
  tabs.locks.set(number, acquire(tabs.names[record], ms, steal, tell));
};
export const unlock = ({ locks }, number) => {
  locks.get(number)?.();
  locks.delete(number);
};

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
