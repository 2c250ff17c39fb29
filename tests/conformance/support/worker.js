// The same in a worker of each kind: it does what it is told in messages, and says what came of it.

import { AuthFetch, AuthFetchError } from "../../../dist/index.js";

const native = globalThis.fetch;
// The built package has short names for its classes.
const described = (error) =>
  error instanceof AuthFetchError
    ? { name: error.name, code: error.code }
    : { class: error.constructor.name, message: error.message };

/** What was thrown, or the state of what was made. */
function made(options) {
  try {
    return new AuthFetch(options).state;
  } catch (error) {
    return described(error);
  }
}

/** A storage that an app gives: its own copy, since a worker has none. */
function given() {
  const items = new Map();
  return {
    items,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}

async function status(fetch, ...args) {
  try {
    return (await fetch(...args)).status;
  } catch (error) {
    return described(error);
  }
}

let running;

const tasks = {
  async session({ origin }) {
    let refreshes = 0;
    const auth = new AuthFetch({ name: "worker", refresh: async () => (refreshes++, { access_token: "fresh" }) });
    const other = new AuthFetch({ name: "worker" });
    auth.setTokens({ access_token: "stale" });
    const shared = other.session?.accessToken;
    const statuses = await Promise.all([1, 2, 3].map((n) => status(auth.fetch, `/echo?${n}`)));
    const absolute = await status(auth.fetch, new Request(`${origin}/echo`, { method: "POST", body: "of a worker" }));
    running = { auth, call: status(auth.fetch, "/held") };
    return { shared, statuses, absolute, refreshes, state: auth.state };
  },
  async leave() {
    const { auth, call } = running;
    await auth.logout();
    return { state: auth.state, ended: await call };
  },
  async storage() {
    const storage = given();
    const auth = new AuthFetch({ name: "kept", storage });
    auth.setTokens({ access_token: "good" });
    const keys = [...storage.items.keys()];
    const token = JSON.parse(storage.items.get("kept")).access_token;
    const again = await status(new AuthFetch({ name: "kept", storage }).fetch, "/echo");
    await auth.logout();
    return { keys, token, again, left: storage.items.get("kept").includes("good") };
  },
  options: () => [{ storage: "local" }, { storage: "session" }, { storage: "memory" }, {}].map(made),
  /** Relative URLs where the base is no base, or is the script's. */
  async relative() {
    const auth = new AuthFetch({ name: "relative" });
    const results = [];
    for (const signedIn of [false, true]) {
      if (signedIn) auth.setTokens({ access_token: "good" });
      results.push([
        await status(auth.fetch, "echo"),
        await status(auth.fetch, "/echo"),
        await status(auth.fetch, "//"),
        await status(auth.fetch),
      ]);
    }
    return {
      native: [
        await status(native, "echo"),
        await status(native, "/echo"),
        await status(native, "//"),
        await status(native),
      ],
      results,
    };
  },
};

const answer = async ({ task, ...given }) => {
  try {
    return { value: await tasks[task](given) };
  } catch (error) {
    return { failed: String(error) };
  }
};
globalThis.onconnect = ({ ports: [port] }) =>
  (port.onmessage = async ({ data }) => port.postMessage(await answer(data)));
globalThis.onmessage = async ({ data, ports: [port] }) => (port ?? globalThis).postMessage(await answer(data));
