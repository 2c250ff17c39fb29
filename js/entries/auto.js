// `authfetch/auto`: wasm where it can be had, and elsewhere the same machine as JavaScript, loaded when it is needed.
// What is asked of an instance meanwhile is done in its order, once the class has come.

import { AuthFetchError, ready as compiled, SessionRefusedError, AuthFetch as Wasm } from "#authfetch";

export { AuthFetchError, SessionRefusedError };

const UNAVAILABLE = "wasm_unavailable";

/** The class without wasm, once it has come. */
let Compat;
let loading;
/** The instances that wait for it. */
const waiting = new Set();

/** Loads it; after a failure, anew. */
function load() {
  loading ??= import("#compat").then(
    (module) => {
      Compat = module.AuthFetch;
      for (const settle of waiting) settle();
      waiting.clear();
    },
    (cause) => {
      loading = undefined;
      const why = "WebAssembly cannot be started here, and what stands in for it could not be loaded.";
      const error = new AuthFetchError(why, UNAVAILABLE, cause);
      for (const settle of waiting) settle(error);
      throw error;
    },
  );
  // Who asked for it hears of a failure from the instance.
  loading.catch(() => {});
  return loading;
}

/** An instance, or undefined where its class has to be loaded first. */
function construct(options) {
  if (Compat) return new Compat(options);
  try {
    return new Wasm(options);
  } catch (error) {
    if (error.code !== UNAVAILABLE) throw error;
  }
}

/** As an error that nobody catches: the page's own handlers hear of it. */
const report = (error) => void Promise.reject(error);

export class AuthFetch {
  #instance;
  /** What the options were refused with, once they could be read. */
  #refused;
  /** What was asked meanwhile: `run`, and `fail` where somebody waits for it. */
  #asked = [];
  #refreshing;
  #fetch;
  #subscribe;

  constructor(options) {
    this.#instance = construct(options);
    if (this.#instance) {
      this.#fetch = this.#instance.fetch;
      this.#subscribe = this.#instance.subscribe;
      return;
    }
    this.#fetch = (input, init) => this.#ask("fetch", [input, init], init?.signal ?? input?.signal);
    this.#subscribe = (listener) => this.#subscribed(listener);
    waiting.add((error) => this.#settle(options, error));
    load();
  }

  /** The class has come, or could not be loaded: then what changes the session goes on waiting, for the next try. */
  #settle(options, failed) {
    if (!failed) {
      try {
        this.#instance = new Compat(options);
      } catch (error) {
        this.#refused = error;
        report(error);
      }
    }
    const error = failed ?? this.#refused;
    const asked = this.#asked;
    this.#asked = [];
    this.#refreshing = undefined;
    for (const one of asked) {
      if (error) one.fail ? one.fail(error) : this.#asked.push(one);
      else one.run(this.#instance);
    }
  }

  /** Calls the method, at once or when there is an instance; the signal ends the wait. */
  #ask(name, args, signal) {
    if (this.#instance) return this.#instance[name](...args);
    if (this.#refused) return Promise.reject(this.#refused);
    return new Promise((resolve, reject) => {
      const abort = () => reject(signal.reason);
      if (signal?.aborted) return abort();
      signal?.addEventListener("abort", abort);
      const over = (settle) => (value) => {
        signal?.removeEventListener("abort", abort);
        settle(value);
      };
      this.#asked.push({ run: (instance) => over(resolve)(instance[name](...args)), fail: over(reject) });
      load();
    });
  }

  /** The same of a method without an outcome: what it throws is reported. */
  #tell(name, ...args) {
    if (this.#instance) return this.#instance[name](...args);
    if (this.#refused) throw this.#refused;
    this.#later((instance) => instance[name](...args));
  }

  #later(act) {
    const run = (instance) => {
      try {
        act(instance);
      } catch (error) {
        report(error);
      }
    };
    this.#asked.push({ run });
    load();
  }

  #subscribed(listener) {
    if (this.#instance) return this.#instance.subscribe(listener);
    let unsubscribe;
    this.#later((instance) => {
      if (unsubscribe) return;
      unsubscribe = instance.subscribe(listener);
      // Until now it was told that nobody is signed in.
      if (instance.session || instance.state !== "signed-out") listener();
    });
    return () => {
      unsubscribe?.();
      unsubscribe = () => {};
    };
  }

  get fetch() {
    return this.#fetch;
  }
  get subscribe() {
    return this.#subscribe;
  }
  get state() {
    return this.#instance?.state ?? "signed-out";
  }
  get session() {
    return this.#instance?.session ?? null;
  }
  getAccessToken(options) {
    return this.#ask("getAccessToken", [options], options?.signal);
  }
  refresh() {
    if (this.#instance) return this.#instance.refresh();
    this.#refreshing ??= this.#ask("refresh", []);
    return this.#refreshing;
  }
  /** Never rejects: without an instance it waits for the next that can be made. */
  async logout(options) {
    if (this.#refused) return;
    await (this.#instance
      ? this.#instance.logout(options)
      : new Promise((resolve) => {
          this.#later((instance) => resolve(instance.logout(options)));
        }));
  }
  setTokens(tokens) {
    this.#tell("setTokens", tokens);
  }
  signedIn(details) {
    this.#tell("signedIn", details);
  }
  close() {
    this.#tell("close");
  }
  addEventListener(...args) {
    this.#tell("addEventListener", ...args);
  }
  removeEventListener(...args) {
    this.#tell("removeEventListener", ...args);
  }
}

if (Symbol.dispose) AuthFetch.prototype[Symbol.dispose] = AuthFetch.prototype.close;

/** Resolves when a construction no longer waits for anything. */
export async function ready() {
  try {
    await compiled();
  } catch (error) {
    if (error.code !== UNAVAILABLE) throw error;
    await load();
  }
}
