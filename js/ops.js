// The engine's operations that Rust is built on, one line each: direct imports of the wasm, without glue between.
// No decision is made here. What cannot throw in Rust's hands (`get`, `invoke`, `parse`) gives `undefined` instead.

const { assign, create, entries, freeze, keys } = Object;
const { from, isArray } = Array;
const { toString: classText } = Object.prototype;
const { parse: parseJson, stringify } = JSON;
const KINDS = ["undefined", "null", "boolean", "number", "string", "object", "function"];

/** Every name that Rust uses, by its number (src/browser/js/keys.rs). */
let names = [];
export const learn = (text) => void (names.length || (names = text.split("|")));
export const name = (key) => names[key];
export const is = (value, key) => value === names[key];

export const kind = (value) => KINDS.indexOf(value === null ? "null" : typeof value);
export const truthy = (value) => !!value;
export const same = (a, b) => a === b;
export const number = (value) => (typeof value === "number" ? value : NaN);
export const numeric = Number;
export const tag = (value) => classText.call(value).slice(8, -1);
export const text = String;

export const get = (target, key) => {
  try {
    return target[names[key]];
  } catch {}
};
export const at = (target, index) => target?.[index];
export const put = (target, key, value) => void (target[names[key]] = value);
export const putNumber = put;
export const drop = (target, key) => void delete target[names[key]];
export const has = (target, key) => names[key] in target;

export const bare = () => create(null);
export const own = (value) => assign(create(null), value);
export const plain = (value) => ({ ...value });
export const frozen = (value) => freeze({ ...value });
export const merge = (target, source) => void assign(target, source);
/** The first member whose name is none of a run of ours. */
export const unknown_member = (members, first, last) =>
  keys(members).find((key) => !names.slice(first, last + 1).includes(key));

export const list = () => [];
export const push = (array, value) => void array.push(value);
export const array = isArray;
export const items = (iterable) => from(iterable);
/** Headers as pairs, copied; `undefined` where only the native function can say what is wrong with them. */
export const pairs = (headers) => {
  const iterate = headers[Symbol.iterator];
  if (iterate === undefined || iterate === null) {
    const record = { ...headers };
    return Object.getOwnPropertySymbols(record).length ? undefined : entries(record);
  }
  const copied = (pair) =>
    typeof pair === "object" && typeof pair?.[Symbol.iterator] === "function" ? [...pair] : pair;
  return typeof iterate === "function" ? from(headers, copied) : undefined;
};
export const size = (array) => array.length;

export const parse = (json) => {
  try {
    return parseJson(json);
  } catch {}
};
/** `undefined` where it holds what JSON cannot. */
export const json = (value, replace) => {
  try {
    return stringify(value, replace);
  } catch {}
};
export const date = (value) => Date.parse(value);

export const global = (key) => globalThis[names[key]];
export const call = (f, a, b) => (b === undefined ? f(a) : f(a, b));
export const invoke = (target, key, a, b) => {
  try {
    return b === undefined ? target[names[key]](a) : target[names[key]](a, b);
  } catch {}
};
export const construct = (key, a, b) => {
  try {
    return new globalThis[names[key]](a, b);
  } catch {}
};
export const bind = (f, a, b) => f.bind(undefined, a, b);

export const reject = (error) => Promise.reject(error);
// biome-ignore lint/suspicious/noThenProperty: nobody imports this module by `import()`, which would call it
export const then = (promise, done, failed) => promise.then(done, failed);
/** Marks a promise as handled: its failure is told elsewhere, or is nobody's business. */
export const mark_handled = (promise) => void Promise.resolve(promise).catch(() => {});
/** Settles with the promise, or rejects when the signal is aborted. */
export const until = (promise, signal, over) =>
  new Promise((done, failed) => {
    const stop = () => {
      over?.();
      failed(signal.reason);
    };
    const settled = (settle) => (value) => {
      over?.();
      signal?.removeEventListener("abort", stop);
      settle(value);
    };
    Promise.resolve(promise).then(settled(done), settled(failed));
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop);
  });
