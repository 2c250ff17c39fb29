// Every method, event and error as apps use them, and what the compiler has to refuse. Compiled, never run.

import type { AuthFetchEventMap, AuthFetchInit, FetchLike, LogoutOptions, Session, SessionState } from "authfetch";
import { AuthFetch, AuthFetchError, type ready, SessionRefusedError } from "authfetch";
import { same } from "./exact.js";

using disposed = new AuthFetch();
const auth = new AuthFetch({ refresh: "/token" });
same<ReturnType<typeof ready>, Promise<void>>(true);
same<ReturnType<(typeof disposed)[typeof Symbol.dispose]>, void>(true);

// A drop-in: it stands wherever `fetch` stood, whoever asks for it.
const likeNative: typeof globalThis.fetch = auth.fetch;
const likeOurs: FetchLike = auth.fetch;
globalThis.fetch = auth.fetch;
const { fetch: loose } = auth;
await loose("/api");
await auth.fetch(new URL("https://example.com/api"), { method: "POST", body: "x", auth: false });
const response = await auth.fetch(new Request("/api"));
same<typeof response, Response>(true);
const init: AuthFetchInit = { auth: true, keepalive: true, signal: AbortSignal.timeout(1) };
// @ts-expect-error: a call has a target
auth.fetch();
await auth.fetch("/api", { method: "POST", auth: "once" });
for (const choice of [true, false, "once"] as const) await auth.fetch("/api", { auth: choice });
// @ts-expect-error: true, false or "once"
auth.fetch("/api", { auth: "no" });
// @ts-expect-error: it belongs to the instance
auth.fetch = globalThis.fetch;

same<typeof auth.state, SessionState>(true);
same<SessionState, "signed-out" | "signed-in" | "refreshing" | "suspended">(true);
same<typeof auth.session, Session | null>(true);
// @ts-expect-error: told by the session, not set by the app
auth.state = "signed-in";
// @ts-expect-error: there may be none
auth.session.accessToken;
if (auth.session) {
  const { accessToken, tokenType, expiresAt, scope, canRefresh, extra } = auth.session;
  same<[typeof accessToken, typeof tokenType, typeof expiresAt], [string, string, number | null]>(true);
  same<[typeof scope, typeof canRefresh], [string | null, boolean]>(true);
  same<typeof extra, Readonly<Record<string, unknown>>>(true);
  // @ts-expect-error: a snapshot
  auth.session.accessToken = "other";
  // @ts-expect-error: a snapshot in depth
  auth.session.extra.id_token = "other";
  // @ts-expect-error: never shown
  auth.session.refreshToken;
}

same<ReturnType<typeof auth.setTokens>, void>(true);
auth.setTokens({ access_token: "a" });
auth.setTokens((await response.json()) as { access_token: string; user: object });
// @ts-expect-error: a token response has an access token
auth.setTokens({ token: "a" });
// @ts-expect-error: the whole response
auth.setTokens("a");

same<ReturnType<typeof auth.signedIn>, void>(true);
auth.signedIn();
auth.signedIn({ expires_in: 60, user: "ann" });
auth.signedIn((await response.json()) as { user: object });
// @ts-expect-error: a number of seconds
auth.signedIn({ expires_in: "60" });
// @ts-expect-error: an object
auth.signedIn("ann");

same<ReturnType<typeof auth.getAccessToken>, Promise<string | null>>(true);
await auth.getAccessToken();
await auth.getAccessToken({ rejected: "a", signal: AbortSignal.timeout(1) });
// @ts-expect-error: the token that was refused, not a flag
await auth.getAccessToken({ rejected: true });

same<ReturnType<typeof auth.refresh>, Promise<Session>>(true);
// @ts-expect-error: nothing to say about how
auth.refresh({ force: true });

const options: Required<LogoutOptions> = { reason: "idle", revoke: false, redirect: false };
same<ReturnType<typeof auth.logout>, Promise<void>>(true);
await auth.logout();
await auth.logout(options);
// @ts-expect-error: a misspelt option
await auth.logout({ redirectTo: "/" });

same<ReturnType<typeof auth.close>, void>(true);
const { subscribe } = auth;
const unsubscribe: () => void = subscribe(() => {});
// @ts-expect-error: told that something has changed, not what
subscribe((session: Session) => session);

// React's `useSyncExternalStore`, in the one overload that matters.
declare function useSyncExternalStore<T>(subscribe: (changed: () => void) => () => void, read: () => T): T;
same<typeof storeValue, Session | null>(true);
const storeValue = useSyncExternalStore(auth.subscribe, () => auth.session);

auth.addEventListener("signin", ({ detail }) =>
  same<typeof detail, { session: Session; source: "this-tab" | "other-tab" }>(true),
);
auth.addEventListener("refresh", ({ detail }) =>
  same<typeof detail, { session: Session; source: "this-tab" | "other-tab" }>(true),
);
auth.addEventListener("refreshfailed", ({ detail }) => same<typeof detail, { error: unknown; attempts: number }>(true));
auth.addEventListener("suspend", ({ detail }) => same<typeof detail, { error: unknown }>(true));
auth.addEventListener("logout", ({ detail }) => {
  same<typeof detail, { reason: string; source: "this-tab" | "other-tab"; error?: AuthFetchError }>(true);
});
auth.addEventListener("stepup", (event) => {
  event.preventDefault();
  same<typeof event.detail, { acrValues: readonly string[]; maxAge: number | null; url: string }>(true);
});
auth.addEventListener("statechange", ({ detail }) =>
  same<typeof detail, { state: SessionState; previous: SessionState }>(true),
);
auth.addEventListener("storageblocked", ({ detail }) => same<typeof detail, { error: unknown }>(true));
// A new event that is missing above is an error here.
same<
  keyof AuthFetchEventMap,
  "signin" | "refresh" | "refreshfailed" | "suspend" | "logout" | "stepup" | "statechange" | "storageblocked"
>(true);

const heard = (event: AuthFetchEventMap["logout"]) => event.detail.reason;
auth.addEventListener("logout", heard, { once: true, signal: AbortSignal.timeout(1) });
auth.addEventListener("logout", heard, true);
auth.removeEventListener("logout", heard, { capture: true });
// @ts-expect-error: no such event
auth.addEventListener("login", () => {});
// @ts-expect-error: another event's listener
auth.addEventListener("signin", heard);

try {
  await auth.fetch("/api");
} catch (error) {
  if (error instanceof AuthFetchError) {
    same<typeof error.name, string>(true);
    same<
      (typeof error)["code"],
      "logged_out" | "session_expired" | "refresh_failed" | "signed_out" | "invalid_options" | "wasm_unavailable"
    >(true);
    const body: Readonly<Record<string, unknown>> | null | undefined = error.answer?.body;
    const status: number | undefined = error.answer?.status;
    same<typeof error.cause, unknown>(true);
    same<typeof error.transient, boolean | undefined>(true);
    const plain: Error = error;
    // @ts-expect-error: no such code
    if (error.code === "expired") throw plain;
    // @ts-expect-error: a code says what was, for good
    error.code = "signed_out";
    void [body, status];
  }
}
const refused: Error = new SessionRefusedError("revoked", { cause: response });

export { init, likeNative, likeOurs, refused, unsubscribe };
