// A page whose `Date.now`, `setTimeout` and `Math.random` are replaced, as test frameworks replace them. The real ones
// stay with the tests, which wait by them.

const real = {
  now: Date.now,
  random: Math.random,
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
};
let now = 0;
let next = 0;
const timers = new Map();

/** One task of the browser's. */
export const turn = () => new Promise((done) => real.setTimeout.call(globalThis, done, 0));

export const install = () => {
  now = real.now();
  timers.clear();
  Date.now = () => now;
  Math.random = () => 0;
  globalThis.setTimeout = (run, ms = 0) => {
    timers.set(--next, { at: now + ms, run });
    return next;
  };
  globalThis.clearTimeout = (id) => timers.delete(id) || real.clearTimeout.call(globalThis, id);
};

export const uninstall = () => {
  Date.now = real.now;
  Math.random = real.random;
  Object.assign(globalThis, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout });
};

/** Chance alone is taken away: what backs off with jitter goes at once. */
export const noChance = () => void (Math.random = () => 0);

/** The clock is set, and no timer notices: they do not run by it. */
export const jump = (ms) => void (now += ms);

// As they are before any test replaces them.
const { locks } = navigator;
const request = locks.request.bind(locks);
/** The package's own database, as it opens it: what it has asked for before is answered before. */
const database = () =>
  new Promise((done) => {
    const opening = indexedDB.open("authfetch", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("marks");
    opening.onsuccess = () => done(opening.result);
  });
/**
 * What has been asked of the browser's locks, databases and bodies is answered before this, however busy it is: Firefox
 * reads the body of a response in another thread.
 */
const roundTrip = async () => {
  await new Response("{}").json();
  await request("tests:clock", () => {});
  const opened = await database();
  const reading = opened.transaction("marks").objectStore("marks").get(0);
  await new Promise((done) => (reading.onsuccess = done));
  opened.close();
  await turn();
};

/** Time passes: what is due fires in its order. */
export const advance = async (ms) => {
  const end = now + ms;
  for (;;) {
    for (let times = 0; times < 6; times++) await roundTrip();
    const [id, due] = [...timers].sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
    if (!due || due.at > end) break;
    timers.delete(id);
    now = Math.max(now, due.at);
    due.run();
  }
  now = end;
};

/** How long each pending timer has to go, the shortest first. */
export const waits = () => [...timers.values()].map(({ at }) => at - now).sort((a, b) => a - b);

/** What the browser tells a page that wakes up, or goes to sleep; a page that is shown again has been in its cache. */
export const dispatch = (kind) => {
  const event = kind === "pageshow" ? new PageTransitionEvent(kind, { persisted: true }) : new Event(kind);
  (/visibility|resume|freeze/.test(kind) ? document : window).dispatchEvent(event);
};

/** The page is behind another, until it is shown. */
export const hide = () =>
  void Object.defineProperty(document, "visibilityState", { configurable: true, value: "hidden" });
export const show = () => void delete document.visibilityState;
