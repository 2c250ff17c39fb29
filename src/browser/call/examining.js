// What is asked of a call before it carries anything of the session.

import { isObject } from "../foreign.js";
import { given, header, member } from "./outgoing.js";

const { entries } = Object;

/** Headers as pairs, copied; `undefined` where only the native function can say what is wrong with them. */
const pairsOf = (headers) => {
  const iterate = headers[Symbol.iterator];
  if (!given(iterate)) {
    const record = { ...headers };
    return Object.getOwnPropertySymbols(record).length ? undefined : entries(record);
  }
  const copied = (pair) => (isObject(pair) && typeof pair[Symbol.iterator] === "function" ? [...pair] : pair);
  return typeof iterate === "function" ? Array.from(headers, copied) : undefined;
};

/** `auth: false`, or a mode that allows no header of ours. */
const optsOut = (it) => it.init.auth === false || member(it, "mode") === "no-cors";
/** Takes the headers of `init` down; false where only the native function can judge them. */
const takeHeaders = ({ init }) => {
  const { headers } = init;
  if (headers === undefined) return true;
  const pairs = isObject(headers) && pairsOf(headers);
  if (pairs) init.headers = pairs;
  return !!pairs;
};
/** Of what a URL names: whether it is of another origin than the page. */
export const crosses = (resource) => Math.floor(resource / 2 ** 51) % 2 === 1;
/** Whether cookies go along; to another origin by us, where nobody has said so. */
const takeCookies = (it, crosses) => {
  const credentials = member(it, "credentials");
  if (crosses && credentials === undefined) it.init.credentials = "include";
  return credentials !== "omit" && !(crosses && credentials === "same-origin");
};
/**
 * From now on it is ours. With `strict`, a redirect is an error unless the caller says otherwise: another header than
 * Authorization would not be stripped on a redirect to another origin. False where the native function will throw.
 */
const own = (it, strict) => {
  const { init, target } = it;
  // The signal that a copy is made with would reset these; any other member is to.
  const kept = it.isSilent && { referrer: target.referrer, referrerPolicy: target.referrerPolicy };
  if (strict && init.redirect === undefined && /^(undefined|follow)$/.test(member(it, "redirect")))
    init.redirect = "error";
  try {
    if (it.isRequest) it.target = new Request(target, { ...init, ...kept, signal: it.joined });
    return true;
  } catch {}
};
/**
 * One number for what Rust asks before it carries our header, so that it asks once: `found` says what each means. A
 * question is only asked where those before it have found nothing.
 */
export const examine = (it, verdict, { header: name, isStrict, underlying, verdicts }, epoch) => {
  if ("error" in it) return 3;
  if (it.url === undefined) return 4;
  try {
    const reached = verdict || (verdicts.get(it.url) ?? 0);
    if (reached <= 1) return reached;
    if (optsOut(it) || !takeHeaders(it)) return 4;
    if (given(header(it, name))) return 5;
    if (underlying.inCookies && !takeCookies(it, crosses(reached))) return 4;
    it.joined = epoch.join(it.signal);
    return it.joined && own(it, isStrict) ? reached : 4;
  } catch (error) {
    it.error = error;
    return 3;
  }
};
