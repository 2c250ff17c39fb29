// Protection against cross-site request forgery: the value that a request of a cookie session carries in a header, and
// what is done where the server refuses it.

import { note } from "../../js/debug.js";

/** A longer delay would be over at once. */
const LONGEST_TIMER = 2_147_483_000;
/** So much of an answer is read, for so long. */
const MOST_BYTES = 65_536;
const READ_MS = 1_000;
const NAMES_IT = /csrf|xsrf|forgery|authenticity.?token/i;

const decoded = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
const cookie = (name) => {
  const pair = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return pair && decoded(pair.slice(name.length + 1));
};
/** What a header may hold. */
const fit = (value) =>
  typeof value === "string" && /^[\t\x20-\x7e\x80-\xff]+$/.test(value) ? value : undefined;

/** The promise, or a rejection as soon as it has taken too long or the signal is aborted. */
const within = (promise, ms, signal) => {
  let timer;
  let stop;
  const ended = new Promise((_, failed) => {
    stop = () => failed(signal?.reason);
    timer = setTimeout(stop, Math.min(ms, LONGEST_TIMER));
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop);
  });
  return Promise.race([promise, ended]).finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  });
};

const cancel = async (response) => {
  try {
    await response.body.cancel();
  } catch {}
};

/** The text of an answer; an empty one where it is too long, or takes too long. */
const textOf = async (response) => {
  const reader = response.clone().body.getReader();
  const decoder = new TextDecoder();
  const read = async () => {
    let text = "";
    for (let left = MOST_BYTES; left >= 0; ) {
      const { done, value } = await reader.read();
      if (done) return text;
      left -= value.length;
      text += decoder.decode(value, { stream: true });
    }
  };
  try {
    return (await within(read(), READ_MS)) ?? "";
  } finally {
    reader.cancel().catch(() => {});
  }
};

class Csrf {
  /** How often the value was fetched anew. */
  count = 0;

  constructor(header, cookie, value, all, target, judge, underlying, ms) {
    Object.assign(this, { header, cookie, value, all, target, judge, underlying, ms });
  }
  /** Its value now, or a promise of it; `undefined` where there is none that can be sent. */
  read(signal) {
    try {
      const { cookie: name, value, ms } = this;
      const found = name === undefined ? (typeof value === "function" ? value() : value) : cookie(name);
      if (typeof found?.then !== "function") return fit(found);
      return within(found, ms, signal).then(fit, () => {});
    } catch {}
  }
  /** Whether a request with this method carries it. */
  covers(method = "GET") {
    return this.all || !/^(GET|HEAD|OPTIONS|TRACE)$/i.test(method);
  }
  /**
   * Sends a request by `once`, which gets the value. Where that is refused, it is sent once more, if `again` prepares it
   * for that. `number` is the one under which it is told of, 0 where it is not.
   */
  send(number, signal, once, again) {
    const value = this.read(signal);
    const unlessAborted = (value) => {
      if (signal?.aborted) throw signal.reason;
      return once(value);
    };
    const sent = (value) => this.sent(number, signal, value, unlessAborted, again);
    return typeof value?.then === "function" ? value.then(sent) : sent(value);
  }
  async sent(number, signal, value, once, again) {
    const { count } = this;
    const promise = once(value);
    if (number && value === undefined) note(number, "sent without a CSRF value");
    const response = await promise;
    try {
      if (!(await this.refuses(response)) || !again()) return response;
      await within(this.refetched(count), this.ms, signal);
    } catch {
      if (signal?.aborted) throw signal.reason;
      return response;
    }
    cancel(response);
    if (number) note(number, "CSRF value refused");
    return once(await this.read(signal));
  }
  /** Whether an answer says that the value is none, and nothing of the session. */
  async refuses(response) {
    try {
      const { status } = response;
      if (this.judge) return status >= 400 && status < 500 && !!(await within(this.judge(response.clone()), this.ms));
      return status === 419 || (/^40[13]$/.test(status) && NAMES_IT.test(await textOf(response)));
    } catch {
      return false;
    }
  }
  /** Fetches it anew, unless that has been done since. */
  async refetched(count) {
    if (this.target === undefined || this.count !== count) return;
    this.running ??= this.fetched();
    await this.running;
  }
  async fetched() {
    try {
      const init = { credentials: "include", cache: "no-store", auth: false };
      cancel(await within(this.underlying.call(this.target, init), this.ms));
      this.count++;
    } finally {
      this.running = undefined;
    }
  }
}

export const csrf = (...all) => new Csrf(...all);