/** The same, and after so many milliseconds the controller is aborted. */
export const within = (promise, controller, ms, late) => {
  const timer = setTimeout(() => controller.abort(new DOMException(late, "TimeoutError")), Math.min(ms, LONGEST_TIMER));
  return until(promise, controller.signal, () => clearTimeout(timer));
};
/** A longer delay would be over at once. */
const LONGEST_TIMER = 2_147_483_000;

export const now = () => Date.now();
export const chance = () => Math.random();

export const url = (value) => {
  try {
    return new URL(value, globalThis.document?.baseURI ?? globalThis.location?.href);
  } catch {}
};

export const fire = (target, key, detail, cancelable) =>
  target.dispatchEvent(new CustomEvent(names[key], { detail, cancelable: !!cancelable }));
export const tell = (listener) => {
  try {
    listener();
  } catch (error) {
    globalThis.reportError?.(error);
  }
};

/** Reaches for a storage area, which throws where the browser blocks it. */
export const probe = (key) => {
  if (!globalThis[names[key]]) throw new TypeError(`There is no ${names[key]}.`);
};
export const getItem = (area, key) => area.getItem(key);
/** What writing threw, if it did. */
export const setItem = (area, key, value) => {
  try {
    area.setItem(key, value);
  } catch (error) {
    return error ?? null;
  }
};

// In the order in which the native function reads them.
const MEMBERS =
  "auth body cache credentials duplex headers integrity keepalive method mode priority redirect referrer referrerPolicy signal window".split(
    " ",
  );
/**
 * A copy of `init`, each of whose members is read once: those of Fetch wherever they are defined, and what else it
 * lists.
 */
export const takeInit = (init) => {
  const copy = {};
  for (const name of MEMBERS) {
    const value = init[name];
    if (value !== undefined) copy[name] = value;
  }
  for (const name of keys(init)) if (!MEMBERS.includes(name) && name !== "__proto__") copy[name] = init[name];
  return copy;
};
export const headerOf = (pairs, name) => {
  const wanted = name.toLowerCase();
  return pairs.find((pair) => pair && String(pair[0]).toLowerCase() === wanted)?.[1];
};
/** Whether `init` says nothing to the native function, so that a Request keeps what any member would reset. */
export const silent = (init) => !MEMBERS.some((name) => !/^(auth|window)$/.test(name) && init[name] !== undefined);
export const takeRequest = (input, init, signal) => new Request(input, { ...init, signal });
export const pack = (...parts) => parts;
/** The `init` that is sent: the caller's, with our header and signal. */
export const dress = (init, name, value, signal) => {
  const headers = init.headers ?? [];
  return { ...init, headers: value === undefined ? headers : [...headers, [name, value]], signal };
};

/** The status and the JSON of an answer, without anything that is named like a secret or holds the one presented. */
export const answerOf = (status, members, secret) => ({
  status,
  body: (members && parse(json(members, (key, value) => (isSecret(key, value, secret) ? undefined : value)))) ?? null,
});
const isSecret = (key, value, secret) =>
  /token|jwt|secret|password|assertion|^(access|refresh)$/i.test(key) ||
  (typeof value === "string" && typeof secret === "string" && secret !== "" && value.includes(secret));
const jsonOf = async (response) => {
  try {
    return stringify(await response.json());
  } catch {}
};
/**
 * What was received, its JSON, and where `copies` a 4xx as it can be read again. A refresh function may return what is
 * no response, or one whose body it has read; a mock may have no `text`, or no `clone`.
 */
