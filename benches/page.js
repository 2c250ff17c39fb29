// The half of the benches that runs in the page: it times batches and returns numbers. Rounds and their order are
// run.js's business. A batch is thousands of calls between two readings of the clock, since the clock is coarse.

import * as now from "authfetch";
import * as before from "authfetch-before";
import { contenders, expiring, pending, refreshers, waiter, withInit } from "./contenders.js";

/** The memories of all wasm that starts here. */
const memories = [];
WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(target, given) {
    const made = new target(...given);
    memories.push(...Object.values(made.exports).filter((one) => one instanceof WebAssembly.Memory));
    return made;
  },
});

const answer = (status) => new Response('{"id":1}', { status, headers: { "content-type": "application/json" } });
const turn = () => {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => (port1.close(), resolve());
    port2.postMessage(null);
  });
};

const ANSWER = answer(200);
const same = () => Promise.resolve(ANSWER);
const calls = contenders(same, () => Promise.resolve(answer(200)));
const inits = withInit(same);

/** Microseconds a call, each awaited before the next is made; with `kind`, one that brings an `init`. */
async function inTurn(name, count, kind) {
  const call = kind ? inits[kind][name] : calls[name];
  const start = performance.now();
  for (let made = 0; made < count; made++) await call();
  return ((performance.now() - start) * 1000) / count;
}

/** Microseconds a call, `width` of them under way at a time. */
async function atOnce(name, count, width) {
  const call = calls[name];
  const start = performance.now();
  for (let made = 0; made < count; made += width) await Promise.all(Array.from({ length: width }, call));
  return ((performance.now() - start) * 1000) / count;
}

const refresh = { good: true, refused: 0, generation: 0, answer: null };
const waiting = refreshers(
  () => {
    if (refresh.good) return Promise.resolve(answer(200));
    refresh.refused++;
    return Promise.resolve(answer(401));
  },
  () => new Promise((resolve) => (refresh.answer = resolve)),
);

/** Microseconds a call from the refresh's answer until the last of `count` waiting calls has its own. */
async function afterRefresh(name, count) {
  Object.assign(refresh, { good: false, refused: 0, answer: null });
  const all = Promise.all(Array.from({ length: count }, waiting[name]));
  while (refresh.refused < count || !refresh.answer) await turn();
  // What follows the last 401 takes microtasks only; after one more turn nothing but the refresh is awaited.
  await turn();
  refresh.good = true;
  const start = performance.now();
  refresh.answer({ access_token: `token-${refresh.generation++}` });
  const answers = await all;
  const took = performance.now() - start;
  if (refresh.refused !== count || answers.some(({ status }) => status !== 200))
    throw new Error(`${name}: not one retry a call`);
  return (took * 1000) / count;
}

/**
 * A number that shares no divisor with a count of whole thousands: its multiples are every index, in scattered order.
 */
const STRIDE = 7_919;

/**
 * Milliseconds until `count` calls wait for a refresh, until half of them, aborted one by one, are rejected, and until
 * the rest are answered.
 */
async function whileWaiting(which, count) {
  let answered;
  const { call, close } = waiter(
    { now, before }[which],
    () => Promise.resolve(answer(200)),
    () => new Promise((resolve) => (answered = resolve)),
  );
  const controllers = Array.from({ length: count }, () => new AbortController());
  const order = Array.from({ length: count }, (_, at) => (at * STRIDE) % count);
  const start = performance.now();
  const calls = controllers.map(({ signal }) => call({ signal }));
  while (!answered) await turn();
  const wait = performance.now();
  const aborted = order.slice(0, count / 2).map((at) => (controllers[at].abort(), calls[at]));
  const rejected = (await Promise.allSettled(aborted)).every(({ reason }) => reason?.name === "AbortError");
  const abort = performance.now();
  answered({ access_token: "refreshed", expires_in: 3600 });
  const rest = await Promise.all(order.slice(count / 2).map((at) => calls[at]));
  const end = performance.now();
  close();
  if (!rejected || rest.some(({ status }) => status !== 200)) throw new Error("not every call ended as it should");
  return { wait: wait - start, abort: abort - wait, rest: end - abort };
}

const holders = {};
let held;
/** Makes `count` calls that wait for a refresh, until they are let go. */
async function hold(name, count) {
  let answered;
  const holder = (holders[name] ??= expiring(
    { now, before }[name],
    () => Promise.resolve(answer(200)),
    () => new Promise((resolve) => holder.answered(resolve)),
  ));
  holder.answered = (resolve) => {
    answered = resolve;
  };
  holder.expire();
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const calls = Array.from({ length: count }, holder.call);
  while (!answered) await turn();
  held = { answered, calls };
}
async function letGo() {
  const { answered, calls } = held;
  held = undefined;
  answered({ access_token: "refreshed", expires_in: 3600 });
  for (const { status } of await Promise.all(calls)) if (status !== 200) throw new Error("not every call was answered");
}
const wasmBytes = () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);

/** The same calls of the stub, and a bare controller. */
function bare(fetch) {
  const controller = new AbortController();
  const reason = Object.assign(new Error("ended"), { name: "AbortError", code: "logged_out" });
  const { signal } = controller;
  return { call: () => fetch("/api/items", { signal }), logout: () => controller.abort(reason), close() {} };
}

/** Milliseconds: of `logout()` itself, in which all is aborted, and until the last of `count` pending calls is rejected. */
async function atLogout(which, count) {
  const stub = (_, { signal }) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const made = { now, before }[which];
  const { call, logout, close } = made ? pending(made, stub) : bare(stub);
  const all = Promise.allSettled(Array.from({ length: count }, call));
  await turn();
  const start = performance.now();
  logout();
  const turnOf = performance.now() - start;
  const ended = (await all).every(({ reason }) => reason?.code === "logged_out");
  const took = performance.now() - start;
  close();
  if (!ended) throw new Error("not every call was ended");
  return { turnOf, took };
}

/** Milliseconds until `count` calls at once are answered whose token the API takes no more. */
async function storm(cancelPending, count) {
  const name = `storm-${Math.random()}`;
  const auth = new now.AuthFetch({ refresh: "/storm/token", name, cancelPending });
  auth.setTokens({ access_token: "spent", refresh_token: "first" });
  const start = performance.now();
  const answers = await Promise.all(Array.from({ length: count }, (_, at) => auth.fetch(`/storm/api/${at}`)));
  const took = performance.now() - start;
  await auth.logout({ revoke: false });
  auth.close();
  if (answers.some(({ status }) => status !== 200)) throw new Error("not every call was answered");
  return took;
}

globalThis.bench = {
  storm,
  atLogout,
  hold,
  letGo,
  wasmBytes,
  kinds: Object.entries(inits).map(([kind, made]) => [kind, Object.keys(made)]),
  whileWaiting,
  names: Object.keys(calls),
  refreshers: Object.keys(waiting),
  inTurn,
  atOnce,
  afterRefresh,
};
