// Real back ends in processes of their own: installed once under target/, started on loopback ports.

import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { request as ask } from "node:http";
import { join } from "node:path";
import { fingerprint, once, root, run, which } from "../../scripts/run.js";
import { installed } from "./install.js";

/** The command of one in JavaScript: `from` is its folder from the root, with a `server.js`; `marker` a package of it. */
export async function nodeCommand(name, { from, marker }) {
  const folder = await installed(`backend-${name}`, { from, to: `backends/${name}`, marker });
  return [process.execPath, join(folder, "server.js")];
}

/** The same of one in Python, with a `server.py`, in a virtual environment of its own. */
export async function pythonCommand(name, { from }) {
  const folder = join(root, "target", "backends", name);
  const python = join(folder, "bin", "python");
  const requirements = join(from, "requirements.txt");
  await once(
    `backend-${name}`,
    fingerprint(requirements),
    () => existsSync(python),
    async () => {
      await run("python3", ["-m", "venv", "--clear", folder], { quiet: true });
      const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
      await run(python, [...install, join(root, requirements)], { quiet: true });
    },
  );
  return [python, join(root, from, "server.py")];
}

/** Why a back end in Python cannot be run here; false where it can. */
export const withoutPython = () => {
  if (!which("python3")) return "python3 is missing";
  const { status } = spawnSync("python3", ["-c", "import ensurepip, venv"]);
  return status === 0 ? false : "python3's venv is missing (on Debian: python3-venv)";
};

/**
 * Starts it; it prints its port. Resolves with its `origin`, a `route` that hands requests on to it, and `close()`. With
 * `host`, the route passes on whose name the request came to.
 */
export async function start([command, script], { env = {}, host = false } = {}) {
  const child = spawn(command, [script], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...env } });
  const port = await new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`${script} ended with ${code}`)));
    child.stdout.once("data", (line) => resolve(Number(line)));
  });
  /** As a route of a page's server: the same request, there. */
  const route = ({ url, method, headers }, response, body) => {
    const own = host ? headers : { ...headers, host: `127.0.0.1:${port}` };
    const sent = ask({ port, host: "127.0.0.1", path: url, method, headers: own }, (answer) =>
      answer.pipe(response.writeHead(answer.statusCode, answer.headers)),
    );
    sent.on("error", () => response.destroy());
    sent.end(body);
  };
  return { origin: `http://127.0.0.1:${port}`, route, close: () => void child.kill() };
}
