// What is none of ours: redirects, modes, schemes, the cache, and the members that only the browser understands.
// https://fetch.spec.whatwg.org/#http-redirect-fetch, #main-fetch, #scheme-fetch, #http-cache

import assert from "node:assert/strict";
import { hasGlobal } from "../support/page.js";
import { until } from "../support/until.js";
import { pageInEachBrowser } from "./support/suite.js";

pageInEachBrowser("on the network", ({ test, check }) => {
  test(
    "redirects on one's own origin are followed, and carry the method and the body as they do natively",
    async ({ fetch, ended }) => {
      const results = [];
      for (const status of [301, 302, 303, 307, 308]) {
        for (const method of ["GET", "POST", "PUT"]) {
          const init = method === "GET" ? {} : { method, body: "body", headers: { "x-a": "1" } };
          results.push(await ended(() => fetch(`/redirect?status=${status}&to=/echo`, init)));
        }
      }
      results.push(
        await ended(() => fetch("/redirect?to=/redirect?to=/echo%23part")),
        await ended(() => fetch("/redirect?to=data:,x")),
        await ended(() => fetch("/redirect?to=http://[")),
      );
      return results;
    },
    {
      expects: (native) =>
        assert.ok(native.slice(0, 15).every(({ status, redirected }) => status === 200 && redirected)),
    },
  );

  // Firefox asks first whether a request with `Authorization` may go to another origin; the answer is the same.
  test(
    "a redirect to another origin is followed, and the token stays behind",
    async ({ fetch, ended, other }) => [
      await ended(() => fetch(`/redirect?to=${encodeURIComponent(`${other}/echo`)}`)),
      await ended(() =>
        fetch(`/redirect?status=307&to=${encodeURIComponent(`${other}/echo`)}`, { method: "POST", body: "body" }),
      ),
      await ended(() => fetch(`${other}/redirect?to=${encodeURIComponent(`${other}/echo`)}`)),
      await ended(() => fetch(`/redirect?to=${encodeURIComponent(`${other}/echo`)}`, { mode: "same-origin" })),
    ],
    {
      expects: (native) =>
        assert.deepEqual(
          native.map(({ type, rejected }) => type ?? rejected.class),
          ["cors", "cors", "cors", "TypeError"],
        ),
    },
  );

  test(
    '`redirect: "manual"` and `"error"` end as natively',
    async ({ fetch, ended }) => [
      await ended(() => fetch("/redirect?to=/echo", { redirect: "manual" })),
      await ended(() => fetch("/redirect?to=/echo", { redirect: "error" })),
      await ended(() => fetch(new Request("/redirect?to=/echo", { redirect: "manual" }))),
      await ended(() => fetch(new Request("/redirect?to=/echo", { redirect: "error" }), { redirect: "follow" })),
      await ended(() => fetch("/echo", { redirect: "error" })),
    ],
    {
      expects: (native) =>
        assert.deepEqual(
          native.map(({ type, rejected }) => type ?? rejected.class),
          ["opaqueredirect", "TypeError", "opaqueredirect", "basic", "basic"],
        ),
    },
  );

  test(
    "other origins answer as they would without us: with CORS, without, opaque, and refused",
    async ({ fetch, ended, other }) => [
      await ended(() => fetch(`${other}/echo`)),
      await ended(() => fetch(new Request(`${other}/echo`, { method: "PUT", body: "body", headers: { "x-a": "1" } }))),
      await ended(() => fetch(`${other}/echo`, { mode: "no-cors" })),
      await ended(() => fetch("/echo", { mode: "no-cors" })),
      await ended(() => fetch("/echo", { mode: "same-origin" })),
      await ended(() => fetch(`${other}/echo`, { mode: "same-origin" })),
      await ended(() => fetch(`${other}/status?code=401`)),
      await ended(() => fetch(new URL("/echo", other), { credentials: "omit" })),
    ],
    {
      expects: (native) =>
        assert.deepEqual(
          native.map(({ type, rejected }) => type ?? rejected.class),
          ["cors", "cors", "opaque", "basic", "basic", "TypeError", "cors", "cors"],
        ),
    },
  );

  test(
    "`blob:`, `data:` and `about:` URLs answer as natively, and nothing of ours goes along",
    async ({ fetch, ended }) => {
      const blob = URL.createObjectURL(new Blob(["of a blob"], { type: "text/own" }));
      const calls = [
        [blob],
        [blob, { headers: { range: "bytes=0-1" } }],
        [blob, { method: "POST" }],
        [new Request(blob)],
        ["data:text/own,of%20data"],
        ["data:,x", { method: "POST", body: "x" }],
        [new URL("data:text/plain;base64,eA==")],
        ["about:blank"],
        ["javascript:1"],
        ["blob:nothing"],
      ];
      const results = [];
      for (const [input, init] of calls) results.push({ ...(await ended(() => fetch(input, init))), url: "" });
      URL.revokeObjectURL(blob);
      results.push(await ended(() => fetch("data:,x").then((response) => response.url)));
      return results;
    },
    {
      expects: (native) =>
        assert.deepEqual([native[0].body, native[4].body, native[6].body], ["of a blob", "of data", "x"]),
      tokenless: true,
    },
  );

  test(
    "statuses, empty answers and headers come through as they are, in the very object",
    async ({ fetch, ended }) => {
      const results = [];
      for (const code of [200, 201, 204, 205, 304, 400, 403, 404, 409, 410, 418, 422, 429, 500, 503])
        results.push(await ended(() => fetch(`/status?code=${code}`)));
      return results;
    },
    {
      expects: (native) =>
        assert.deepEqual(
          native.map(({ status }) => status),
          [200, 201, 204, 205, 304, 400, 403, 404, 409, 410, 418, 422, 429, 500, 503],
        ),
    },
  );

  test(
    "cache modes, integrity, credentials, referrers, priority and keepalive go along",
    async ({ fetch, ended, guise }) => {
      const results = {};
      const name = encodeURIComponent(guise);
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every engine
      document.cookie = "own=1";
      const plain = ({ rejected, status, body, type }) => ({
        rejected,
        status,
        type,
        body: typeof body === "object" ? { ...body, path: "" } : body,
      });
      const inits = {
        noStore: { cache: "no-store" },
        reload: { cache: "reload" },
        noCache: { cache: "no-cache" },
        force: { cache: "force-cache" },
        onlyIfCached: { cache: "only-if-cached", mode: "same-origin" },
        omit: { credentials: "omit" },
        include: { credentials: "include" },
        referrer: { referrer: "/somewhere" },
        noReferrer: { referrer: "" },
        policy: { referrerPolicy: "no-referrer" },
        origin: { referrerPolicy: "origin" },
        high: { priority: "high" },
        low: { priority: "low" },
        keepalive: { keepalive: true },
        sent: { keepalive: true, method: "POST", body: "kept" },
        bad: { integrity: "sha256-AAAA" },
        windowless: { window: null },
        wrong: { integrity: "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" },
        range: { headers: { range: "bytes=0-1" } },
        conditional: { headers: { "if-none-match": "x" } },
      };
      for (const [key, init] of Object.entries(inits)) {
        results[key] = plain(await ended(() => fetch(`/echo?${name}`, init)));
        results[`${key}, of a Request`] = plain(await ended(() => fetch(new Request(`/echo?${name}`, init))));
      }
      results.empty = plain(await ended(() => fetch(`/status?code=200&${name}`, inits.wrong)));
      const large = { keepalive: true, method: "POST", body: "x".repeat(65_537) };
      results.large = plain(await ended(() => fetch("/echo", large)));
      const request = new Request("/echo", { referrer: "/of-the-request", referrerPolicy: "unsafe-url" });
      results.kept = plain(await ended(() => fetch(request, { headers: { "x-a": "1" } })));
      results.untouched = plain(await ended(() => fetch(request)));
      return results;
    },
    {
      expects: ({ omit, include, referrer, wrong, empty, noStore, large }) => {
        assert.deepEqual([omit.body.headers.cookie, include.body.headers.cookie], [undefined, "own=1"]);
        assert.match(referrer.body.headers.referer, /\/somewhere$/);
        assert.deepEqual(
          [wrong.rejected.class, empty.status, noStore.body.headers["cache-control"], large.rejected.class],
          ["TypeError", 200, "no-cache", "TypeError"],
        );
      },
    },
  );

  test(
    "what the cache holds is taken from it, with a token as without",
    async ({ fetch, guise }) => {
      const url = `/cached?${encodeURIComponent(guise)}`;
      const text = async (init) => (await fetch(url, init)).text();
      const [first, second, forced, fresh] = [
        await text(),
        await text(),
        await text({ cache: "only-if-cached", mode: "same-origin" }),
        await text({ cache: "no-store" }),
      ];
      return { kept: first === second && second === forced, other: fresh !== first };
    },
    { expects: (native) => assert.deepEqual(native, { kept: true, other: true }) },
  );

  test(
    "server-sent events and a large download are read as they come",
    async ({ fetch, native }) => {
      const response = await fetch(`/open?type=text/event-stream&first=${encodeURIComponent("data: 1\n\n")}`, {
        headers: { accept: "text/event-stream" },
      });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const first = (await reader.read()).value;
      // The rest is sent only now: the first piece has not waited for it.
      await native("/go");
      let rest = "";
      for (let chunk; !(chunk = await reader.read()).done; ) rest += chunk.value;
      const large = await fetch("/large?bytes=20000000");
      let [bytes, pieces] = [0, 0];
      for (let chunk, body = large.body.getReader(); !(chunk = await body.read()).done; pieces++)
        bytes += chunk.value.length;
      const stopped = await fetch("/large?bytes=20000000");
      const part = stopped.body.getReader();
      await part.read();
      await part.cancel("enough");
      return {
        type: response.headers.get("content-type"),
        first,
        rest,
        bytes,
        inPieces: pieces > 1,
        length: large.headers.get("content-length"),
      };
    },
    {
      expects: (native) =>
        assert.deepEqual(native, {
          type: "text/event-stream",
          first: "data: 1\n\n",
          rest: "last",
          bytes: 20_000_000,
          inPieces: true,
          length: "20000000",
        }),
    },
  );

  check(
    "`no-cors`, `auth: false` and a header of the caller's own get no token, and their 401 refreshes nothing",
    async ({ once, server }) => {
      const found = await once(async ({ instance, other }) => {
        let refreshes = 0;
        const auth = instance("good", { refresh: async () => (refreshes++, { access_token: "fresh" }) });
        const own = { headers: { AUTHORIZATION: "Bearer stale" } };
        const calls = [
          ["/status?code=401", { mode: "no-cors" }],
          [new Request("/status?code=401", { mode: "no-cors" })],
          ["/status?code=401", { auth: false }],
          [new Request("/status?code=401"), { auth: false }],
          ["/echo", own],
          [new Request("/echo", own)],
          ["/echo", { headers: new Headers(own.headers) }],
          [`${other}/status?code=401`],
        ];
        const statuses = [];
        for (const [input, init] of calls) statuses.push((await auth.fetch(input, init)).status);
        return { statuses, refreshes };
      });
      assert.deepEqual(found, { statuses: Array(8).fill(401), refreshes: 0 });
      assert.deepEqual(
        [...new Set(server.log().map(({ authorization }) => authorization))],
        [undefined, "Bearer stale"],
      );
    },
  );

  check("a page that goes away leaves a keepalive call running", async ({ page, once, server }) => {
    await once(
      ({ instance }) => void instance("good").fetch("/held", { keepalive: true, method: "POST", body: "last words" }),
    );
    await until(() => server.held() === 1, "the call at the server");
    await page.reload();
    await hasGlobal(page, "once");
    const [call] = server.log().filter(({ path }) => path === "/held");
    assert.deepEqual(
      [call.outcome, call.authorization, Buffer.from(call.told.body, "base64").toString()],
      ["open", "Bearer good", "last words"],
    );
    server.go();
  });
});
