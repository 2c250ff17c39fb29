// What is read in the turn of the call, and what no later change can reach: the body is extracted and the Request made
// before the promise is returned. https://fetch.spec.whatwg.org/#dom-global-fetch, step 2;
// https://fetch.spec.whatwg.org/#concept-bodyinit-extract

import assert from "node:assert/strict";
import { pageInEachBrowser } from "./support/suite.js";

const bodies = (native) => native.map(({ body }) => Buffer.from(body.body, "base64").toString());

pageInEachBrowser("the turn of a call", ({ test, check }) => {
  test(
    "a Request's body counts as used at once, and is locked to whoever reads it",
    async ({ fetch, ended }) => {
      const request = new Request("/echo", { method: "POST", body: "once" });
      const before = request.bodyUsed;
      const call = ended(() => fetch(request));
      const [atOnce, locked] = [request.bodyUsed, request.body?.locked];
      const read = await ended(() => request.text());
      const again = await ended(() => fetch(request));
      const empty = new Request("/echo", { method: "POST" });
      const bare = ended(() => fetch(empty));
      return { before, atOnce, locked, read, again, result: await call, unused: empty.bodyUsed, bare: await bare };
    },
    {
      expects: ({ before, atOnce, again, unused }) =>
        assert.deepEqual([before, atOnce, again.rejected.class, unused], [false, true, "TypeError", false]),
    },
  );

  test(
    "an init with a body of its own leaves the Request's unused",
    async ({ fetch, ended }) => {
      const request = new Request("/echo", { method: "POST", body: "of the request" });
      const call = ended(() => fetch(request, { body: "of the init" }));
      const used = request.bodyUsed;
      return { used, result: await call, later: request.bodyUsed };
    },
    {},
  );

  test(
    "what is changed after the call changes neither the first send nor the second",
    async ({ fetch, ended }) => {
      const results = [];
      const go = async (init, change, input = "/echo") => {
        const call = ended(() => fetch(input, init));
        change(init);
        results.push(await call);
      };
      const bytes = () => new Uint8Array([97, 98, 99, 100]);
      await go({ method: "POST", body: "text" }, (init) =>
        Object.assign(init, { method: "PUT", body: "changed", headers: { "x-late": "1" } }),
      );
      await go({ method: "POST", body: bytes() }, ({ body }) => body.fill(120));
      await go({ method: "POST", body: bytes().buffer }, ({ body }) => new Uint8Array(body).fill(120));
      await go({ method: "POST", body: bytes().subarray(1, 3) }, ({ body }) => body.fill(120));
      await go({ method: "POST", body: new DataView(bytes().buffer, 1) }, ({ body }) => body.setUint8(0, 120));
      await go(
        { method: "POST", body: bytes().buffer },
        ({ body }) => void structuredClone(body, { transfer: [body] }),
      );
      await go({ method: "POST", body: new URLSearchParams("a=1") }, ({ body }) => body.append("late", "1"));
      const form = new FormData();
      form.append("a", "1");
      await go({ method: "POST", body: form }, ({ body }) => (body.append("late", "1"), body.delete("a")));
      await go({ headers: { "x-a": "1" } }, ({ headers }) => (headers["x-a"] = "late"));
      await go({ headers: [["x-a", "1"]] }, ({ headers }) => ((headers[0][1] = "late"), headers.push(["x-late", "1"])));
      await go({ headers: new Headers({ "x-a": "1" }) }, ({ headers }) => headers.set("x-a", "late"));
      const url = new URL("/echo?at=call", location.href);
      await go({}, () => (url.search = "late"), url);
      const request = new Request("/echo", { method: "POST", body: "of a request", headers: { "x-a": "1" } });
      await go(undefined, () => request.headers.set("x-a", "late"), request);
      return results;
    },
    {
      expects: (native) => {
        assert.deepEqual(bodies(native).slice(0, 7), ["text", "abcd", "abcd", "bc", "bcd", "abcd", "a=1"]);
        assert.ok(native.every((result) => result.status === 200 && !JSON.stringify(result).includes("late")));
      },
    },
  );

  test(
    "a bad URL and an aborted signal are told in the same microtask as natively",
    async ({ fetch }) => {
      const order = [];
      const say = (word) => () => order.push(word);
      const reason = {};
      fetch("http://[").catch(say("bad URL"));
      fetch("/echo", { signal: AbortSignal.abort(reason) }).catch(say("aborted"));
      order.push("returned");
      for (let turn = 0, tick = Promise.resolve(); turn < 4; turn++) tick = tick.then(say(`tick ${turn}`));
      await new Promise((resolve) => setTimeout(resolve));
      return order;
    },
    {
      expects: (order) => assert.deepEqual(order.slice(0, 4), ["returned", "bad URL", "aborted", "tick 0"]),
      tokenless: true,
    },
  );

  check(
    "calls are sent in the order they are made in, when a refresh holds them back too",
    async ({ once, server }) => {
      const { statuses } = await once(async ({ instance, until }) => {
        let answer;
        const auth = instance("stale", {
          refresh: () => new Promise((resolve) => (answer = () => resolve({ access_token: "fresh" }))),
          leeway: 0,
        });
        const first = auth.fetch("/echo?n=first");
        await until(() => answer);
        const waiting = [0, 1, 2].map((n) => auth.fetch(`/echo?n=${n}`));
        answer();
        return { statuses: (await Promise.all([first, ...waiting])).map(({ status }) => status) };
      });
      assert.deepEqual(statuses, [200, 200, 200, 200]);
      assert.equal(server.log().filter(({ authorization }) => authorization === "Bearer fresh").length, 4);
    },
  );
});
