// One signal for a call that has a caller's and the session's to obey. However many calls there are, none costs more
// than the first.

/** A constructor that gives its argument: what is derived from it puts private members there. */
function Given(object) {
  return object;
}
/**
 * What is remembered of signals, as a private member of theirs: a WeakMap with a new key for each call would cost the
 * garbage collector more than the rest of the call takes.
 */
const memory = () =>
  class extends Given {
    #value;
    constructor(object, value) {
      super(object);
      this.#value = value;
    }
    static get(object) {
      return #value in object ? object.#value : undefined;
    }
  };

/** Everything that the end of one epoch aborts: `requests` are those that may be cancelled by themselves, by number. */
class Epoch {
  controller = new AbortController();
  known = memory();
  requests = new Map();
  /** Whether its session has ended, whose calls may not have been aborted yet. */
  isOver = false;

  /** A signal that ends with this epoch, that `cancel` aborts, and that follows `signal` where there is one. */
  cancellable(place, signal) {
    const controller = new AbortController();
    this.requests.set(place, controller);
    return signal ? AbortSignal.any([controller.signal, signal]) : controller.signal;
  }

  /** The request at this place is over. */
  forget(place) {
    this.requests.delete(place);
  }

  /** A signal that ends with this epoch, for a call that brings none. */
  next() {
    return next(this.controller.signal);
  }

  /** One signal that follows this epoch and a call's own; `undefined` where that is aborted, or no signal. */
  join(signal) {
    try {
      if (signal === undefined || (typeof signal === "object" && !signal?.aborted))
        return joined(this.known, signal, this.controller.signal);
    } catch {}
  }
}
export const epoch = () => new Epoch();
export const close = (it) => {
  it.isOver = true;
};
export const abort = ({ controller, requests }, reason) => {
  for (const one of [controller, ...requests.values()]) one.abort(reason);
};
export const join = (it, { signal }) => it.join(signal);

/** Whether a signal can follow two others and outlive both of their holders. */
export const composes = () => !!AbortSignal.any;
export const cancellable = (it, place, signal) => it.cancellable(place, signal);
export const cancel = ({ requests }, place) => requests.get(place)?.abort();
export const forget = (it, place) => it.forget(place);

/**
 * Whether only so many may follow one signal of ours. Whenever one more does, Firefox goes through all that ever did:
 * with one signal for a whole session each call would cost more than the one before. Elsewhere there is one, since each
 * further one would be kept in vain: nothing tells when its last follower has gone. `InternalError` is Firefox's own.
 */
const LIMITED = "InternalError" in globalThis;
const FOLLOWERS = 500;
/** The session's signal, and those that end with it and are followed in its place. */
const chains = new WeakMap();

/** A signal that ends with `own`, and that at most `FOLLOWERS` follow where that matters. */
const next = (own) => {
  if (!LIMITED || own.aborted) return own;
  const chain = chains.get(own) ?? begun(own);
  if (chain.left-- === 0) {
    const link = new AbortController();
    chain.links.push(link);
    chain.left = FOLLOWERS - 1;
    chain.last = link.signal;
  }
  return chain.last;
};

const begun = (own) => {
  const chain = { links: [], left: 0, last: undefined };
  chains.set(own, chain);
  own.addEventListener("abort", () => chain.links.forEach((link) => link.abort(own.reason)));
  return chain;
};

/** One signal that follows both: the same one for each pair. `undefined` where the caller's is none. */
export const joined = (known, caller, own) => {
  if (!caller) return next(own);
  let signal = known.get(caller);
  try {
    if (!signal) new known(caller, (signal = either(caller, own)));
  } catch {}
  return signal;
};

const either = (caller, own) => (AbortSignal.any ? AbortSignal.any([caller, next(own)]) : composed(caller, own));

/** The session's signal, and what listens to callers' signals in its name, where the browser composes none. */
const listeners = new WeakMap();

/**
 * `AbortSignal.any` for browsers without it. Nothing here outlives its use: the caller's signal is held by nothing of
 * ours, and its listener goes when the session ends; what stands beside the session's signal goes when the caller's is
 * collected.
 */
const composed = (caller, own) => {
  const controller = new AbortController();
  // Throws where it is no signal, as `any` does.
  const ended = Reflect.get(AbortSignal.prototype, "aborted", caller) ? caller : own;
  if (ended.aborted) {
    controller.abort(ended.reason);
  } else {
    const listener = listenerOf(controller);
    caller.addEventListener("abort", listener);
    follow(own, caller, listener);
  }
  return controller.signal;
};

/** In a scope of its own, so that it keeps nothing but the controller alive. */
const listenerOf = (controller) => (event) => controller.abort(event.target.reason);

const follow = (own, caller, listener) => {
  let all = listeners.get(own);
  if (!all) {
    const callers = new Map();
    all = { callers, collected: new FinalizationRegistry((listener) => callers.delete(listener)) };
    listeners.set(own, all);
    own.addEventListener("abort", (event) => {
      for (const [listener, caller] of callers) {
        caller.deref()?.removeEventListener("abort", listener);
        listener(event);
      }
      callers.clear();
    });
  }
  all.callers.set(listener, new WeakRef(caller));
  all.collected.register(caller, listener);
};
