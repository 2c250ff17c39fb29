// Where there is no page: dedicated, shared and service workers, as modules and as classic scripts.
// https://fetch.spec.whatwg.org/#dom-global-fetch is the same in each, and a relative URL is read against the script's
// own: https://html.spec.whatwg.org/#script-settings-for-workers:api-base-url

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { bundleText } from "../support/bundle.js";
import { AUTHFETCH } from "../support/files.js";
import { until } from "../support/until.js";
import { pageInEachBrowser } from "./support/suite.js";

const SCRIPT = fileURLToPath(new URL("support/worker.js", import.meta.url));
const CLASSIC = "/classic.js";
const MODULE = "/tests/conformance/support/worker.js";

/** The build of the package that is tested. */
const build = {
  name: "build",
  setup: ({ onResolve }) => onResolve({ filter: /\/dist\/index\.js$/ }, () => ({ path: AUTHFETCH })),
};
const classic = await bundleText({ entryPoints: [SCRIPT], format: "iife", plugins: [build] });

/** Has a worker do a task, in the page: it is started at the first one, and kept. */
async function ask({ kind, url, type, task, origin }) {
  globalThis.workers ??= new Map();
  const key = kind + url;
  if (!workers.has(key)) {
    if (kind === "dedicated") workers.set(key, new Worker(url, { type }));
    if (kind === "blob")
      workers.set(
        key,
        new Worker(URL.createObjectURL(new Blob([await (await fetch(url)).text()], { type: "text/javascript" }))),
      );
    if (kind === "shared") workers.set(key, new SharedWorker(url, { type }).port);
    if (kind === "service") {
      const { installing, waiting, active } = await navigator.serviceWorker.register(url, {
        type,
        scope: `/scope-${type}/`,
      });
      workers.set(key, installing ?? waiting ?? active);
    }
  }
  const worker = workers.get(key);
  const channel = new MessageChannel();
  const answer = new Promise((resolve, reject) => {
    channel.port1.onmessage = worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message || "the worker does not start"));
  });
  if (kind === "shared") worker.postMessage({ task, origin });
  else worker.postMessage({ task, origin }, [channel.port2]);
  const { value, failed } = await answer;
  if (failed) throw new Error(failed);
  return value;
}

const INVALID = { name: "AuthFetchError", code: "invalid_options" };
const ENDED = { name: "AbortError", code: "logged_out" };

pageInEachBrowser("in a worker", ({ check, name }) => {
  const kinds = [
    ["dedicated", "module", MODULE],
    ["dedicated", "classic", CLASSIC],
    ["shared", "module", MODULE],
    ["shared", "classic", CLASSIC],
    ["service", "classic", CLASSIC],
    // Firefox has no service workers that are modules.
    ...(name === "chromium" ? [["service", "module", MODULE]] : []),
  ];
  for (const [kind, type, url] of kinds) {
    const told = ({ once, server }, task) => {
      server.serve(CLASSIC, classic);
      return once(ask, { kind, url, type, task });
    };

    check(
      `a ${kind} one, ${type}, a session lives in memory, is shared by its name, refreshed once and ended`,
      async (world) => {
        const expected = {
          shared: "stale",
          statuses: [200, 200, 200],
          absolute: 200,
          refreshes: 1,
          state: "signed-in",
        };
        assert.deepEqual(await told(world, "session"), expected);
        await until(() => world.server.held() === 1, "the call that is under way at the logout");
        assert.deepEqual(await told(world, "leave"), { state: "signed-out", ended: ENDED });
        await until(
          () => world.server.log().some(({ path, outcome }) => path === "/held" && outcome === "aborted"),
          "the abort at the server",
        );
        world.server.go();
      },
    );

    check(
      `a ${kind} one, ${type}, a storage that is given keeps the session, and "local" or "session" is refused`,
      async (world) => {
        assert.deepEqual(await told(world, "storage"), { keys: ["kept"], token: "good", again: 200, left: false });
        assert.deepEqual(await told(world, "options"), [INVALID, INVALID, "signed-out", "signed-out"]);
      },
    );

    check(`a ${kind} one, ${type}, relative URLs and errors are those of its own fetch`, async (world) => {
      const { native, results } = await told(world, "relative");
      assert.deepEqual(results, [native, native]);
      assert.equal(native[1], 200);
    });
  }

  check("where no base is, a relative URL is refused in the browser's own words", async ({ once, server }) => {
    server.serve(CLASSIC, classic);
    const { native, results } = await once(ask, { kind: "blob", url: CLASSIC, task: "relative" });
    assert.deepEqual(results, [native, native]);
    assert.ok(native.every((result) => result.class === "TypeError"));
  });
});
