// Whose the record of a tab is: a lock that the owner's page holds for its life.

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export class Claim {
  #tell;
  #release;

  constructor(tell) {
    this.#tell = tell;
  }
  /** Tells whether this page owns what has this name. */
  claim(number, name) {
    claim(name).then((release) => {
      this.#release = release;
      this.#tell(number, !!release);
    });
  }
  release() {
    this.#release?.();
    this.#release = undefined;
  }
}

/**
 * Holds a lock as long as the page lives. Resolves with a function that gives it up, or with nothing where another page
 * holds it; a page that is just being left gives up a little late.
 */
const claim = async (name) => {
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
