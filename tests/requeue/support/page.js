// The page: one AuthFetch at a time, and calls by their addresses, whose ends are told in plain data.

import { AuthFetch } from "authfetch";

const native = globalThis.fetch;
/** A fetch of an app's own that no signal stops. */
const DEAF = (input, init) => native(input, { ...init, signal: null });

const DEFAULTS = {
  storage: "memory",
  refresh: { url: "/token", clientId: "demo" },
  // Refreshes begin where a test begins one, and end when it lets them.
  leeway: 0,
  backgroundRefresh: false,
  refreshTimeout: 600_000,
};

let sessions = 0;
let auth;
const calls = new Map();
const said = [];
const { debug } = console;
console.debug = (...words) => (said.push(words.join(" ")), debug(...words));

/** Piece by piece: so each browser gives the reason of an abort, not an error in its place. */
async function textOf({ body }) {
  let text = "";
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  for (let piece; reader && !(piece = await reader.read()).done; ) text += piece.value;
  return text;
}

/** Starts the call and reads its answer. */
function start(url, { signals, ...init }) {
  const call = { controller: new AbortController(), answered: false };
  const answer = async () => {
    const response = await auth.fetch(url, { ...init, ...(signals && { signal: call.controller.signal }) });
    call.answered = true;
    const text = await textOf(response);
    if (response.status !== 200 || init.method === "HEAD") return response.status;
    const { pathname, search } = new URL(url, location.href);
    return JSON.parse(text).path === pathname + search ? 200 : `the answer of ${text}`;
  };
  const described = (error) => (error === call.reason ? "own reason" : (error.code ?? error.name));
  call.end = answer().then(
    (value) => ({ value }),
    (error) => ({ value: described(error), error }),
  );
  calls.set(url, call);
}

globalThis.requeue = {
  /** With `deaf`, on a fetch that ignores signals; with `refreshes: false` nothing refreshes the token. */
  signIn(tokens, { deaf, refreshes = true, ...given } = {}) {
    calls.clear();
    const options = { ...DEFAULTS, name: `requeue-${sessions++}`, ...given };
    if (deaf) options.fetch = DEAF;
    if (!refreshes) delete options.refresh;
    auth = new AuthFetch(options);
    auth.setTokens(tokens);
  },
  /** Starts these at once, with this `init`: a body of `size` bytes, with `signals` a signal each. */
  start: (urls, { size, ...init } = {}) =>
    urls.forEach((url) => start(url, { ...init, ...(size && { body: new Blob([new Uint8Array(size)]) }) })),
  /** What these came to: 200 with their own answer, another status, or the code or name of an error. */
  async ends(urls) {
    const ends = await Promise.all(urls.map((url) => calls.get(url).end));
    const errors = ends.map(({ error }) => error).filter(Boolean);
    return { ends: ends.map(({ value }) => value), objects: new Set(errors).size };
  },
  /** How many of these have their headers. */
  answered: (urls) => urls.filter((url) => calls.get(url).answered).length,
  /** How many signals of these callers are aborted. */
  aborted: (urls) => urls.filter((url) => calls.get(url).controller.signal.aborted).length,
  abort(urls) {
    for (const url of urls) {
      const call = calls.get(url);
      call.reason = { of: url };
      call.controller.abort(call.reason);
    }
  },
  /** Moves the clock on. */
  late(ms) {
    const now = Date.now;
    Date.now = () => now() + ms;
  },
  logout: () => auth.logout(),
  state: () => auth.state,
  said: () => said,
  /** ms, from the first call to the last answer. */
  async timed(urls) {
    const from = performance.now();
    this.start(urls);
    await this.ends(urls);
    return performance.now() - from;
  },
};
