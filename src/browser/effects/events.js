// What listeners are told of one session. A listener that throws breaks nothing.

/** With `debug`, the console is told of each event too. */
export const events = (debug) => {
  const subscribers = new Set();
  /** A function of its own for each subscription: the same listener twice is told twice. */
  const subscribe = (listener) => {
    const entry = [listener];
    subscribers.add(entry);
    return () => void subscribers.delete(entry);
  };
  return { target: new EventTarget(), debug, subscribers, subscribe, session: null, warned: new Set() };
};
export const listen = ({ target }, add, kind, listener, options) =>
  target[add ? "addEventListener" : "removeEventListener"](kind, listener, options);

/** Some servers have events, and none with a detail. */
const eventOf = (kind, detail, init) =>
  globalThis.CustomEvent
    ? new CustomEvent(kind, { detail, ...init })
    : Object.assign(new Event(kind, init), { detail });
/** False where a listener has prevented what would follow. */
const fire = ({ target, debug }, kind, detail, cancelable) => {
  const goes = target.dispatchEvent(eventOf(kind, detail, { cancelable: !!cancelable }));
  if (debug) print("debug", "authfetch", kind);
  return goes;
};
export const stateChange = (events, state, previous) => fire(events, "statechange", { state, previous });
export const signIn = (events, kind, session, source) => fire(events, kind, { session, source });
export const suspend = (events, error) => fire(events, "suspend", { error });
/** With `warns` the console is told why, once of each reason. */
export const refreshFailed = (events, error, attempts, warns) => {
  fire(events, "refreshfailed", { error, attempts });
  const { warned } = events;
  if (!warns || warned.has(error.message)) return;
  warned.add(error.message);
  print("warn", `authfetch: ${error.message}`);
};
/** A microtask later, when the app may be listening. */
export const storageBlocked = (events, error) =>
  void Promise.resolve().then(() => fire(events, "storageblocked", { error }));
export const logout = (events, reason, source, error, cancelable) =>
  fire(events, "logout", error === undefined ? { reason, source } : { reason, source, error }, cancelable);
export const stepUp = (events, acrValues, maxAge, url) => {
  const detail = { acrValues: acrValues.split(" ").slice(0, -1), maxAge: maxAge >= 0 ? maxAge : null, url };
  return fire(events, "stepup", detail, true);
};

/** Calls the subscribers where the session is another one than at their last call, or with `anyway`. */
export const change = (events, session, anyway) => {
  if (session === events.session && !anyway) return;
  events.session = session;
  for (const [listener] of [...events.subscribers]) {
    try {
      listener();
    } catch (error) {
      globalThis.reportError?.(error);
    }
  }
};

/** A console that throws is no business of a session's. */
const print = (how, ...texts) => {
  try {
    console[how](...texts);
  } catch {}
};
