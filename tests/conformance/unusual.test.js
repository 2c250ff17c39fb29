// What a call may not be given, and what is unusual: refused, or taken, as the browser refuses and takes it:
// https://fetch.spec.whatwg.org/#fetch-method, https://webidl.spec.whatwg.org/#js-dictionary

import assert from "node:assert/strict";
import { pageInEachBrowser } from "./support/suite.js";

pageInEachBrowser("the unusual arguments of a call", ({ test, check }) => {
  test(
    "arguments that are wrong reject, with the browser's own error, and never throw",
    async ({ fetch, ended }) => {
      const inits = [
        5,
        "text",
        true,
        Symbol.iterator,
        { method: "TRACE" },
        { method: "CONNECT" },
        { method: "a b" },
        { method: "" },
        {
          method: {
            toString() {
              throw "of a method";
            },
          },
        },
        { body: "x" },
        { method: "HEAD", body: "x" },
        { mode: "navigate" },
        { mode: "x" },
        { credentials: "x" },
        { cache: "x" },
        { cache: "only-if-cached" },
        { redirect: "x" },
        { priority: "x" },
        { duplex: "x" },
        { referrer: "http://[" },
        { referrerPolicy: "x" },
        { window: {} },
        { signal: 5 },
        { signal: {} },
        { signal: "text" },
        {
          get method() {
            throw "of a getter";
          },
        },
        {
          get signal() {
            throw "of the signal";
          },
        },
        new Proxy(
          {},
          {
            get() {
              throw "of a proxy";
            },
          },
        ),
      ];
      const results = [];
      for (const init of inits) results.push(await ended(() => fetch("/echo", init)));
      const spent = new Request("/echo", { method: "POST", body: "once" });
      await spent.text();
      results.push(
        await ended(() => fetch(spent)),
        await ended(() => fetch(spent, { method: "PUT" })),
        await ended(() => fetch(new Request("/echo"), { body: "x" })),
      );
      return results;
    },
    {
      expects: (native) =>
        assert.ok(
          native.every((result) => !result.threw && !result.returned) &&
            native.filter(({ rejected }) => rejected).length >= 24,
        ),
      tokenless: true,
    },
  );

  test(
    "a call without arguments rejects with the browser's own error, and asks for nothing",
    async ({ fetch, ended }) => ended(() => fetch()),
    { expects: ({ rejected }) => assert.equal(rejected.class, "TypeError"), tokenless: true },
  );

  test(
    "a Request, a URL and an AbortSignal of another realm are taken for what they are",
    async ({ fetch, ended }) => {
      const frame = document.body.appendChild(document.createElement("iframe"));
      const { Request, URL, AbortController, Headers, FormData } = frame.contentWindow;
      const controller = new AbortController();
      controller.abort("of another realm");
      const form = new FormData();
      form.append("a", "1");
      const results = [
        await ended(() =>
          fetch(
            new Request(`${location.origin}/echo`, { method: "POST", body: "of a frame", headers: { "x-a": "1" } }),
          ),
        ),
        await ended(() => fetch(new URL("/echo?url", location.origin))),
        await ended(() => fetch("/echo", { headers: new Headers({ "x-a": "1" }), method: "POST", body: form })),
        await ended(() => fetch("/echo", { signal: controller.signal })),
        await ended(() => fetch(new Request(`${location.origin}/echo`, { signal: controller.signal }))),
      ];
      frame.remove();
      return results;
    },
    {
      expects: (native) =>
        assert.deepEqual(
          native.map(({ status, rejected }) => status ?? rejected.thrown),
          [200, 200, 200, "of another realm", "of another realm"],
        ),
    },
  );

  test(
    "the function has the name, the length and the place of the native one, and constructs nothing",
    async ({ fetch, native, ended }) => {
      let constructs = true;
      try {
        new fetch("/echo");
      } catch (error) {
        constructs = !(error instanceof TypeError);
      }
      globalThis.fetch = fetch;
      const { value, ...place } = Object.getOwnPropertyDescriptor(globalThis, "fetch");
      const calls = [
        await ended(() => globalThis.fetch("/echo")),
        await ended(() => (0, globalThis.fetch)("/echo")),
        await ended(() => fetch.call(undefined, "/echo")),
        await ended(() => fetch.apply(globalThis, ["/echo"])),
      ];
      globalThis.fetch = native;
      return {
        kind: typeof fetch,
        name: fetch.name,
        length: fetch.length,
        prototype: "prototype" in fetch,
        constructs,
        place,
        calls,
        tag: Object.prototype.toString.call(fetch),
      };
    },
    { expects: ({ name, length, calls }) => assert.deepEqual([name, length, calls[0].status], ["fetch", 1, 200]) },
  );

  check("it does not matter what `this` is, and the function is the same object at each read", async ({ once }) => {
    const found = await once(async ({ instance }) => {
      const auth = instance("good");
      const options = { fetch: auth.fetch };
      const calls = [
        options.fetch("/echo"),
        auth.fetch.call(5, "/echo"),
        auth.fetch.call({ fetch: null }, "/echo"),
        Reflect.apply(auth.fetch, null, ["/echo"]),
      ];
      const [one, other] = [auth.fetch, auth.fetch];
      return { statuses: (await Promise.all(calls)).map(({ status }) => status), same: one === other };
    });
    assert.deepEqual(found, { statuses: [200, 200, 200, 200], same: true });
  });

  check("members that nobody knows reach the underlying function, whatever defines them", async ({ once }) => {
    const found = await once(async ({ instance }) => {
      const seen = [];
      const auth = instance("good", {
        fetch: async (_input, init) => (seen.push([init.next, init.of]), new Response()),
      });
      class Init {
        next = { revalidate: 60 };
        of = "class";
      }
      await auth.fetch("/echo", { next: { revalidate: 60 }, of: "mine" });
      await auth.fetch("/echo", new Init());
      return seen;
    });
    assert.deepEqual(found, [
      [{ revalidate: 60 }, "mine"],
      [{ revalidate: 60 }, "class"],
    ]);
  });
});
