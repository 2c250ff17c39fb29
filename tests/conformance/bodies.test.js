// What a call sends is sent again byte for byte, and nothing is kept longer than it may be needed:
// https://fetch.spec.whatwg.org/#concept-bodyinit-extract, and step 12 of
// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, which sends a request again after a 401 in the same way.

import assert from "node:assert/strict";
import { pageInEachBrowser } from "./support/suite.js";

pageInEachBrowser("a body", ({ test, check }) => {
  test(
    "text, bytes, blobs, files, parameters and forms are sent with the same type and the same bytes, the second time too",
    async ({ fetch, ended }) => {
      const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
      const form = new FormData();
      form.append("text", "Grüße 世界 🚀 \r\n\n\r end");
      form.append('name "quoted"\r\n', "");
      form.append("same", "1");
      form.append("same", "2");
      form.append("file", new File([bytes], 'Grüße "1".bin', { type: "application/x-own" }));
      form.append("blob", new Blob(["blob"]), "renamed.txt");
      form.append("empty", new File([], ""));
      const all = {
        empty: "",
        text: "Grüße 世界 🚀 \ud800 lone",
        buffer: bytes.buffer,
        bytes,
        part: bytes.subarray(100, 103),
        view: new DataView(bytes.buffer, 250),
        words: new Uint16Array([1, 65535]),
        big: new BigInt64Array([-1n]),
        none: new ArrayBuffer(0),
        blob: new Blob(["blob ", bytes]),
        typed: new Blob(["{}"], { type: "Application/JSON; a=1" }),
        file: new File(["file"], "name.txt", { type: "text/x-own" }),
        slice: new Blob(["0123456789"]).slice(2, 5, "text/slice"),
        params: new URLSearchParams([
          ["a", "1 2&3"],
          ["ü", "世"],
          ["a", ""],
        ]),
        form,
        emptyForm: new FormData(),
        number: 5,
        object: { toString: () => "object" },
        null: null,
      };
      const results = {};
      for (const [name, body] of Object.entries(all)) {
        results[name] = await ended(() => fetch("/echo", { method: "POST", body }));
        results[`${name}, own type`] = await ended(() =>
          fetch("/echo", { method: "PUT", body, headers: { "Content-Type": "text/own" } }),
        );
        results[`${name}, of a Request`] = await ended(() => fetch(new Request("/echo", { method: "POST", body })));
        results[`${name}, over a Request`] = await ended(() =>
          fetch(new Request("/echo", { method: "POST", body: "other" }), { body }),
        );
      }
      return results;
    },
    {
      expects: ({ text, part, params, form }) => {
        assert.ok(Buffer.from(text.body.body, "base64").includes("世界 🚀"));
        assert.deepEqual([...Buffer.from(part.body.body, "base64")], [100, 101, 102]);
        assert.equal(params.body.type, "application/x-www-form-urlencoded;charset=UTF-8");
        assert.ok(Buffer.from(form.body.body, "base64").includes(Buffer.from([254, 255])));
      },
    },
  );

  test(
    "methods keep their case, and a method without a body stays without one",
    async ({ fetch, ended }) => {
      const results = [];
      for (const method of ["get", "Post", "put", "delete", "options", "head", "PATCH", "QUERY"])
        results.push(await ended(() => fetch("/echo", { method })));
      return results;
    },
    {
      expects: (native) =>
        assert.deepEqual(
          native.map(({ body }) => body.method),
          ["GET", "POST", "PUT", "DELETE", "OPTIONS", undefined, "PATCH", "QUERY"],
        ),
    },
  );

  test(
    "bodies that cannot be sent are refused as the browser refuses them",
    async ({ fetch, ended }) => {
      const locked = new ReadableStream();
      locked.getReader();
      const stream = () => new ReadableStream({ start: (controller) => controller.close() });
      const inits = [
        { body: Symbol.iterator },
        { body: locked, duplex: "half" },
        { body: stream() },
        { body: stream(), duplex: "full" },
        { body: stream(), duplex: "half", mode: "no-cors" },
        { body: stream(), duplex: "half", keepalive: true },
        { body: new Response("x").body.pipeThrough(new TransformStream()) },
      ];
      const results = [];
      // Firefox sends no streams, but their text.
      for (const init of inits) results.push(await ended(() => fetch("/echo", { method: "POST", ...init })));
      return results;
    },
    { guises: ["signed out", "signed in"], tokenless: true },
  );

  // A browser sends streams over HTTP/2 only, and hides their 401; so here a function that reads them stands for the
  // browser.
  const streamed = async ({ instance, native, limit, shape }) => {
    let [pulled, cancelled, refreshes] = [0, 0, 0];
    const chunk = (n) => new TextEncoder().encode(`chunk ${n} 世;`);
    const source = new ReadableStream(
      {
        pull: (controller) => (pulled < 5 ? controller.enqueue(chunk(pulled++)) : controller.close()),
        cancel: () => void cancelled++,
      },
      { highWaterMark: 0 },
    );
    const seen = [];
    const fetch = async (input, init) => {
      const [body, headers] =
        input instanceof Request ? [input.body, input.headers] : [init.body, new Headers(init.headers)];
      const text = await new Response(body).text();
      seen.push(text);
      return native("/echo", { method: "POST", body: text, headers });
    };
    const auth = instance("stale", {
      fetch,
      bodyCopyLimit: limit,
      refresh: async () => (refreshes++, { access_token: "fresh" }),
    });
    const init = { method: "POST", body: source, duplex: "half" };
    const response = await auth.fetch(
      shape === "request" ? new Request("/echo", init) : "/echo",
      shape === "request" ? undefined : init,
    );
    await auth.refresh().catch(() => {});
    return {
      status: response.status,
      seen,
      pulled,
      cancelled,
      refreshed: refreshes > 0,
      token: auth.session.accessToken,
    };
  };
  const WHOLE = [0, 1, 2, 3, 4].map((n) => `chunk ${n} 世;`).join("");

  check("a stream within the limit is sent again byte for byte", async ({ once }, name) => {
    for (const shape of name === "firefox" ? ["init"] : ["init", "request"]) {
      const found = await once(streamed, { limit: 1000, shape });
      assert.deepEqual(
        found,
        { status: 200, seen: [WHOLE, WHOLE], pulled: 5, cancelled: 0, refreshed: true, token: "fresh" },
        shape,
      );
    }
  });

  check(
    "a stream over the limit is sent once, and its 401 comes back once the refresh has begun",
    async ({ once }, name) => {
      for (const shape of name === "firefox" ? ["init"] : ["init", "request"]) {
        const found = await once(streamed, { limit: 20, shape });
        assert.deepEqual(
          found,
          { status: 401, seen: [WHOLE], pulled: 5, cancelled: 0, refreshed: true, token: "fresh" },
          shape,
        );
      }
    },
  );

  check(
    "bytes over the limit are sent once, and their 401 comes back once the refresh has begun",
    async ({ once, server }) => {
      const found = await once(async ({ instance, until }) => {
        const auth = instance("stale", { bodyCopyLimit: 10 });
        const response = await auth.fetch("/echo", { method: "POST", body: new Uint8Array(11) });
        await until(() => auth.session.accessToken === "fresh");
        const next = await auth.fetch("/echo", { method: "POST", body: new Uint8Array(11) });
        return [response.status, next.status];
      });
      assert.deepEqual(found, [401, 200]);
      assert.deepEqual(
        server.log().map(({ authorization }) => authorization),
        ["Bearer stale", "Bearer fresh"],
      );
    },
  );

  check(
    "the body of a 401 that nobody will see is cancelled, and the one that its caller gets is not",
    async ({ once }) => {
      const found = await once(async ({ instance }) => {
        const cancelled = [];
        let number = 0;
        const refused = (n) =>
          new Response(
            new ReadableStream({
              start: (controller) => controller.enqueue(new Uint8Array(1)),
              cancel: () => void cancelled.push(n),
            }),
            { status: 401 },
          );
        const fetch = async (_, { headers }) =>
          new Headers(headers).get("authorization") === "Bearer fresh" ? new Response("answer") : refused(number++);
        const auth = instance("stale", { fetch });
        const text = await (await auth.fetch("/echo")).text();
        const alone = instance("stale", { fetch, refresh: undefined });
        const kept = await alone.fetch("/echo");
        return { text, cancelled, status: kept.status, first: (await kept.body.getReader().read()).value.length };
      });
      assert.deepEqual(found, { text: "answer", cancelled: [0], status: 401, first: 1 });
    },
  );

  check("the second branch of a Request is let go as soon as the first is answered", async ({ once }) => {
    const found = await once(async ({ instance, until }) => {
      let branches = 0;
      let cancelled = 0;
      const { clone } = Request.prototype;
      const { cancel } = ReadableStream.prototype;
      ReadableStream.prototype.cancel = function (reason) {
        cancelled++;
        return cancel.call(this, reason);
      };
      Request.prototype.clone = function () {
        branches++;
        return clone.call(this);
      };
      const auth = instance("good");
      const response = await auth.fetch(new Request("/echo", { method: "POST", body: "twice" }));
      Object.assign(Request.prototype, { clone });
      if ("body" in Request.prototype) await until(() => cancelled > 0);
      ReadableStream.prototype.cancel = cancel;
      return { status: response.status, branches: branches > 0 };
    });
    assert.deepEqual(found, { status: 200, branches: true });
  });
});
