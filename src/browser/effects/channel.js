// The channel between tabs. It carries a mark, of an end its code and reason, whose they are, and never a token.

/** What the lock and the channel of a session are called: where tabs share a cookie alone, and where a record. */
export const namesOf = (name) => [`authfetch:cookie:${name}`, `authfetch:local:${name}`];

export class Channel {
  #tell;
  #names;
  #owner;
  #channel;

  /** `names` as `namesOf` gives them; `endpoint` and `client` tell apps of one name apart. */
  constructor(tell, names, endpoint, client) {
    this.#tell = tell;
    this.#names = names;
    this.#owner = [endpoint, client];
  }
  /** With `record`, tabs share a record; else only a cookie. */
  open(number, record) {
    this.close();
    try {
      this.#channel = new BroadcastChannel(this.#names[record]);
      this.#channel.onmessage = ({ data }) => Array.isArray(data) && this.#tell(number, data);
    } catch {}
  }
  close() {
    this.#channel?.close();
    this.#channel = undefined;
  }
  post(epoch, version, code, reason) {
    this.#channel?.postMessage([epoch, version, code, reason, ...this.#owner]);
  }
}
