// Requests to a token or a revocation endpoint, calls of the app's functions in their place, and what is received.

import { attempt } from "../foreign.js";

const { create, entries, fromEntries, keys } = Object;
const { parse, stringify } = JSON;
/** A longer delay would be over at once. */
const LONGEST_TIMER = 2_147_483_000;

export const begin = () => new AbortController();
export const isAborted = ({ signal }) => signal.aborted;

/** The promise, or a rejection as soon as it has taken too long or is aborted. */
export const within = async (controller, ms, promise) => {
  const { signal } = controller;
  const late = () => controller.abort(new DOMException("It took longer than `refreshTimeout` allows.", "TimeoutError"));
  const timer = setTimeout(late, Math.min(ms, LONGEST_TIMER));
  const aborted = new Promise((_, failed) => {
    const stop = () => failed(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    clearTimeout(timer);
  }
};

/**
 * Sends a refresh token, to be used or to be revoked. What is `undefined` is left out of the body. Of a session in
 * cookies there is no token, and no body without members; a value against request forgery goes along.
 */
export const post = async (
  { signal },
  underlying,
  url,
  credentials,
  client_id,
  params,
  given,
  isJson,
  token,
  revokes,
) => {
  const { csrf, inCookies } = underlying;
  const fetch = underlying.find();
  const grant = revokes
    ? { token, token_type_hint: "refresh_token" }
    : { grant_type: "refresh_token", refresh_token: token };
  const ours = inCookies ? {} : { ...grant, client_id };
  const members = entries({ __proto__: null, ...ours, ...params }).filter(([, value]) => value !== undefined);
  const hasBody = !inCookies || members.length;
  const headers = new Headers(given);
  if (!headers.has("accept")) headers.set("accept", "application/json");
  if (isJson && hasBody && !headers.has("content-type")) headers.set("content-type", "application/json");
  const once = (value) => {
    if (value !== undefined) headers.set(csrf.header, value);
    return fetch(url, {
      __proto__: null,
      method: "POST",
      redirect: "manual",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      credentials,
      headers,
      ...(hasBody && { body: isJson ? stringify(fromEntries(members)) : new URLSearchParams(members) }),
      signal,
      auth: false,
      // Calls wait for a refresh, and it is not to wait behind what the browser has queued.
      ...(revokes ? { keepalive: true } : { priority: "high" }),
    });
  };
  return csrf ? csrf.send(0, signal, once, () => true) : once();
};

/** Calls the app's refresh function. */
export const refresh = async ({ signal }, call, fetch, token, reason) =>
  call({ refreshToken: token ?? null, signal, fetch, reason });
/** Calls the app's revocation function, a microtask later. */
export const revoke = async ({ signal }, call, fetch, token, accessToken) => {
  await undefined;
  return call({ refreshToken: token ?? null, signal, fetch, accessToken: accessToken ?? null });
};
/** Asks the app's function. */
const asked = async (judge, response) => judge(response);
export const ask = (controller, ms, judge, { again }) => within(controller, ms, asked(judge, again));

/**
 * What was received: a response and its JSON, and where `copies` a 4xx as it can be read again. A refresh function may
 * return tokens, or a response whose body it has read; a mock may have no `text`, or no `clone`.
 */
const received = async (sent, isFunction, copies, secret, { csrf }) => {
  const value = await sent;
  const refusesCsrf = !!(await csrf?.refuses(value));
  const has = (name) => typeof value?.[name] === "function";
  const readable = has("text") || has("json");
  const isResponse = typeof value?.status === "number";
  let status = isResponse && value.type !== "opaqueredirect" ? value.status : 0;
  let again = value;
  let json;
  if (readable && !value.bodyUsed) {
    const copy = copies && status >= 400 && has("clone") && value.clone();
    const text = await (has("text") ? value.text() : jsonOf(value));
    again = copy || create(value, { text: { value: async () => text }, json: { value: async () => parse(text) } });
    json = attempt(() => parse(text));
  }
  if (isFunction && !(readable && isResponse)) {
    status = 200;
    json = value;
  }
  const members = typeof json === "object" && json && !Array.isArray(json) ? { __proto__: null, ...json } : null;
  return {
    __proto__: null,
    status,
    json,
    members,
    is_object: !!members,
    error: members?.error,
    value,
    again,
    secret,
    refusesCsrf,
  };
};
const jsonOf = async (response) => {
  try {
    return stringify(await response.json());
  } catch {}
};
export const receive = (controller, ms, ...sent) => within(controller, ms, received(...sent));

export const header = ({ value }, name) => attempt(() => value.headers.get(name));
/** The status and the JSON of an answer, without anything that is named like a secret or holds the one presented. */
export const answerOf = ({ status, members, secret }) => {
  const named = /token|jwt|secret|password|assertion|^(access|refresh)$/i;
  const shown = (key, value) =>
    named.test(key) || (secret && typeof value === "string" && value.includes(secret)) ? undefined : value;
  return { status, body: attempt(() => parse(stringify(members, shown))) ?? null };
};
/** What is said of an answer that is of no use: its status, the names of its members, and the way out. */
export const unusable = ({ status, members }) =>
  `The token endpoint's answer (${status || "a redirect"}) cannot be used; the session is kept. Its members: ` +
  `${keys(members ?? {}).join(", ") || "none"}. If it means that the session is over, say so by option \`isRefused\` ` +
  "(of a 4xx) or `SessionRefusedError`.";

export const nameOf = (error) => attempt(() => error.name);
/** Of a response; NaN where it is none. */
export const statusOf = (answer) => attempt(() => (typeof answer.status === "number" ? answer.status : NaN));
