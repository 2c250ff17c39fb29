// What each tab does: it makes its instance with the options that its address carries, and does what it is told.

import { AuthFetch } from "authfetch";

const { api, options } = JSON.parse(decodeURIComponent(location.search.slice(1)));
const heard = { logout: 0, signin: 0, refresh: 0 };
const auth = new AuthFetch({ credential: "cookie", ...options });
for (const kind of Object.keys(heard)) auth.addEventListener(kind, () => heard[kind]++);

let calls = 0;
/** Each to an address of its own: browsers let a second request for one wait for the first. */
const call = (method) =>
  auth.fetch(`${api}/api/items?call=${++calls}`, { method }).then(
    ({ status }) => status,
    (error) => error.code ?? String(error),
  );
const many = async (count, method) => {
  const outcomes = {};
  for (const outcome of await Promise.all(Array.from({ length: count }, () => call(method))))
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  return outcomes;
};

/** What the caller of one sees: the answer, or the error. */
const ask = (path, init, send = auth.fetch) =>
  send(api + path, init).then(
    async (response) => {
      const { status, type, redirected, url } = response;
      return { status, type, redirected, path: url && new URL(url).pathname, text: await response.text() };
    },
    ({ name, message, code = null }) => ({ name, message, code }),
  );

let pending;
globalThis.tab = {
  state: () => auth.state,
  heard: () => heard,
  signIn: async (body) => {
    const headers = { "content-type": "application/json" };
    const answer = await auth.fetch(`${api}/auth/login/`, { method: "POST", headers, body: JSON.stringify(body) });
    const { user, expires_in } = await answer.json();
    if (answer.ok) auth.signedIn({ user, expires_in });
    return answer.status;
  },
  ask,
  /** The same of the browser's own `fetch`. */
  askBrowser: (path, init) => ask(path, init, fetch),
  askAll: (paths) => Promise.all(paths.map((path) => ask(path))),
  burst: many,
  /** Begins a burst, and gives how it ended when asked. */
  begin: (count, method) => void (pending = many(count, method)),
  ended: () => pending,
  refresh: () =>
    auth.refresh().then(
      () => auth.state,
      (error) => error.code,
    ),
  generation: () => auth.getAccessToken(),
  logout: () => auth.logout(),
  stored: () => ({ ...localStorage }),
};
