// Protection against cross-site request forgery: the value that a request of a cookie session carries in a header, and
// what is done where the server refuses it.

import { note } from "../../js/debug.js";
import { attempt, cancel } from "./foreign.js";

/** A longer delay would be over at once. */
const LONGEST_TIMER = 2_147_483_000;
/** So much of an answer is read, for so long. */
const MOST_BYTES = 65_536;
const READ_MS = 1_000;
const NAMES_IT = /csrf|xsrf|forgery|authenticity.?token/i;

const cookieOf = (cookie) => {
  const pair = document.cookie.split("; ").find((pair) => pair.startsWith(`${cookie}=`));
  const text = pair?.slice(cookie.length + 1);
  return text && attempt(() => decodeURIComponent(text), text);
};
/** What a header may hold. */
const fit = (value) => (typeof value === "string" && /^[\t\x20-\x7e\x80-\xff]+$/.test(value) ? value : undefined);
const isPromise = (value) => typeof value?.then === "function";

/** The promise, or a rejection as soon as it has taken too long or the signal is aborted. */
const within = (promise, ms, signal) => {
  let timer;
  let stop;
  const ended = new Promise((_, failed) => {
    stop = () => failed(signal?.reason);
    timer = setTimeout(stop, ms);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop);
  });
  return Promise.race([promise, ended]).finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  });
};

/** The text of an answer; nothing where it is too long, or takes too long. */
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
  return within(read(), READ_MS).finally(() => void reader.cancel().catch(() => {}));
};

/**
 * `members` are those of the option, checked each by itself. `timeout`: how many ms anything is waited for. Whether it goes along
 * with requests of all methods.
 */
export const protect = (members, underlying, timeout) => {
  const ms = Math.min(timeout, LONGEST_TIMER);
  const get = (name) => members.get(name);
  const [header, cookie, given, target, judge] = ["header", "cookie", "value", "refetch", "isCsrfFailure"].map(get);
  if (header === undefined) members.refuse("header", header, "a header's name");
  if ((cookie === undefined) === (given === undefined))
    members.refuse("value", given, "a value in place of a `cookie`");
  const all = get("methods") === 1;
  /** How often the value was fetched anew, and what fetches it now. */
  let count = 0;
  let running;

  /** Its value now, or a promise of it; `undefined` where there is none that can be sent. */
  const read = (signal) =>
    attempt(() => {
      const value = cookie !== undefined ? cookieOf(cookie) : typeof given === "function" ? given() : given;
      return isPromise(value) ? within(value, ms, signal).then(fit, () => {}) : fit(value);
    });
  const fetched = async ({ body }) => {
    count++;
    cancel(body);
  };
  const refetched = () =>
    (running ??= within(underlying.call(target, { credentials: "include", cache: "no-store", auth: false }), ms)
      .then(fetched)
      .finally(() => {
        running = undefined;
      }));
  /** Whether an answer says that the value is none, and nothing of the session. */
  const refuses = async (response) => {
    try {
      const { status } = response;
      if (judge) return status >= 400 && status < 500 && !!(await within(judge(response.clone()), ms));
      return status === 419 || (/^40[13]$/.test(status) && NAMES_IT.test((await textOf(response)) ?? ""));
    } catch {
      return false;
    }
  };
  const sent = async (number, signal, value, once, again) => {
    const before = count;
    const send = (value) => {
      if (signal?.aborted) throw signal.reason;
      return once(value);
    };
    const promise = send(value);
    if (number && value === undefined) note(number, "sent without a CSRF value");
    const response = await promise;
    try {
      if (!(await refuses(response)) || !again()) return response;
      // It is fetched anew, unless that has been done since.
      if (target && count === before) await within(refetched(), ms, signal);
    } catch {
      if (signal?.aborted) throw signal.reason;
      return response;
    }
    cancel(response.body);
    if (number) note(number, "CSRF value refused");
    return send(await read(signal));
  };
  underlying.csrf = {
    header,
    refuses,
    /** Whether a request with this method carries it; what is no text is read by the native function alone. */
    covers: (method = "GET") => all || typeof method !== "string" || !/^(GET|HEAD|OPTIONS|TRACE)$/i.test(method),
    /**
     * Sends a request by `once`, which gets the value. Where that is refused, it is sent once more, if `again` prepares
     * it for that. `number` is the one under which it is told of, 0 where it is not.
     */
    send(number, signal, once, again) {
      const value = read(signal);
      const go = (value) => sent(number, signal, value, once, again);
      return isPromise(value) ? value.then(go) : go(value);
    },
  };
  return all;
};
