// A caller's signal, from before the call to the last byte of the body, and the session's end beside it:
// https://fetch.spec.whatwg.org/#dom-global-fetch, steps 4 to 11; https://fetch.spec.whatwg.org/#abort-fetch

import assert from "node:assert/strict";
import { until } from "../support/until.js";
import { pageInEachBrowser } from "./support/suite.js";

const NO_REFRESH = ["signed out", "signed in"];

pageInEachBrowser("an aborted call", ({ test, check }) => {
  test(
    "with a signal aborted before the call nothing is sent, and the reason is the very object",
    async ({ fetch, ended }) => {
      const results = [];
      for (const reason of [
        undefined,
        null,
        0,
        "text",
        new Error("mine"),
        { of: "mine" },
        new DOMException("mine", "TimeoutError"),
      ]) {
        const signal = AbortSignal.abort(reason);
        const same = (call) =>
          call.then(
            () => "answered",
            (error) => error === signal.reason,
          );
        const request = new Request("/echo", { signal, method: "POST", body: "x" });
        const calls = [
          fetch("/echo", { signal }),
          fetch(request),
          fetch(new Request("/echo"), { signal }),
          fetch("/echo", { signal, method: "POST", body: "x" }),
        ];
        results.push([
          await ended(() => fetch("/echo", { signal })),
          ...(await Promise.all(calls.map(same))),
          request.bodyUsed,
        ]);
      }
      return results;
    },
    {
      expects: (native) => native.forEach(([, ...rest]) => assert.deepEqual(rest, [true, true, true, true, true])),
      tokenless: true,
    },
  );

  test(
    "a wrong argument beats an aborted signal",
    async ({ fetch, ended }) => {
      const signal = AbortSignal.abort("aborted");
      const calls = [
        ["http://["],
        ["/echo", { method: "a b" }],
        ["/echo", { window: "x" }],
        ["/echo", { headers: { "a b": "1" } }],
        ["/echo", { body: "x" }],
        ["blob:nothing"],
        ["https://evil.test/"],
      ];
      const results = [];
      for (const [input, init] of calls) results.push(await ended(() => fetch(input, { ...init, signal })));
      return results;
    },
    {
      expects: (native) =>
        assert.deepEqual([native[0].rejected.class, native[5].rejected.thrown], ["TypeError", "aborted"]),
      tokenless: true,
    },
  );

  test(
    "aborted in the same turn, and in flight, a call rejects with the reason and its request is given up",
    async ({ fetch, native }) => {
      const outcome = [];
      for (const later of [false, true]) {
        for (const shape of ["string", "request", "both"]) {
          const controller = new AbortController();
          const { signal } = controller;
          const reason = { shape };
          const call =
            shape === "string"
              ? fetch("/held", { signal })
              : shape === "request"
                ? fetch(new Request("/held", { signal }))
                : fetch(new Request("/held", { signal: new AbortController().signal }), { signal });
          if (later) await new Promise((resolve) => setTimeout(resolve, 30));
          controller.abort(reason);
          outcome.push(
            await call.then(
              () => "answered",
              (error) => error === reason,
            ),
          );
        }
      }
      await native("/go");
      return outcome;
    },
    { expects: (native) => assert.deepEqual(native, Array(6).fill(true)), guises: NO_REFRESH, tokenless: true },
  );

  test(
    "`signal: null` removes the Request's own signal, and a signal in init takes its place",
    async ({ fetch, ended }) => {
      const request = () => new Request("/echo", { signal: AbortSignal.abort("of the request") });
      const calls = [
        { signal: null },
        { signal: undefined },
        {},
        { signal: AbortSignal.abort("of the init") },
        { signal: new AbortController().signal },
      ];
      const results = [];
      for (const init of calls) results.push(await ended(() => fetch(request(), init)));
      return results;
    },
    {
      expects: (native) =>
        assert.deepEqual(
          native.map(({ status, rejected }) => status ?? rejected.thrown),
          [200, "of the request", "of the request", "of the init", 200],
        ),
    },
  );

  test(
    "while the body is read, an abort ends the reading as it does natively",
    async ({ fetch, native, ended }) => {
      const results = [];
      for (const how of ["text", "read", "before", "clone"]) {
        const controller = new AbortController();
        const response = await fetch("/open", { signal: controller.signal });
        const reader = how === "read" ? response.body.getReader() : undefined;
        const first = await reader?.read();
        const copy = how === "clone" ? response.clone() : response;
        const reading =
          how === "before" ? undefined : ended(() => (reader ? reader.read().then(({ done }) => done) : copy.text()));
        controller.abort(new Error("mine"));
        const result = (await reading) ?? (await ended(() => response.text()));
        results.push({ how, first: first && new TextDecoder().decode(first.value), result, used: response.bodyUsed });
        await native("/go");
      }
      return results;
    },
    {},
  );

  test(
    "a signal that times out gives its own error",
    async ({ fetch, native, ended }) => {
      const result = await ended(() => fetch("/held", { signal: AbortSignal.timeout(20) }));
      await native("/go");
      return result;
    },
    { expects: ({ rejected }) => assert.equal(rejected.name, "TimeoutError"), guises: NO_REFRESH, tokenless: true },
  );

  test(
    "an abort after the answer has been read does nothing",
    async ({ fetch }) => {
      const controller = new AbortController();
      const response = await fetch("/echo", { signal: controller.signal });
      const text = await response.text();
      controller.abort();
      return [response.status, response.ok, text.length > 0];
    },
    { expects: (native) => assert.deepEqual(native, [200, true, true]) },
  );

  check(
    "a wait for a refresh ends with the caller's reason, and the refresh goes on for the others",
    async ({ once, server }) => {
      const found = await once(async ({ instance, until }) => {
        let answer;
        let refreshes = 0;
        let signal;
        const refresh = (context) => (
          refreshes++,
          (signal = context.signal),
          new Promise((resolve) => (answer = () => resolve({ access_token: "fresh" })))
        );
        const auth = instance("stale", { refresh });
        const [controller, reason] = [new AbortController(), {}];
        const first = auth.fetch("/echo?n=0", { signal: controller.signal });
        const other = auth.fetch("/echo?n=1");
        await until(() => answer);
        const waiting = auth.fetch("/echo?n=2", { signal: controller.signal });
        controller.abort(reason);
        const same = await Promise.all(
          [first, waiting].map((call) =>
            call.then(
              () => "answered",
              (error) => error === reason,
            ),
          ),
        );
        const aborted = signal.aborted;
        answer();
        return { same, aborted, status: (await other).status, refreshes, state: auth.state };
      });
      assert.deepEqual(found, { same: [true, true], aborted: false, status: 200, refreshes: 1, state: "signed-in" });
      assert.deepEqual(
        server
          .log()
          .filter(({ authorization }) => authorization === "Bearer fresh")
          .map(({ told }) => told.path),
        ["/echo?n=1"],
      );
    },
  );

  check("a retry ends with the caller's reason", async ({ once, server }) => {
    const running = once(async ({ instance }) => {
      const auth = instance("stale");
      const [controller, reason] = [new AbortController(), {}];
      globalThis.abortRetry = () => controller.abort(reason);
      const call = auth.fetch("/held", { signal: controller.signal, method: "POST", body: "twice" });
      const same = await call.then(
        () => "answered",
        (error) => error === reason,
      );
      return { same, state: auth.state };
    });
    await until(() => server.held() === 1, "the retry at the server");
    await once(() => globalThis.abortRetry());
    assert.deepEqual(await running, { same: true, state: "signed-in" });
    await until(() => server.log().at(-1).outcome === "aborted", "its end at the server");
    assert.deepEqual(
      server.log().map(({ authorization }) => authorization),
      ["Bearer stale", "Bearer fresh"],
    );
    server.go();
  });

  check("a logout after the headers cancels the body's stream, of each shape of call", async ({ once, server }) => {
    const found = await once(async ({ instance }) => {
      const errors = [];
      for (const shape of ["bare", "signal", "request", "refreshed"]) {
        const auth = instance(shape === "refreshed" ? "stale" : "good");
        const init = shape === "signal" ? { signal: new AbortController().signal } : undefined;
        const response = await auth.fetch(shape === "request" ? new Request("/open") : "/open", init);
        const reader = response.body.getReader();
        await reader.read();
        const reading = reader.read().then(
          () => "read",
          (error) => [error.name, error.code],
        );
        await auth.logout();
        errors.push(await reading);
      }
      return errors;
    });
    assert.deepEqual(found, Array(4).fill(["AbortError", "logged_out"]));
    await until(
      () => server.log().filter(({ outcome }) => outcome === "aborted").length === 4,
      "the aborts at the server",
    );
    server.go();
  });

  check(
    "a logout leaves calls to other origins, calls with `auth: false` and those made signed out alone",
    async ({ once, server }) => {
      const running = once(async ({ instance, other }) => {
        const auth = instance(null);
        globalThis.leave = () => auth.logout();
        // Each to an address of its own: browsers let a second request for one wait for the first, for 20 s.
        const before = auth.fetch("/held?signed-out");
        auth.setTokens({ access_token: "good" });
        const calls = [before, auth.fetch(`${other}/held`), auth.fetch("/held?without", { auth: false })];
        return (await Promise.all(calls)).map(({ status }) => status);
      });
      await until(() => server.held() === 3, "the calls at the server");
      await once(() => globalThis.leave());
      server.go();
      assert.deepEqual(await running, [200, 200, 200]);
    },
  );
});
