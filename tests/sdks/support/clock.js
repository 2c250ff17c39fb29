// One clock for a test's server and its pages, moved on together. It imports nothing, so that a page can run it too.

/** Moves this realm's clock on by so many milliseconds. */
export function moveClock(ms) {
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...parts) {
      if (parts.length > 0) super(...parts);
      else super(Real.now() + ms);
    }
    static now() {
      return Real.now() + ms;
    }
  };
}
