// In every tab: one AuthFetch, what it says, and calls whose ends are told in plain data. The address may carry options
// of the instance, as JSON, so that a reloaded or duplicated tab constructs the same again.

import { AuthFetch } from "authfetch";

const DEFAULTS = {
  refresh: { url: "/token", clientId: "demo" },
  revocation: "/token/revocation",
  origins: ["/api/"],
  // Refreshes begin where a test begins one.
  leeway: 0,
  backgroundRefresh: false,
};
const KINDS = ["signin", "refresh", "refreshfailed", "suspend", "logout", "storageblocked"];

/** In each call's address: of two requests for one address a browser's cache lets the second wait for the first. */
const ME = Math.random();
const given = JSON.parse(new URLSearchParams(location.search).get("options") ?? "{}");
const auth = new AuthFetch({ ...DEFAULTS, ...given });
/** Where the API is. */
const api = new URL(given.origins?.[0] ?? "/", location.href);
const events = [];
for (const kind of KINDS) {
  auth.addEventListener(kind, ({ detail: { source, reason, error } }) =>
    events.push({ kind, source, reason, code: error?.code }),
  );
}
let calls = [];
let armed;
let shownAgain = false;
addEventListener("pageshow", ({ persisted }) => (shownAgain ||= persisted));

const described = (promise) =>
  promise.then(
    (value) => ({ value }),
    (error) => ({ error, name: error.name, code: error.code }),
  );

globalThis.tab = {
  auth,
  /** Moves this tab's clock on. */
  late(ms) {
    const now = Date.now;
    Date.now = () => now() + ms;
  },
  setTokens: (tokens) => auth.setTokens(tokens),
  /** Signs in at the back end that keeps the refresh token in a cookie. */
  async login(user) {
    const response = await fetch(new URL("/session/login", api), {
      method: "POST",
      body: user,
      credentials: "include",
    });
    auth.setTokens(await response.json());
  },
  state: () => auth.state,
  token: () => auth.session?.accessToken ?? null,
  /** What has been dispatched here, refusals and sources included, since `forget`. */
  events: () => events,
  /** The sources of the events of this kind. */
  heard: (kind) => events.filter((event) => event.kind === kind).map(({ source }) => source),
  forget: () => void ((calls = []), (events.length = 0)),
  /** Starts so many calls at once. */
  burst(count) {
    for (let n = 0; n < count; n++)
      calls.push(described(auth.fetch(String(new URL(`/api/items/${n}?${ME}`, api))).then(({ status }) => status)));
  },
  /** How each call has ended, once the last has; `objects` says how many error objects there were. */
  async outcomes() {
    const ends = await Promise.all(calls);
    const errors = ends.map(({ error }) => error).filter(Boolean);
    return { ends: ends.map(({ value, code }) => value ?? code), objects: new Set(errors).size };
  },
  refresh: () => described(auth.refresh()).then(({ value, code }) => (value ? "refreshed" : code)),
  /**
   * Refreshes so often, each time together with the other tab that does the same; says how often it was given a
   * session.
   */
  async refreshBeside(rounds) {
    const meeting = new BroadcastChannel("tests:round");
    let theirs = -1;
    let met = () => {};
    meeting.onmessage = ({ data }) => ((theirs = Math.max(theirs, data)), met());
    let refreshed = 0;
    for (let round = 0; round < rounds; round++) {
      // Said again while the other one may not be listening yet.
      const again = setInterval(() => meeting.postMessage(round), 50);
      meeting.postMessage(round);
      while (theirs < round) await new Promise((done) => (met = done));
      clearInterval(again);
      meeting.postMessage(round);
      if (await auth.refresh().then(Boolean, () => false)) refreshed++;
    }
    meeting.close();
    return { refreshed };
  },
  logout: (options) => auth.logout(options),
  /** Does this in every tab that is armed, at once, when `go` is called in one of them. */
  arm(name, ...args) {
    armed ??= new BroadcastChannel("tests:go");
    armed.run = () => globalThis.tab[name](...args);
    armed.onmessage = armed.run;
  },
  go() {
    armed.postMessage("go");
    armed.run();
  },
  /** The whole page stands still, as a hung one does, until the server answers. */
  standStill() {
    const request = new XMLHttpRequest();
    request.open("GET", "/asleep", false);
    request.send();
  },
  shownAgain: () => shownAgain,
  record: (name = "authfetch") => JSON.parse(localStorage.getItem(name)),
};
