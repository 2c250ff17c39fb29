// A caller's arguments, taken down in the turn they were given in.

import { attempt, get, isObject } from "../foreign.js";

const { toString: classText } = Object.prototype;

// In the order in which the native function reads them.
const MEMBERS =
  "auth body cache credentials duplex headers integrity keepalive method mode priority redirect referrer referrerPolicy signal window".split(
    " ",
  );
/**
 * A copy of `init`, each of whose members is read once: those of Fetch wherever they are defined, and its own. They are
 * named here, since a look-up by a name that varies takes ten times as long.
 */
const taken = (init) => {
  const {
    auth,
    body,
    cache,
    credentials,
    duplex,
    headers,
    integrity,
    keepalive,
    method,
    mode,
    priority,
    redirect,
    referrer,
    referrerPolicy,
    signal,
    window,
    ...copy
  } = init;
  if (auth !== undefined) copy.auth = auth;
  if (body !== undefined) copy.body = body;
  if (cache !== undefined) copy.cache = cache;
  if (credentials !== undefined) copy.credentials = credentials;
  if (duplex !== undefined) copy.duplex = duplex;
  if (headers !== undefined) copy.headers = headers;
  if (integrity !== undefined) copy.integrity = integrity;
  if (keepalive !== undefined) copy.keepalive = keepalive;
  if (method !== undefined) copy.method = method;
  if (mode !== undefined) copy.mode = mode;
  if (priority !== undefined) copy.priority = priority;
  if (redirect !== undefined) copy.redirect = redirect;
  if (referrer !== undefined) copy.referrer = referrer;
  if (referrerPolicy !== undefined) copy.referrerPolicy = referrerPolicy;
  if (signal !== undefined) copy.signal = signal;
  if (window !== undefined) copy.window = window;
  return copy;
};

const parsed = (url) => attempt(() => new URL(url), url);

/**
 * The caller's arguments, as they came where the native function has to judge them. What a getter throws is kept.
 * `number` is the one under which it is told of.
 */
export const takeDown = (input, init, number) => {
  const object = isObject(input);
  const request = object && typeof get(input, "clone") === "function" && typeof get(input, "url") === "string";
  if (/symbol|bigint/.test(typeof input) || !(init === undefined || typeof init === "object"))
    return { target: input, init, number };
  try {
    const url = request ? input.url : String(input);
    // What gets it can tell a URL from a text. The caller may change his own while the call waits.
    const target = request ? input : object && classText.call(input) === "[object URL]" ? parsed(url) : url;
    return outgoing(url, target, init ? taken(init) : { __proto__: null }, number, request);
  } catch (error) {
    return { error };
  }
};
/** A call with nothing but a URL. */
const plain = (url, number) => outgoing(url, url, { __proto__: null }, number);
/** No request, only the signal and the number of one. */
export const unsent = (signal, number) => outgoing("", "", { signal }, number);
/** The request that went along with a call: all of it, or its URL. */
export const outgoingOf = (sent) => (typeof sent === "string" ? plain(sent, 0) : sent);

/**
 * `url` as text; `target`: a text, a URL of ours, or a Request, of ours once it is copied. `copy`: what a second send
 * needs; `undefined` where it needs nothing, `null` where there can be none. `stream`: its body, where that is one.
 * `isUsed`: what is sent is the copy. `hasCsrf`: the caller has set the header against request forgery.
 * `joined`: the signal that it is sent with first. `isSilent`: whether `init` says nothing that changes a Request.
 */
const outgoing = (url, target, init, number, isRequest) => {
  const signal = init.signal === undefined && isRequest ? target.signal : init.signal;
  const isOnce = init.auth === "once";
  const isSilent = isRequest && !MEMBERS.some((name) => init[name] !== undefined && !/^(auth|window)$/.test(name));
  return {
    url,
    target,
    init,
    number,
    isRequest,
    isSilent,
    signal,
    isOnce,
    copy: undefined,
    stream: undefined,
    joined: undefined,
    hasCsrf: undefined,
    isUsed: false,
  };
};
