// Timers by number, each looked up when it is set, so that fake timers work.

export class Timers {
  #ids = new Map();
  #tell;

  /** `tell` is called with the number of the timer that has fired. */
  constructor(tell) {
    this.#tell = tell;
  }
  set(number, ms) {
    this.clear(number);
    this.#ids.set(
      number,
      setTimeout(() => this.#tell(number), ms),
    );
  }
  clear(number) {
    clearTimeout(this.#ids.get(number));
  }
}
