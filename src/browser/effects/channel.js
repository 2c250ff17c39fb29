// The channel between tabs. It carries a mark, of an end its code and reason, whose they are, and never a token.

export class Channel {
  #tell;
  #name;
  #owner;
  #channel;

  constructor(tell, name, endpoint, client) {
    this.#tell = tell;
    this.#name = name;
    this.#owner = [endpoint, client];
  }
  /** With `record`, tabs share a record; else only a cookie. */
  open(number, record) {
    this.close();
    try {
      this.#channel = new BroadcastChannel(`authfetch:${record ? "local" : "cookie"}:${this.#name}`);
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
