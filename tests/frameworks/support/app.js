// An app of a framework in a folder of its own, installed and built as its users do, beside a server that wants tokens.

import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "../../../scripts/run.js";
import { openTab } from "../../clients/support/open.js";
import { startServer } from "../../clients/support/server.js";
import { freePort } from "../../support/http.js";
import { installed } from "../../support/install.js";
import { startProcess } from "../../support/process.js";

const QUIET = { NEXT_TELEMETRY_DISABLED: "1", NUXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" };

/** A folder with the framework in it, and the package as npm would unpack it. */
async function install(name, files) {
  const from = `tests/frameworks/${name}`;
  const app = await installed(`frameworks-${name}`, { from, to: `frameworks/${name}`, marker: name });
  for (const [to, source] of Object.entries(files)) cpSync(join(root, "tests", "clients", source), join(app, to));
  const modules = join(app, "node_modules", "authfetch");
  rmSync(modules, { recursive: true, force: true });
  for (const file of ["package.json", "dist"]) cpSync(join(root, file), join(modules, file), { recursive: true });
  return app;
}

/**
 * Installs, builds and starts the app. `files` are copied into it from tests/clients; `build` and `start` are commands
 * of the app, the latter as a function of the port. What is returned has the `server`, the app's `url`,
 * `openTab(browser)` and `close()`.
 */
export async function openApp(name, { files, build, start, env = () => ({}) }) {
  const app = await install(name, { "auth.js": "recipes/auth.js", "page.js": "support/page.js", ...files });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const server = await startServer({ also: new URL(url).origin });
  const variables = {
    ...QUIET,
    SERVER: server.origin,
    PORT: String(port),
    HOST: "127.0.0.1",
    ...env({ port, server }),
  };
  await run(process.execPath, build, { cwd: app, env: variables, quiet: true });
  const running = await startProcess(process.execPath, start({ port }), {
    cwd: app,
    env: variables,
    url,
    what: `the ${name} app`,
  });
  return {
    server,
    url,
    openTab: (browser) => openTab(browser, url),
    async close() {
      running.close();
      await server.close();
    },
  };
}
