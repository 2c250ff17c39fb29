// One signal for a call that has a caller's and the session's to obey. However many calls there are, none costs more than the first.

/**
 * So many follow one signal of ours. Whenever one more does, Firefox goes through all that ever did: with one signal for a whole
 * session each call would cost more than the one before. Elsewhere there is one, since each further one would be kept in vain:
 * nothing tells when its last follower has gone. `InternalError` is Firefox's own.
 */
const FOLLOWERS = "InternalError" in globalThis ? 500 : Infinity;
/** The session's signal, and those that end with it and are followed in its place. */
const chains = new WeakMap();

/** A signal that ends with `own`, and that nothing follows yet where that matters. */
export const fresh = (own) => {
  if (FOLLOWERS === Infinity || own.aborted) return own;
  let chain = chains.get(own);
  if (!chain) {
    chains.set(own, (chain = { links: [] }));
    own.addEventListener("abort", () => chain.links.forEach((link) => link.abort(own.reason)));
  }
  const link = new AbortController();
  chain.links.push(link);
  chain.left = FOLLOWERS;
  return (chain.last = link.signal);
};

const next = (own) => {
  const chain = chains.get(own);
  return chain && chain.left-- > 0 ? chain.last : fresh(own);
};

/** One signal that follows both: the same one for each pair. `undefined` where the caller's is none. */
export const joined = (known, caller, own) => {
  if (!caller) return next(own);
  let signal = known.get(caller);
  try {
    if (!signal) known.set(caller, (signal = AbortSignal.any([caller, next(own)])));
  } catch {}
  return signal;
};
