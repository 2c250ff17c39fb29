// How many tests a runner has run, and which failed, in the runner's own words. Whether all passed is its exit code.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.js";

/** Does `work`, and gives what `count` makes of its output; an error that it throws has that as `counts`. */
export async function counting(work, count) {
  try {
    return count(await work());
  } catch (error) {
    throw Object.assign(error, { counts: count(error.output ?? "") });
  }
}

/** The closing line of each of cargo's test programs, and of wasm-bindgen's runner. */
const CLOSING = /^test result: .*?(\d+) passed; (\d+) failed;/gm;

/** Whether a runner of this output came to its end. */
export const hasClosed = (output) => output.search(CLOSING) !== -1;

export function countedByCargo(output) {
  const names = [...output.matchAll(/^test (\S+) \.\.\. FAIL(?:ED)?$/gm)].map(([, name]) => name);
  const counts = { passed: 0, failed: 0, names };
  for (const [, passed, failed] of output.matchAll(CLOSING)) {
    counts.passed += Number(passed);
    counts.failed += Number(failed);
  }
  return counts;
}

/** Arguments for Node: its tests are shown as ever, and written to `file` one by one as they end. */
export function reporting(file) {
  const reporters = { spec: "stdout", [join(root, "scripts", "reporter.js")]: file };
  const each = Object.entries(reporters);
  return ["--test", ...each.flatMap(([name, to]) => [`--test-reporter=${name}`, `--test-reporter-destination=${to}`])];
}

export function countedByNode(file) {
  const all = readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const failed = all.filter(({ passed }) => !passed);
  return { passed: all.length - failed.length, failed: failed.length, names: failed.map(({ name }) => name) };
}

/** The rows of the matrix by its output: what has neither passed nor failed is in neither number. */
export function countedByMatrix(output) {
  const [, passed, failed] = output.match(/^(\d+) passed, (\d+) failed, \d+ skipped$/m) ?? [null, 0, 0];
  const names = [...output.slice(output.lastIndexOf("\n▸ ")).matchAll(/^✗ (.*)$/gm)].map(([, name]) => name);
  return { passed: Number(passed), failed: Number(failed), names };
}