export const receive = async (sent, copies) => {
  const value = await sent;
  const has = (name) => typeof value?.[name] === "function";
  if (value?.bodyUsed || !(has("text") || has("json"))) return own([value, undefined, value]);
  const copy = copies && value.status >= 400 && has("clone") && value.clone();
  const text = await (has("text") ? value.text() : jsonOf(value));
  const again = { text: { value: async () => text }, json: { value: async () => parseJson(text) } };
  return own([value, parse(text), copy || create(value, again)]);
};
export const ask = async (judge, response) => judge(response);
export const unusable = (status, members) =>
  `The token endpoint's answer (${status || "a redirect"}) cannot be used; the session is kept. Its members: ` +
  `${keys(members ?? {}).join(", ") || "none"}. If it means that the session is over, say so by option \`isRefused\` ` +
  "(of a 4xx) or `SessionRefusedError`.";
export const endpointHeaders = (given, isJson) => {
  const headers = new Headers(given);
  if (!headers.has("accept")) headers.set("accept", "application/json");
  if (isJson && !headers.has("content-type")) headers.set("content-type", "application/json");
  return headers;
};
export const formOf = (members) => new URLSearchParams(entries(members).filter(([, value]) => value !== undefined));

const KNOWN_URLS = 512;
export const recall = (known, url) => known.get(url) ?? 0;
export const remember = (known, url, verdict) => {
  if (known.size >= KNOWN_URLS) known.clear();
  known.set(url, verdict);
};

/** A function of its own for each subscription: the same listener twice is told twice. */
export const subscriber = (listeners) => (listener) => {
  const entry = [listener];
  listeners.add(entry);
  return () => void listeners.delete(entry);
};
const OWN = ["origins", "fetch", "header", "scheme"];
/** Warns of plain options that differ from those of the oldest instance of the name, which count. */
export const compare = (mine, theirs) => {
  for (const name of keys(mine)) {
    if (OWN.includes(name) || /object|function/.test(typeof mine[name]) || mine[name] === theirs[name]) continue;
    console.warn(`authfetch: option \`${name}\` differs from the oldest instance's, which counts.`);
  }
};
export const listen = (target, add, kind, listener, options) =>
  void target[add ? "addEventListener" : "removeEventListener"](kind, listener, options);

export const deferred = () => {
  const parts = [];
  parts[0] = new Promise((resolve, reject) => parts.push(undefined, resolve, reject));
  return parts;
};
export const settle = (parts, ok, value) => parts[ok ? 1 : 2](value);
export const resume = (promise, step, task) =>
  void Promise.resolve(promise).then(
    (value) => step(task, true, value),
    (error) => step(task, false, error),
  );
export const watch = (promise, warned, origin) =>
  void promise.then(
    ({ status }) => {
      if (status !== 401 || warned.has(origin)) return;
      warned.add(origin);
      console.warn(`authfetch: 401 from ${origin}, where no token is sent. Option \`origins\` names where it may go.`);
    },
    () => {},
  );

/** Warns once of each thing, however often it comes. A console that throws is no business of a session's. */
export const warn = (warned, text) => {
  if (warned.has(text)) return;
  warned.add(text);
  try {
    console.warn(`authfetch: ${text}`);
  } catch {}
};

const shown = (value) =>
  typeof value === "string"
    ? stringify(value)
    : /object|function/.test(typeof value) && value
      ? classText.call(value)
      : String(value);
export const refusal = (within, name, value, takes) => {
  const path = within ? `${within}.${name}` : name;
  return `Option \`${path}\`: got ${shown(value)}, takes ${takes}.`;
};
/** The token that a header carries, after its scheme if it has one. */
export const credentials = (scheme, token) => (scheme ? `${scheme} ${token}` : token);
export const visible = (text) => /^[!-~]*$/.test(text);
export const headerName = (text) => /^[\w!#$%&'*+.^`|~-]+$/.test(text);
/** The claims of a JWT, read as a hint, never as a proof; `undefined` where the token is none. */
export const claims = (token) => {
  try {
    return parseJson(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
  } catch {}
};
export const onlyTexts = (members) => Object.values(members).every((value) => typeof value === "string");
