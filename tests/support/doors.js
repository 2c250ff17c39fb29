// Where a test server keeps requests waiting, so that a test decides when they go on, and how.

/** Doors by their names; one that nobody has shut is open. */
export class Doors {
  #shut = new Map();

  /** Shuts one, for so many requests; the returned function opens it. `arrived` counts those that came to it. */
  shut(name, only = Infinity) {
    let open;
    const door = { left: only, arrived: 0, until: new Promise((resolve) => (open = resolve)) };
    this.#shut.set(name, door);
    const release = (how = "go") => (this.#shut.get(name) === door && this.#shut.delete(name), open(how));
    return Object.assign(release, { arrived: () => door.arrived });
  }

  /** Waits there, and says how the request is to go on. */
  async pass(name) {
    const door = this.#shut.get(name);
    if (!door || door.left-- <= 0) return "go";
    door.arrived++;
    return door.until;
  }
}
