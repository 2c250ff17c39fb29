// What a call may be given, as the fetch method and the constructor of Request take it:
// https://fetch.spec.whatwg.org/#fetch-method, https://fetch.spec.whatwg.org/#dom-request,
// https://fetch.spec.whatwg.org/#concept-headers-fill, https://webidl.spec.whatwg.org/#js-dictionary

import assert from "node:assert/strict";
import { pageInEachBrowser } from "./support/suite.js";

pageInEachBrowser("the arguments of a call", ({ test }) => {
  test(
    "a string, a URL, a relative URL, a Request and whatever has a text ask for the same",
    async ({ fetch, ended, origin }) => {
      const inputs = [
        "/echo?a=1",
        "echo?a=1",
        "./x/../echo?a=1",
        " \n/echo?a=1\t",
        `${origin}/echo?a=1#part`,
        new URL("/echo?a=1", origin),
        new Request("/echo?a=1"),
        { toString: () => "/echo?a=1" },
        ["/echo?a=1"],
      ];
      const results = [];
      for (const input of inputs) results.push(await ended(() => fetch(input)));
      return results;
    },
    {
      expects: (native) =>
        native.forEach(({ status, body }) => assert.deepEqual([status, body.path], [200, "/echo?a=1"])),
    },
  );

  test(
    "what is no URL becomes one as the browser makes it",
    async ({ fetch, ended }) => {
      const results = [];
      for (const input of [
        undefined,
        null,
        5,
        true,
        {},
        "",
        "?q",
        Symbol.iterator,
        "http://[",
        "http://user:secret@127.0.0.1/",
        "nothing:x",
      ]) {
        results.push(await ended(() => fetch(input)));
      }
      return results;
    },
    {
      expects: (native) => assert.equal(native.filter(({ rejected }) => rejected?.class === "TypeError").length, 4),
      tokenless: true,
    },
  );

  test(
    "a Request and an init beside it: the init's members count, one by one",
    async ({ fetch, ended }) => {
      const request = () =>
        new Request("/echo", { method: "POST", body: "of the request", headers: { "x-a": "1", "x-b": "2" } });
      const inits = [
        {},
        undefined,
        null,
        { method: "PUT" },
        { headers: { "x-c": "3" } },
        { headers: {} },
        { body: "of the init" },
        { method: "PATCH", body: null },
        { credentials: "omit" },
        { method: undefined, headers: undefined, body: undefined },
      ];
      const results = [];
      for (const init of inits) results.push(await ended(() => fetch(request(), init)));
      return results;
    },
    {
      expects: (native) =>
        assert.deepEqual(
          native.map(({ body }) => body.method),
          ["POST", "POST", "POST", "PUT", "POST", "POST", "POST", "PATCH", "POST", "POST"],
        ),
    },
  );

  // Dictionary members are read in the order of their names, each once:
  // https://webidl.spec.whatwg.org/#js-to-dictionary, step 4.
  test(
    "the members of init are read once each, in the order of their names",
    async ({ fetch, ended }) => {
      const values = {
        window: null,
        signal: new AbortController().signal,
        referrerPolicy: "origin",
        referrer: "",
        redirect: "follow",
        priority: "low",
        mode: "cors",
        method: "POST",
        keepalive: false,
        integrity: "",
        headers: { "x-a": "1" },
        duplex: "half",
        credentials: "omit",
        cache: "no-store",
        body: "text",
      };
      // Which of them there are differs from browser to browser.
      const known = new Set();
      new Request("/", new Proxy({}, { get: (_, name) => void known.add(name) }));
      const read = [];
      const init = {};
      for (const [name, value] of Object.entries(values)) {
        Object.defineProperty(init, name, { enumerable: true, get: () => (known.has(name) && read.push(name), value) });
      }
      const promise = ended(() => fetch("/echo", init));
      const atOnce = read.length;
      const result = await promise;
      const proxied = [];
      const proxy = new Proxy(
        {},
        { get: (_, name) => (known.has(name) && name in values && proxied.push(name), values[name]) },
      );
      return { read, atOnce, result, proxied: proxied.join(), again: await ended(() => fetch("/echo", proxy)) };
    },
    {
      expects: ({ read, atOnce }) =>
        assert.ok(
          read.length > 10 && atOnce === read.length && String(read) === String([...read].sort()),
          String(read),
        ),
    },
  );

  test(
    "members that a class or a prototype defines, or that cannot be listed, count too",
    async ({ fetch, ended }) => {
      class Init {
        #method = "POST";
        get method() {
          return this.#method;
        }
        get body() {
          return "of a class";
        }
      }
      const inherited = Object.create({ method: "PUT", headers: { "x-a": "1" } });
      const hidden = Object.defineProperty({ body: "b" }, "method", { value: "POST" });
      const called = Object.assign(() => {}, { method: "DELETE" });
      const bare = Object.assign(Object.create(null), { method: "PATCH", body: "bare" });
      const own = Object.assign(new Init(), { headers: { "x-own": "1" } });
      const results = [];
      for (const init of [new Init(), inherited, hidden, called, bare, own, [], new Date(0)])
        results.push(await ended(() => fetch("/echo", init)));
      return results;
    },
    {
      expects: (native) =>
        assert.deepEqual(
          native.map(({ body }) => body.method),
          ["POST", "PUT", "POST", "DELETE", "PATCH", "POST", "GET", "GET"],
        ),
    },
  );

  test(
    "headers may be a record, pairs, a Headers, a Map, a generator, and are read once",
    async ({ fetch, ended }) => {
      let turns = 0;
      function* generated() {
        turns++;
        yield ["x-a", "1"];
        yield new Set(["x-b", "2"]);
      }
      const record = Object.create(
        { "x-inherited": "1" },
        { "x-a": { value: "1", enumerable: true }, "x-hidden": { value: "2" } },
      );
      const odd = {
        "X-Upper": "1",
        "x-number": 5,
        "x-undefined": undefined,
        "x-null": null,
        "x-object": { toString: () => "text" },
      };
      const many = [
        ["x-a", "1"],
        ["X-A", "2"],
        ["x-a", ""],
      ];
      const forbidden = { cookie: "a=1", host: "evil.test", "sec-x": "1", "proxy-x": "1", "content-length": "3" };
      const spaces = { "x-a": " \t1 2\r\n " };
      const all = [
        record,
        odd,
        many,
        new Headers(many),
        new Map(Object.entries({ "x-a": "1" })),
        generated(),
        new Set([["x-a", "1"]]),
        forbidden,
        spaces,
        {},
        [],
        Object.assign(() => {}, { "x-f": "1" }),
      ];
      const results = [];
      for (const headers of all) results.push(await ended(() => fetch("/echo", { headers })));
      return { turns, results };
    },
    {
      expects: ({ turns, results }) =>
        assert.deepEqual([turns, results[5].body.headers["x-b"], results.length], [1, "2", 12]),
    },
  );

  test(
    "headers that are none are refused as the browser refuses them",
    async ({ fetch, ended }) => {
      const results = [];
      const all = [
        null,
        5,
        "x-a: 1",
        true,
        Symbol.iterator,
        [["x-a"]],
        [["x-a", "1", "2"]],
        ["ab", "cde"],
        [5],
        [null],
        { "no spaces": "1" },
        { "": "1" },
        { "x-a": "1\n2" },
        { "x-a": Symbol.iterator },
        { [Symbol.iterator]: 5 },
        [["x-a", { toString: null, valueOf: null }]],
      ];
      for (const headers of all) results.push(await ended(() => fetch("/echo", { headers })));
      // Firefox says whether it was a record or pairs, and ours are always pairs.
      for (const headers of [{ "x-a": "ключ" }, { ключ: "1" }])
        results.push({ ...(await ended(() => fetch("/echo", { headers }))).rejected, message: "" });
      const symbol = await ended(() => fetch("/echo", { headers: { [Symbol("s")]: "1" } }));
      const thrown = await ended(() =>
        fetch("/echo", {
          headers: {
            get "x-a"() {
              throw "of a getter";
            },
          },
        }),
      );
      return { results, symbol, thrown };
    },
    {
      expects: ({ results, thrown }) =>
        assert.ok(
          results.every((result) => (result.rejected ?? result).class === "TypeError" || result.body) &&
            thrown.rejected.thrown === "of a getter",
        ),
      tokenless: true,
    },
  );
});
