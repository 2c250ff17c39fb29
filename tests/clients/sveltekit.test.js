// A SvelteKit app, built for production and rendered on the server first: `hooks.client.js` puts the drop-in in place
// of the global fetch, so that a `load` function's fetch is the drop-in too.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { root } from "../../scripts/run.js";
import { ONE_REFRESH } from "../support/authorization-server.js";
import { useBrowser } from "../support/browser.js";
import { openTab } from "./support/open.js";
import { startServer } from "./support/server.js";
import { follows } from "./support/view.js";

const browser = useBrowser("chromium");
let server;
let app;
let client;

before(async () => {
  // SvelteKit takes the working directory for the app's, from the moment it is imported.
  process.chdir(join(root, "tests", "clients", "sveltekit"));
  const { build, preview } = await import("vite");
  server = await startServer();
  // The authorization server would refuse an origin that is not its own.
  const target = {
    target: server.origin,
    configure: (proxy) => proxy.on("proxyReq", (request) => request.removeHeader("origin")),
  };
  const proxy = { "/api": target, "/token": target };
  await build();
  app = await preview({ preview: { host: "127.0.0.1", port: 0, proxy } });
  client = { server, ...(await openTab(await browser(), app.resolvedUrls.local[0])) };
  client.anotherTab = async () => openTab(await browser(), app.resolvedUrls.local[0]);
});
after(async () => {
  await app?.close();
  await server?.close();
});
beforeEach(() => server.reset());

test("the server renders the page signed out", async () => {
  const page = await (await fetch(app.resolvedUrls.local[0])).text();
  assert.match(page, /signed out/);
});

test("a burst of calls to the global fetch is answered after one refresh", async () => {
  const { tell } = client;
  await tell("signIn", await server.tokens());
  await tell("read", 10, 0);
  assert.deepEqual(
    await tell("allEnded"),
    Array.from({ length: 10 }, (_, n) => ({ value: n })),
  );
  assert.deepEqual(server.refreshes(), ONE_REFRESH);
});

test("the fetch of a load function sends the token, and refreshes it", async () => {
  const { tell } = client;
  await tell("signIn", await server.tokens());
  assert.deepEqual(await tell("load"), { n: 7 });
  assert.deepEqual(server.refreshes(), ONE_REFRESH);
  assert.deepEqual(client.errors, []);
});

follows(() => client);
