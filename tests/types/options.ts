// Every option as apps give it, and what the compiler has to refuse. Compiled, never run.

import type {
  AuthFetchOptions,
  CsrfOptions,
  FetchLike,
  RefreshContext,
  RefreshFunction,
  RevocationFunction,
  TokenEndpoint,
  TokenResponse,
  TokenStorage,
} from "authfetch";
import { AuthFetch, SessionRefusedError } from "authfetch";
import { same } from "./exact.js";

new AuthFetch();
new AuthFetch({});
new AuthFetch({ refresh: "/token" });
new AuthFetch({ refresh: new URL("https://example.com/token") });

const endpoint: TokenEndpoint = {
  url: new URL("https://example.com/token"),
  clientId: "spa",
  encoding: "json",
  params: { scope: "read", audience: "api" },
  headers: [["X-App", "1"]],
  credentials: "include",
};
const judging: TokenEndpoint = { ...endpoint, isRefused: async (response) => (await response.json()).gone === true };
new AuthFetch({ refresh: judging });
new AuthFetch({ refresh: { url: "/token" }, revocation: { url: "/revoke", clientId: "spa" } });

const byHand: RefreshFunction = async ({ refreshToken, signal, fetch, reason }) => {
  same<typeof refreshToken, string | null>(true);
  same<typeof signal, AbortSignal>(true);
  same<typeof fetch, FetchLike>(true);
  same<typeof reason, "expired" | "unauthorized" | "manual">(true);
  if (!refreshToken) throw new SessionRefusedError("no refresh token");
  return fetch("/token", { method: "POST", body: refreshToken, signal });
};
new AuthFetch({ refresh: byHand });
new AuthFetch({ refresh: async () => ({ access_token: "a", expires_in: 3600, user: { id: 1 } }) });

const told: RevocationFunction = async ({ refreshToken, accessToken, fetch, signal }) => {
  same<typeof refreshToken, string | null>(true);
  same<typeof accessToken, string | null>(true);
  same<typeof signal, AbortSignal>(true);
  same<typeof fetch, FetchLike>(true);
  if (refreshToken) return fetch("/logout", { method: "POST", body: refreshToken, signal, keepalive: true });
};
new AuthFetch({ revocation: told });
new AuthFetch({ revocation: (context) => context.fetch("/logout", { method: "POST" }) });

const kept = new Map<string, string>();
const storage: TokenStorage = {
  getItem: (key) => kept.get(key) ?? null,
  setItem: (key, value) => void kept.set(key, value),
  removeItem: (key) => void kept.delete(key),
};

const csrf: Required<CsrfOptions> = {
  header: "X-CSRFToken",
  cookie: "csrftoken",
  value: async () => null,
  methods: "all",
  refetch: new URL("https://example.com/csrf"),
  isCsrfFailure: async (response) => response.status === 400,
};
new AuthFetch({ credential: "cookie", csrf: { header: "X-CSRF", value: "1" } });
new AuthFetch({ credential: "cookie", csrf: { header: "X-XSRF-TOKEN", cookie: "XSRF-TOKEN", methods: "unsafe" } });
new AuthFetch({ credential: "cookie", csrf: { header: "X-CSRF-Token", value: () => "1", refetch: "/csrf" } });
// @ts-expect-error: a header there must be
new AuthFetch({ credential: "cookie", csrf: { value: "1" } });
// @ts-expect-error: one of the two
new AuthFetch({ credential: "session" });
// @ts-expect-error: one of the two
new AuthFetch({ credential: "cookie", csrf: { header: "X-CSRF", methods: "POST" } });

// All of them at once; a new option that is missing here is an error.
const all: Required<AuthFetchOptions> = {
  name: "session",
  credential: "cookie",
  csrf,
  refresh: endpoint,
  origins: ["https://api.example.com", "/api/", new URL("https://example.com/v1/")],
  storage,
  adoptRecipeKeys: true,
  leeway: 60,
  backgroundRefresh: false,
  refreshTimeout: 5_000,
  refreshAttempts: 2,
  signedOut: "reject",
  onSessionExpired: "hold",
  onRetryRejected: "return",
  cancelPending: false,
  isRefused: (response) => response.status === 410,
  isUnauthorized: async (response) => response.status === 419,
  bodyCopyLimit: 0,
  header: "X-Token",
  scheme: "",
  revocation: endpoint,
  loginUrl: new URL("https://example.com/login"),
  fetch: globalThis.fetch,
  debug: true,
};
new AuthFetch(all);

new AuthFetch({ origins: (url) => url.hostname.endsWith(".example.com") });
new AuthFetch({ origins: ["/api/"] as const });
new AuthFetch({ isUnauthorized: (response) => response.status === 401 });
new AuthFetch({ storage: globalThis.sessionStorage });
new AuthFetch({ fetch: (input, init) => fetch(input, init) });
new AuthFetch({ revocation: "/revoke", loginUrl: "/login" });
for (const place of ["local", "session", "memory"] as const) new AuthFetch({ storage: place });
for (const signedOut of ["send", "reject"] as const) new AuthFetch({ signedOut });
for (const onSessionExpired of ["logout", "hold", "pass-through"] as const) new AuthFetch({ onSessionExpired });
for (const onRetryRejected of ["auto", "logout", "return"] as const) new AuthFetch({ onRetryRejected });

const tokens: TokenResponse = {
  access_token: "a",
  token_type: "Bearer",
  expires_in: 1,
  refresh_token: "r",
  scope: "s",
  id_token: "i",
};
same<(typeof tokens)["id_token"], unknown>(true);
declare const context: RefreshContext;

// @ts-expect-error: a misspelt option
new AuthFetch({ refreshUrl: "/token" });
// @ts-expect-error: a number is no endpoint
new AuthFetch({ refresh: 1 });
// @ts-expect-error: an endpoint has a URL
new AuthFetch({ refresh: { clientId: "spa" } });
// @ts-expect-error: a token, not its bare text
new AuthFetch({ refresh: async () => "token" });
// @ts-expect-error: a refresh is asynchronous
new AuthFetch({ refresh: () => ({ access_token: "a" }) });
// @ts-expect-error: a revocation is asynchronous
new AuthFetch({ revocation: () => "done" });
// @ts-expect-error: one origin is still a list
new AuthFetch({ origins: "https://example.com" });
// @ts-expect-error: no such storage
new AuthFetch({ storage: "cookie" });
// @ts-expect-error: a storage has three methods
new AuthFetch({ storage: { getItem: () => null } });
// @ts-expect-error: a storage answers at once
new AuthFetch({ storage: { ...storage, getItem: async () => null } });
// @ts-expect-error: seconds are a number
new AuthFetch({ leeway: "30" });
// @ts-expect-error: no such ending
new AuthFetch({ onSessionExpired: "ignore" });
// @ts-expect-error: no such ending
new AuthFetch({ onRetryRejected: "hold" });
// @ts-expect-error: no such policy
new AuthFetch({ signedOut: "hold" });
// @ts-expect-error: no such encoding
new AuthFetch({ refresh: { url: "/token", encoding: "xml" } });
// @ts-expect-error: parameters are strings
new AuthFetch({ refresh: { url: "/token", params: { max: 1 } } });
// @ts-expect-error: a predicate of an answer
new AuthFetch({ refresh: "/token", isRefused: 401 });
// @ts-expect-error: yes or no
new AuthFetch({ refresh: { url: "/token", isRefused: (response) => response.status } });
// @ts-expect-error: a token response has an access token
const none: TokenResponse = { refresh_token: "r" };
// @ts-expect-error: a context is looked at, not changed
context.refreshToken = null;

export { none };
