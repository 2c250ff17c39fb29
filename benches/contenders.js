// The contenders, each set up as its own documentation says, each over the same `fetch`, each signed in with a valid
// token. A contender is one function: make the call, resolve with the answer.

import { AuthFetch } from "authfetch";
import axios from "axios";
import { createAuthRefresh } from "axios-auth-refresh";
import ky from "ky";
import { createAuthFetch } from "./handwritten.js";

const PATH = "/api/items";
const TOKENS = { access_token: "a-valid-access-token", refresh_token: "a-refresh-token", expires_in: 3600 };

/**
 * The calls of all contenders, the bare stub first. `fetch` is the only way out that any of them is given; those that
 * read bodies have one that makes a response for each call, which takes longer than all that the others do.
 */
export function contenders(fetch, fetchAnew) {
  const refresh = async () => TOKENS;
  return {
    "raw stub": () => fetch(PATH),
    handwritten: handwritten(fetch, refresh),
    "handwritten, can cancel each": cancellable(fetch, refresh),
    authfetch: authfetch(fetch, refresh),
    "authfetch, cancelPending: false": authfetch(fetch, refresh, { cancelPending: false, name: "cancels-nothing" }),
    "axios + axios-auth-refresh": axiosAuthRefresh(fetchAnew, refresh),
    ky: kyHooks(fetchAnew, refresh),
  };
}

function handwritten(fetch, refresh) {
  const auth = createAuthFetch({ fetch, refresh });
  auth.setTokens(TOKENS);
  return (init) => auth.fetch(PATH, init);
}

/** The same, where each call under way can be cancelled by itself, as `cancelPending` has it of those that are queued. */
function cancellable(fetch, refresh) {
  const pending = new Map();
  let last = 0;
  const call = handwritten(fetch, refresh);
  return () => {
    const controller = new AbortController();
    const number = ++last;
    pending.set(number, controller);
    const over = () => pending.delete(number);
    return call({ signal: controller.signal }).then(
      (response) => (over(), response),
      (error) => {
        over();
        throw error;
      },
    );
  };
}

function authfetch(fetch, refresh, more) {
  const auth = new AuthFetch({ fetch, refresh, ...more });
  auth.setTokens(TOKENS);
  return () => auth.fetch(PATH);
}

// Its README: a request interceptor that reads the token where it is kept, and one function that refreshes.
// axios reads and parses each body, as it always does; nobody else touches it.
function axiosAuthRefresh(fetch, refresh) {
  localStorage.setItem("token", TOKENS.access_token);
  const api = axios.create({ adapter: "fetch", env: { fetch, Request, Response } });
  api.interceptors.request.use((request) => {
    request.headers.Authorization = `Bearer ${localStorage.getItem("token")}`;
    return request;
  });
  createAuthRefresh(api, async (failed) => {
    const { access_token } = await refresh();
    localStorage.setItem("token", access_token);
    failed.response.config.headers.Authorization = `Bearer ${access_token}`;
  });
  return () => api.get(PATH);
}

// Its README, `hooks.beforeRequest` and `hooks.afterResponse`.
function kyHooks(fetch, refresh) {
  const api = ky.create({
    fetch,
    hooks: {
      beforeRequest: [
        (request, _options, { retryCount }) => {
          if (retryCount === 0) request.headers.set("Authorization", `Bearer ${localStorage.getItem("token")}`);
        },
      ],
      afterResponse: [
        async (request, _options, response, { retryCount }) => {
          if (response.status !== 401 || retryCount !== 0) return;
          const { access_token } = await refresh();
          localStorage.setItem("token", access_token);
          const headers = new Headers(request.headers);
          headers.set("Authorization", `Bearer ${access_token}`);
          return ky.retry({ request: new Request(request, { headers }), code: "TOKEN_REFRESHED" });
        },
      ],
    },
  });
  return () => api.get(PATH);
}

const SIGNAL = new AbortController().signal;
/** What the second wrapper by hand aborts at its end. */
const SESSION = new AbortController().signal;
/** As an app does it that wants its calls to end with the session. */
const joined = (init) => ({ ...init, signal: AbortSignal.any([init.signal, SESSION]) });
/** The kinds of calls that bring an `init`, made anew for each call. */
export const INITS = {
  "a signal of its own": () => ({ signal: new AbortController().signal }),
  "the same signal": () => ({ signal: SIGNAL }),
  "a record of headers": () => ({ headers: { accept: "application/json", "x-request": "1" } }),
  "a POST with JSON": () => ({
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"name":"one","tags":["a","b"]}',
  }),
};

export const ENDS = "handwritten, ends with the session";

/** By kind of call, those that take the arguments of `fetch`; where there is a signal, a second one by hand. */
export function withInit(fetch) {
  const refresh = async () => TOKENS;
  const byHand = createAuthFetch({ fetch, refresh, key: "handwritten-init" });
  const ours = new AuthFetch({ fetch, refresh, name: "authfetch-init" });
  for (const one of [byHand, ours]) one.setTokens(TOKENS);
  return Object.fromEntries(
    Object.entries(INITS).map(([kind, init]) => [
      kind,
      {
        "raw stub": () => fetch(PATH, init()),
        handwritten: () => byHand.fetch(PATH, init()),
        ...(init().signal && { [ENDS]: () => byHand.fetch(PATH, joined(init())) }),
        authfetch: () => ours.fetch(PATH, init()),
      },
    ]),
  );
}

/** One with calls that are never answered, and its logout. */
export function pending(made, fetch) {
  const name = `pending-${Math.random()}`;
  const auth = new made.AuthFetch({ fetch, name });
  auth.setTokens(TOKENS);
  return { call: () => auth.fetch(PATH), logout: () => auth.logout(), close: () => auth.close() };
}

/** Those that share one refresh between all calls that wait. `refresh` resolves with the token response. */
export function refreshers(fetch, refresh) {
  const tokens = { access_token: "spent", refresh_token: "a-refresh-token" };
  const byHand = createAuthFetch({ fetch, refresh, key: "handwritten-refresh" });
  const ours = new AuthFetch({ fetch, refresh, name: "authfetch-refresh" });
  byHand.setTokens(tokens);
  ours.setTokens(tokens);
  return { handwritten: () => byHand.fetch(PATH), authfetch: () => ours.fetch(PATH) };
}

/** One of which every call waits for `refresh`, since its token has run out; `made` is what `new` is called on. */
export function waiter(made, fetch, refresh) {
  const name = `waiting-${Math.random()}`;
  const past = Date.now() - 60_000;
  localStorage.setItem(
    name,
    JSON.stringify({
      v: 1,
      epoch: 1,
      version: 1,
      signin: 1,
      access_token: "spent",
      refresh_token: "r",
      received_at: past,
      expires_at: past + 1_000,
    }),
  );
  const auth = new made.AuthFetch({ fetch, refresh, name, backgroundRefresh: false });
  return { call: (init) => auth.fetch(PATH, init), close: () => (auth.close(), localStorage.removeItem(name)) };
}

/** One whose tokens run out again and again; without `made` it is the one by hand. */
export function expiring(made, fetch, refresh) {
  const name = `expiring-${Math.random()}`;
  const auth = made
    ? new made.AuthFetch({ fetch, refresh, name, backgroundRefresh: false })
    : createAuthFetch({ fetch, refresh, key: name });
  return {
    call: () => auth.fetch(PATH),
    expire: () => auth.setTokens({ access_token: "spent", refresh_token: "r", expires_in: 1 }),
  };
}
