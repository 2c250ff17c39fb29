// Running commands and naming steps: what all scripts share. Node built-ins only, since it runs before anything is
// installed.

import { AsyncLocalStorage } from "node:async_hooks";
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

const writers = new AsyncLocalStorage();

/** Does `work`; what it, and the commands that it runs, would show is given to `write`, a text at a time. */
export const shownBy = (write, work) => writers.run(write, work);

/** Shows this text where the running step is shown. */
export const show = (text) => (writers.getStore() ?? process.stdout.write.bind(process.stdout))(text);

/** Names a step, runs it, and says how long it took, failed or not. */
export async function step(name, work) {
  const start = Date.now();
  const took = () => `${((Date.now() - start) / 1000).toFixed(1)} s`;
  show(`▸ ${name}\n`);
  try {
    const result = await work();
    show(`  ${name}: ${took()}${typeof result === "string" ? `, ${result}` : ""}\n`);
    return result;
  } catch (error) {
    show(`  ${name}: failed after ${took()}\n`);
    throw error;
  }
}

const running = new Set();
function stop({ pid }) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
function stopAll() {
  running.forEach(stop);
  process.exit(1);
}
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs a command in the root and resolves with its output; throws when it fails, the output in the error. With `quiet`,
 * output is shown only then.
 */
export function run(command, args, { env, quiet = false, cwd = root, limit = 1_800_000 } = {}) {
  return new Promise((resolve, reject) => {
    // A group of its own, so that what takes too long ends with all that it has started: drivers, browsers.
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const timer = setTimeout(() => stop(child), limit);
    if (running.add(child).size === 1) for (const signal of SIGNALS) process.once(signal, stopAll);
    let output = "";
    const write = writers.getStore();
    const take = (target) => (chunk) => {
      output += chunk;
      if (quiet) return;
      if (write) write(chunk);
      else target.write(chunk);
    };
    child.stdout.setEncoding("utf8").on("data", take(process.stdout));
    child.stderr.setEncoding("utf8").on("data", take(process.stderr));
    const over = () => {
      clearTimeout(timer);
      if (running.delete(child) && running.size === 0) for (const signal of SIGNALS) process.off(signal, stopAll);
    };
    child.on("error", (error) => (over(), reject(error)));
    child.on("close", (code) => {
      over();
      if (code === 0) return resolve(output);
      if (quiet) show(output);
      const how = code === null ? "was stopped, it took too long" : `ended with ${code}`;
      reject(Object.assign(new Error(`${command} ${args.join(" ")} ${how}`), { output }));
    });
  });
}

/** The first of these programs that is on the PATH, or null. */
export function which(...names) {
  for (const name of names) {
    const found = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" });
    if (found.status === 0) return found.stdout.trim();
  }
  return null;
}

function* files(path) {
  if (!existsSync(path)) return;
  if (!statSync(path).isDirectory()) yield path;
  else for (const name of readdirSync(path).sort()) yield* files(join(path, name));
}

/** A fingerprint of everything in these files and folders. */
export function fingerprint(...paths) {
  const hash = createHash("sha256");
  for (const path of paths) for (const file of files(join(root, path))) hash.update(file).update(readFileSync(file));
  return hash.digest("hex");
}

/** Does `work` unless it was done before with the same `stamp`. */
export async function once(name, stamp, isThere, work) {
  const file = join(root, "target", "stamps", name);
  if (existsSync(file) && readFileSync(file, "utf8") === stamp && isThere()) return false;
  await work();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, stamp);
  return true;
}
