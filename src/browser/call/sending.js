// What each call carries of the session, and what goes out in its caller's turn.

import { isRedirected, statusOf } from "./answer.js";
import { keepReplay, releaseReplay, sendWith } from "./outgoing.js";

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

/**
 * Sends what was taken down, in its caller's turn, and keeps what a second send needs. It has a signal of its own where
 * there is an `epoch` to end it.
 */
export const sendFirst = (out, instance, epoch, place, handle) => {
  // Code of the app's, which a copy of the body may run, may sign in or out: it is noted as sent with this token.
  const { value } = instance.carried;
  keepReplay(out, instance.limit);
  const signal = epoch ? epoch.cancellable(place, out.signal && out.joined) : out.joined;
  return settled(sendWith(out, instance, value, signal), instance, place, out, handle, epoch);
};
/**
 * What comes of a request, as `handle` has it. Of an error that gives the same or another one to be thrown, since a
 * promise that is rejected before anybody handles it would cost ten times as much; or a promise, where the call goes
 * on. `epoch`: of one that may be cancelled by itself.
 */
export const settled = (promise, { underlying }, place, outgoing, handle, epoch) =>
  promise.then(
    (response) => {
      epoch?.forget(place);
      if (handle.close(place, statusOf(response), underlying.inCookies && isRedirected(response))) {
        if (outgoing.copy || outgoing.stream) releaseReplay(outgoing);
        return response;
      }
      return handle.settle(place, outgoing, response);
    },
    (error) => {
      epoch?.forget(place);
      const outcome = handle.settle(place, outgoing, error);
      if (outcome !== error && outcome instanceof Promise) return outcome;
      throw outcome;
    },
  );
