// The documentation's block for the Model Context Protocol: the SDK's client in a page, its server behind a token.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { useBrowser } from "../support/browser.js";
import { json } from "../support/http.js";
import { until } from "../support/until.js";
import { installedBackend, startBackend } from "./backends/start.js";
import { open, signIn, TELL } from "./support.js";

const browser = useBrowser("chromium", { protocolTimeout: 60_000 });

test("an MCP client calls a tool after its token has run out, by one refresh, and ends with the session", async (t) => {
  const app = await installedBackend("mcp");
  const { route, close } = await startBackend("mcp");
  t.after(close);
  const { page, server, paths } = await open(t, browser, "mcp", {
    nodePaths: [join(app, "node_modules")],
    after: `${TELL} globalThis.connect = connect;`,
    routes: {
      "/api/mcp"(request, response, body, world) {
        if (world.hangs) return;
        const good = request.headers.authorization === `Bearer ${world.access}`;
        return good ? route(request, response, body) : json(response, 401, { error: "invalid_token" });
      },
    },
  });
  await signIn(page, server);
  const greet = () => page.evaluate(async () => (await client.callTool({ name: "greet" })).content[0].text);
  await page.evaluate(async () => void (globalThis.client = await connect("/api/mcp")));
  assert.equal(await greet(), "Hello.");
  server.access = "another";
  paths();
  assert.equal(await greet(), "Hello.");
  assert.deepEqual(paths(), ["/api/mcp", "/token", "/api/mcp"]);
  server.hangs = true;
  await page.evaluate(() => {
    globalThis.told = client.callTool({ name: "greet" }).catch(({ name, code }) => [name, code]);
  });
  await until(() => server.log.some(({ path }) => path === "/api/mcp"));
  const told = await page.evaluate(() => (auth.logout(), globalThis.told));
  assert.deepEqual(told, ["AbortError", "logged_out"]);
});
