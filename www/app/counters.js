// The server's own counts, read from it: what the page says about itself would prove nothing.

import { write } from "./dom.js";

const PAUSE = 250; // ms

export async function readCounters(lane) {
  const response = await fetch(`/api/counters?lane=${lane}`);
  return response.json();
}

/** What has been added since `before`. */
export function difference(after, before) {
  return Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]]));
}

/** The tiles of the page. */
export class Tiles {
  #list;
  #lane;
  #reading = null;

  constructor(list, lane) {
    this.#list = list;
    this.#lane = lane;
  }

  /** Reads and shows; never twice at the same time. */
  read() {
    this.#reading ??= this.#show().finally(() => (this.#reading = null));
    return this.#reading;
  }

  /** Reads again and again until `work` has settled, and once after. */
  async during(work) {
    let over = false;
    const done = work.finally(() => (over = true));
    const follow = async () => {
      while (!over) {
        await this.read();
        // Each reading takes one of the six connections from the calls.
        await Promise.race([done, new Promise((resolve) => setTimeout(resolve, PAUSE))]);
      }
    };
    await Promise.all([done, follow()]);
    await this.read();
  }

  async #show() {
    const counts = await readCounters(this.#lane);
    for (const tile of this.#list.querySelectorAll("[data-count]")) {
      const count = counts[tile.dataset.count];
      write(tile, String(count));
      tile.toggleAttribute("data-zero", count === 0);
    }
  }
}
