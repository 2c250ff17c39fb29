// What one session has between its tabs: the lock, the mark, the channel, and whose a tab's record is. What was waited
// for is told by the number that it was asked for with.

import { open } from "./channel.js";
import { claim } from "./claim.js";
import { acquire } from "./lock.js";
import { commit, committed } from "./mark.js";

export class Tabs {
  #tell;
  #owner;
  #names;
  #releases = new Map();
  #reads = new Map();
  #channel;
  #unclaim;

  /** The `endpoint` and the `client` tell apps of one name apart. */
  constructor(tell, name, endpoint, client) {
    this.#tell = tell;
    this.#owner = [endpoint, client];
    const cookie = `authfetch:cookie:${name}`;
    // A record says whose it is; of the mark of a cookie's session its name says so.
    this.#names = [
      [cookie, [cookie, endpoint, client].join(" ")],
      [`authfetch:local:${name}`, `authfetch:local:${name}`],
    ];
  }

  /** With `record`, tabs share a record; else only a cookie. */
  acquire(number, record, ms, steal) {
    this.release(number);
    const tell = (what) => this.#tell(number, what);
    this.#releases.set(number, acquire(this.#names[record][0], ms, steal, tell));
  }
  release(number) {
    this.#releases.get(number)?.();
    this.#releases.delete(number);
  }

  /** Without a number nobody is told. */
  commit(number, record, epoch, version) {
    const done = () => number < 0 || this.#tell(number);
    commit(this.#names[record][1], epoch, version).then(done);
  }
  /** Of two reads of one number the later one is told. */
  read(number, record) {
    const mark = committed(this.#names[record][1]);
    this.#reads.set(number, mark);
    mark.then((read) => this.#reads.get(number) === mark && this.#tell(number, read));
  }

  open(number, record) {
    this.close();
    this.#channel = open(this.#names[record][0], (signal) => this.#tell(number, signal));
  }
  close() {
    this.#channel?.close();
    this.#channel = undefined;
  }
  post(epoch, version, code, reason) {
    this.#channel?.postMessage([epoch, version, code, reason, ...this.#owner]);
  }

  /** Tells whether this page owns what has this name. */
  claim(number, name) {
    claim(name).then((release) => {
      this.#unclaim = release;
      this.#tell(number, !!release);
    });
  }
  unclaim() {
    this.#unclaim?.();
    this.#unclaim = undefined;
  }
}
