// What each call carries of the session.

/**
 * The header's value (the token, after its scheme if it has one), and the `init` of a call that brings none. With
 * `strict`, a redirect is an error: a header of this name would not be stripped on its way elsewhere. Without a token the
 * session is in cookies, which go to another origin too.
 */
export const carried = (header, given, token, signal, strict) => {
  if (token === undefined) return { init: { signal }, crossing: { signal, credentials: "include" } };
  const scheme = typeof given === "string" ? given : "Bearer";
  const value = scheme ? `${scheme} ${token}` : token;
  return { value, init: { headers: [[header, value]], signal, ...(strict && { redirect: "error" }) } };
};
export const headerValueOf = ({ value }) => value;
/**
 * Sends a call that brings nothing but a URL, with a signal of its own where there is an `epoch` to end it. Its outcome is
 * as `settle` has it, told of `outgoing`. `crosses`: cookies are to go to another origin.
 */
export const send = ({ init, crossing }, underlying, url, epoch, place, outgoing, settle, crosses) => {
  const own = { ...(crosses ? crossing : init) };
  if (epoch) own.signal = epoch.cancellable(place);
  return underlying.chained(url, own, place, outgoing, settle, epoch);
};
