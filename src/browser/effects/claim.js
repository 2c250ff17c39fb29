// Whose the record of a tab is: a lock that the owner's page holds for its life.

/** What the lock of a page is called. */
export const newName = () => `authfetch:owner:${Math.random().toString(36).slice(2)}`;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Tells whether this page owns what has this name. */
export const claim = (tabs, number, name) => {
  hold(name).then((release) => {
    tabs.release = release;
    tabs.tell(number, !!release);
  });
};
export const release = (tabs) => {
  tabs.release?.();
  tabs.release = undefined;
};

/**
 * Holds a lock as long as the page lives. Resolves with a function that gives it up, or with nothing where another page
 * holds it; a page that is just being left gives up a little late.
 */
const hold = async (name) => {
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
