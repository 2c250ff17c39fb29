// What a long-lived page would notice only after hours: a hundred thousand calls leave nothing behind, and cost what
// the first ones cost.

import assert from "node:assert/strict";
import { until } from "../support/until.js";
import { pageInEachBrowser } from "./support/suite.js";

// By then the engine's own tables have the size that they keep.
const EARLY = 50_000;
const LATE = 150_000;
const LATER = 250_000;
const PORTION = 10_000;
/** Bytes: what may be left of the calls between. Two bytes a call would be more. */
const SLACK = 200_000;
/** What may follow one of our signals in Firefox, where the cost of a call grows with it. */
const FOLLOWERS = 1_000;

/**
 * Makes calls of one kind on a stubbed fetch, up to this number in all, and says what they have left behind. Signals
 * are kept until the last of them is made: how many there are at once sizes the engine's tables, and must not be the
 * collector's choice.
 */
async function calls({ instance, wasmSize, kind, number }) {
  globalThis.flat ??= {};
  const world = (globalThis.flat[kind] ??= (() => {
    const listeners = new Map();
    const counts = { made: 0, any: 0, deepest: 0 };
    const { any } = AbortSignal;
    const followers = new WeakMap();
    // What Firefox goes through when one more follows: those that followed already.
    const follows = (signal) => {
      followers.set(signal, (followers.get(signal) ?? 0) + 1);
      counts.deepest = Math.max(counts.deepest, followers.get(signal));
    };
    AbortSignal.any = (signals) => {
      counts.any++;
      signals.slice(1).forEach(follows);
      return any.call(AbortSignal, signals);
    };
    const answer = { status: 200 };
    const auth = instance("good", {
      fetch: (_, { signal }) => (kind === "bare" && follows(signal), Promise.resolve(answer)),
    });
    const { signal } = new AbortController();
    const { addEventListener, removeEventListener } = signal;
    Object.assign(signal, {
      addEventListener: (...args) => (listeners.set(args[1], args[0]), addEventListener.apply(signal, args)),
      removeEventListener: (...args) => (listeners.delete(args[1]), removeEventListener.apply(signal, args)),
    });
    return { auth, signal, listeners, counts };
  })());
  const { auth, signal, counts, listeners } = world;
  const kept = [];
  const init = {
    "one signal": () => ({ signal }),
    "a signal each": () => {
      kept.push(new AbortController().signal);
      return { signal: kept.at(-1) };
    },
    bare: () => undefined,
  }[kind];
  for (; counts.made < number; counts.made++) await auth.fetch("/api", init());
  return { ...counts, listeners: listeners.size, wasm: wasmSize() };
}

/** Both of Chromium's heaps, the script's and the document's, when what can be collected has been. */
async function heaps(page) {
  const session = await page.createCDPSession();
  // What is told of a first collection is let go by the next.
  for (let n = 0; n < 3; n++) await session.send("HeapProfiler.collectGarbage");
  const { usedSize, embedderHeapUsedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return [usedSize, embedderHeapUsedSize];
}

pageInEachBrowser("a hundred thousand calls", ({ check, name }) => {
  for (const kind of ["bare", "one signal", "a signal each"]) {
    check(`of the kind "${kind}" leave memory, tables and listeners as those before did`, async ({ page, once }) => {
      const heap = async () => (name === "chromium" ? heaps(page) : []);
      /**
       * In portions, with what can be collected gone after each: no more piles up than one of them leaves.
       */
      const upTo = async (number, from) => {
        let left;
        for (let made = from + PORTION; made <= number; made += PORTION) {
          left = { ...(await once(calls, { kind, number: made })), heaps: await heap() };
        }
        return left;
      };
      const grown = (before, after) => after.heaps.map((bytes, at) => bytes - before.heaps[at]);
      const isFlat = (bytes) => bytes.every((more) => more < SLACK);
      const early = await upTo(EARLY, 0);
      const late = await upTo(LATE, EARLY);
      assert.equal(late.made, LATE);
      assert.deepEqual(late.wasm, early.wasm);
      assert.equal(late.listeners, early.listeners);
      // A table of the engine's may have grown, and has room then: what calls leave grows with each.
      const most = grown(early, late);
      const more = isFlat(most) ? most : grown(late, await upTo(LATER, LATE));
      assert.ok(isFlat(more), `the heaps have grown by ${most} bytes, and then by ${more}`);
      if (name === "firefox") assert.ok(late.deepest <= FOLLOWERS, `${late.deepest} follow one signal`);
      if (kind === "one signal") assert.equal(late.any, early.any);
    });
  }

  // Only Chromium can be asked to collect.
  if (name === "chromium") {
    check("an instance that has signed out is collected, once nobody has it", async ({ page, once }) => {
      await once(async ({ instance }) => {
        globalThis.left = [];
        for (let n = 0; n < 5; n++) {
          const auth = instance("good");
          await auth.fetch("/echo");
          await auth.logout();
          auth.close();
          globalThis.left.push(new WeakRef(auth));
        }
      });
      await until(async () => {
        await heaps(page);
        return page.evaluate(() => globalThis.left.every((one) => !one.deref()));
      }, "the instances to be collected");
    });
  }

  check("a logout reaches each of two thousand calls with a signal of its own", async ({ once }) => {
    const found = await once(async ({ instance }) => {
      const fetch = (_, { signal }) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      const auth = instance("good", { fetch });
      const calls = Array.from({ length: 2_000 }, () => auth.fetch("/api", { signal: new AbortController().signal }));
      await auth.logout();
      const ends = await Promise.allSettled(calls);
      return [new Set(ends.map(({ reason }) => reason)).size, ends[0].reason.code];
    });
    assert.deepEqual(found, [1, "logged_out"]);
  });

  check(
    "a logout reaches a body that is still read when its call's signal is long forgotten",
    async ({ page, once, server }) => {
      const running = once(async ({ instance }) => {
        const auth = instance("good", {
          fetch: (input, init) => (input === "/open" ? fetch(input, init) : Promise.resolve({ status: 200 })),
        });
        const reader = (await auth.fetch("/open", { signal: new AbortController().signal })).body.getReader();
        await reader.read();
        for (let n = 0; n < 2_000; n++) await auth.fetch("/api", { signal: new AbortController().signal });
        globalThis.leave = () => void auth.logout();
        return reader.read().then(
          () => "read",
          ({ code }) => code,
        );
      });
      await until(() => page.evaluate(() => "leave" in globalThis), "the calls");
      if (name === "chromium") await heaps(page);
      await once(() => globalThis.leave());
      assert.equal(await running, "logged_out");
      server.go();
    },
  );
});
