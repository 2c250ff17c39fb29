// A server that a test runs in a process of its own.

import { spawn } from "node:child_process";
import { until } from "./until.js";

const LINES = 20;

/**
 * Starts the command and waits until `url` answers well; `what` is named where it never does, with the last lines that
 * it wrote. `close()` ends it with all that it has started.
 */
export async function startProcess(command, args, { cwd, env, url, what }) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  let ended = false;
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  child.once("error", (error) => ((ended = true), (output += error.message)));
  child.once("close", () => (ended = true));
  const answers = () =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  const close = () => {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  };
  const last = () => output.trim().split("\n").slice(-LINES).join("\n");
  try {
    await until(async () => ended || (await answers()), what);
    if (ended) throw new Error(`${what} has ended`);
  } catch (error) {
    close();
    throw new Error(`${error.message}:\n${last()}`, { cause: error });
  }
  return { close, output: () => output };
}
