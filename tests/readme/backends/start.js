// The real back ends that recipes of the documentation name: installed once under target/, started on loopback ports.

import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { request as ask } from "node:http";
import { join } from "node:path";
import { fingerprint, once, root, run, which } from "../../../scripts/run.js";
import { installed } from "../../support/install.js";

const folder = (name) => join(root, "target", "backends", name);
const source = (name) => join(root, "tests", "readme", "backends", name);

/** Those in JavaScript: name → one of their packages. */
const MARKERS = { nest: join("@nestjs", "core"), mcp: join("@modelcontextprotocol", "sdk") };

/** The folder of one in JavaScript, with its packages. */
export const installedBackend = (name) =>
  installed(`backend-${name}`, {
    from: `tests/readme/backends/${name}`,
    to: `backends/${name}`,
    marker: MARKERS[name],
  });

const script = async (name) => [process.execPath, join(await installedBackend(name), "server.js")];

async function simplejwt() {
  const python = join(folder("simplejwt"), "bin", "python");
  const requirements = join(source("simplejwt"), "requirements.txt");
  await once(
    "backend-simplejwt",
    fingerprint("tests/readme/backends/simplejwt/requirements.txt"),
    () => existsSync(python),
    async () => {
      await run("python3", ["-m", "venv", "--clear", folder("simplejwt")], { quiet: true });
      await run(
        python,
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements],
        { quiet: true },
      );
    },
  );
  return [python, join(source("simplejwt"), "server.py")];
}

/** Why a back end in Python cannot be run here; false where it can. */
export const withoutPython = () => {
  if (!which("python3")) return "python3 is missing";
  const { status } = spawnSync("python3", ["-c", "import ensurepip, venv"]);
  return status === 0 ? false : "python3's venv is missing (on Debian: python3-venv)";
};

const COMMANDS = { nest: () => script("nest"), mcp: () => script("mcp"), simplejwt };

/** Starts it, and resolves with its `origin`, a `route` that hands requests on to it, and `close()`. */
export async function startBackend(name) {
  const [command, script] = await COMMANDS[name]();
  const child = spawn(command, [script], { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`${name} ended with ${code}`)));
    child.stdout.once("data", (line) => resolve(Number(line)));
  });
  const origin = `http://127.0.0.1:${port}`;
  /** As a route of the README's page: the same request, there. */
  const route = ({ url, method, headers }, response, body) => {
    const options = { port, host: "127.0.0.1", path: url, method, headers: { ...headers, host: `127.0.0.1:${port}` } };
    const sent = ask(options, (answer) => answer.pipe(response.writeHead(answer.statusCode, answer.headers)));
    sent.on("error", () => response.destroy());
    sent.end(body);
  };
  return { origin, route, close: () => void child.kill() };
}
