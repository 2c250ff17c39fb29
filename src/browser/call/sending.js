// What each call carries of the session.

/**
 * From now on calls carry the token, after its scheme if it has one; without a token the session is in cookies, which
 * go to another origin too. `init` is that of a call that brings none: where `isStrict`, a redirect is an error, since a
 * header of this name would not be stripped on its way elsewhere. `epoch` ends those calls.
 */
export const carry = (instance, given, token, epoch) => {
  const { header, isStrict } = instance;
  const scheme = typeof given === "string" ? given : "Bearer";
  const value = token && (scheme ? `${scheme} ${token}` : token);
  const init = value ? { headers: [[header, value]], ...(isStrict && { redirect: "error" }) } : {};
  instance.carried = { epoch, value, init, crossing: { credentials: "include" } };
};
