// An app in a folder of its own, outside of the project, whose packages no tool may find: with the packed package and
// its tools in it, as npm installs them.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run } from "../../../scripts/run.js";
import { pack } from "../../package/support.js";
import { freePort } from "../../support/http.js";
import { startProcess } from "../../support/process.js";

const INSTALL = ["install", "--no-audit", "--no-fund", "--loglevel=error"];
const LIMIT = 300_000; // ms, for one command
const QUIET = {
  NEXT_TELEMETRY_DISABLED: "1",
  NUXT_TELEMETRY_DISABLED: "1",
  ASTRO_TELEMETRY_DISABLED: "1",
  NG_CLI_ANALYTICS: "false",
  WRANGLER_SEND_METRICS: "false",
  DO_NOT_TRACK: "1",
  NO_COLOR: "1",
  FORCE_COLOR: undefined,
  NODE_ENV: undefined,
};

/** Where tools say what is wrong: under a bullet or a heading, or in the line that names an error. */
const TOLD = [
  /Failed to compile\.\s*\n.*\n(\S.*)/,
  /●.*\n\s*\n\s*(\S.*)/,
  /^\W*(\w*Error: .*)/m,
  /^(?!\s*at )(.*error.*)/im,
];

/** What could not be installed; its message says why. */
export class NotInstalled extends Error {}

/** The packed package, and the Nodes that tools want, each installed once a run. */
export class Workshop {
  #nodes = new Map();

  static async open() {
    const workshop = new Workshop();
    workshop.folder = mkdtempSync(join(tmpdir(), "authfetch-matrix-"));
    workshop.tarball = join(workshop.folder, (await pack(workshop.folder)).filename);
    return workshop;
  }

  /** The program of this major version of Node, as the registry brings it; the one that runs this where it is that. */
  node(major) {
    if (!major || process.versions.node.startsWith(`${major}.`)) return process.execPath;
    if (!this.#nodes.has(major)) this.#nodes.set(major, this.#installNode(major));
    return this.#nodes.get(major);
  }

  async #installNode(major) {
    const { platform, arch } = process;
    const folder = join(this.folder, `runtime-${major}`);
    await install(folder, { [`node-${platform}-${arch}`]: major }, {});
    return join(folder, "node_modules", `node-${platform}-${arch}`, "bin", "node");
  }

  close() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function install(folder, packages, { env, type }) {
  mkdirSync(folder, { recursive: true });
  const dependencies = Object.fromEntries(Object.entries(packages).map(([name, range]) => [name, String(range)]));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "app", private: true, type, dependencies }));
  await npm(INSTALL, { cwd: folder, env });
}

function npm(args, options) {
  return command("npm", args, options).catch((error) => {
    const lines = error.output?.match(/npm error .*/g) ?? [error.message];
    throw new NotInstalled(lines.slice(0, 2).join(" ").replaceAll("npm error ", ""), { cause: error });
  });
}

async function command(program, args, { cwd, env }) {
  try {
    return await run(program, args, { cwd, env: { ...QUIET, ...env }, quiet: true, limit: LIMIT });
  } catch (error) {
    const { output = "" } = error;
    const told = TOLD.map((pattern) => output.match(pattern)?.[1]).find(Boolean) ?? output.trim().split("\n").at(-1);
    error.message = told.trim() || error.message;
    throw error;
  }
}

export class App {
  /** Installs `packages`, names and ranges, beside the package. `node` is the major version of Node that runs them. */
  static async create(workshop, { name, packages = {}, node, type = "module", without }) {
    const app = new App();
    app.folder = join(workshop.folder, name.toLowerCase().replaceAll(/\W+/g, "-"));
    app.tarball = workshop.tarball;
    const program = await workshop.node(node);
    app.node = program;
    app.env = { PATH: `${dirname(program)}:${process.env.PATH}` };
    const own = without ? {} : { authfetch: `file:${workshop.tarball}` };
    await install(app.folder, { ...own, ...packages }, { env: app.env, type });
    return app;
  }

  /** The version of an installed package. */
  version(name) {
    return JSON.parse(this.read(join("node_modules", name, "package.json"))).version;
  }

  /** An app that a tool has made in this folder of it, with the package and its own packages in it. */
  async made(folder) {
    const app = Object.assign(new App(), this, { folder: this.path(folder) });
    await npm([...INSTALL, this.tarball], { cwd: app.folder, env: app.env });
    return app;
  }

  path(...parts) {
    return join(this.folder, ...parts);
  }

  write(path, text) {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text);
  }

  read(path) {
    return readFileSync(this.path(path), "utf8");
  }

  has(path) {
    return existsSync(this.path(path));
  }

  delete(path) {
    rmSync(this.path(path));
  }

  /** Runs a command of an installed package, and resolves with its output. */
  run(bin, args = [], env = {}) {
    return command(this.path("node_modules", ".bin", bin), args, { cwd: this.folder, env: { ...this.env, ...env } });
  }

  /** Runs Node in the app's folder; `program` is another runtime's. */
  runNode(args, program = this.node) {
    return command(program, args, { cwd: this.folder, env: this.env });
  }

  /** Starts a server by a command of an installed package, or by Node itself; `args` are given its port. */
  async start(bin, args, env = {}) {
    const port = await freePort();
    const program = bin ? this.path("node_modules", ".bin", bin) : this.node;
    const server = await startProcess(program, args(String(port)), {
      cwd: this.folder,
      env: { ...QUIET, ...this.env, PORT: String(port), HOST: "127.0.0.1", ...env },
      url: `http://127.0.0.1:${port}/`,
      what: bin ?? "the server",
    });
    return { ...server, port, origin: `http://127.0.0.1:${port}` };
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
