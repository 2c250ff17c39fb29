// The careful version of what apps write by hand: a token header, one refresh for all, one retry. The yardstick of the
// benches. It knows nothing of other tabs' locks, logout races, bodies that are streams, backoff or timeouts: that is
// what it saves.

const LEEWAY = 30_000;

export function createAuthFetch({ refresh, fetch, key = "handwritten" }) {
  let raw = null;
  let tokens = null;
  let refreshing = null;
  const scope = new Map();

  // Read at each call, so that another tab's refresh or logout is seen; parsed only when it has changed.
  const current = () => {
    const stored = localStorage.getItem(key);
    if (stored !== raw) {
      raw = stored;
      tokens = stored && JSON.parse(stored);
    }
    return tokens;
  };

  const setTokens = ({ access_token, refresh_token = current()?.refresh_token, expires_in }) => {
    const expiresAt = expires_in === undefined ? null : Date.now() + expires_in * 1000;
    localStorage.setItem(key, JSON.stringify({ access_token, refresh_token, expiresAt }));
  };

  const isOwn = (input) => {
    const url = typeof input === "string" ? input : (input.url ?? input.href);
    let verdict = scope.get(url);
    if (verdict === undefined) {
      verdict = new URL(url, document.baseURI).origin === location.origin;
      if (scope.size < 1000) scope.set(url, verdict);
    }
    return verdict;
  };

  const send = (input, init, token) => {
    if (input instanceof Request) {
      const copy = new Request(input.clone(), init);
      copy.headers.set("Authorization", `Bearer ${token}`);
      return fetch(copy);
    }
    if (!init?.headers) return fetch(input, { ...init, headers: { Authorization: `Bearer ${token}` } });
    const headers = new Headers(init.headers);
    headers.set("Authorization", `Bearer ${token}`);
    return fetch(input, { ...init, headers });
  };

  const refreshed = (spent) => {
    if (current()?.access_token !== spent) return Promise.resolve();
    refreshing ??= refresh(current().refresh_token)
      .then(setTokens)
      .finally(() => (refreshing = null));
    return refreshing;
  };

  const authFetch = (input, init) => {
    const now = current();
    if (!now || !isOwn(input)) return fetch(input, init);
    const token = now.access_token;
    const again = () => refreshed(token).then(() => send(input, init, current()?.access_token));
    if (now.expiresAt !== null && now.expiresAt < Date.now() + LEEWAY) return again();
    return send(input, init, token).then((response) => (response.status === 401 ? again() : response));
  };

  return { fetch: authFetch, setTokens };
}
