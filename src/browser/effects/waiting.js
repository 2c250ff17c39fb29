// Calls that wait, each until it is woken or its signal is aborted.

export class Waiting {
  #wakes = new Map();

  wait(id, signal) {
    return new Promise((done) => {
      const wake = () => {
        this.#wakes.delete(id);
        signal?.removeEventListener("abort", wake);
        done();
      };
      this.#wakes.set(id, wake);
      signal?.addEventListener("abort", wake);
    });
  }
  wake(id) {
    this.#wakes.get(id)?.();
  }
}
