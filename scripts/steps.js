// A run of named steps: each is timed, one that fails does not keep the later ones from running, and the last lines say
// how long each took, what failed, and how many tests there were.

import { step } from "./run.js";

/** A step that passes or fails as a whole. */
export const check = (name, work) => ({ name, work, tests: false });

/** A step of tests. Its work gives `{ passed, failed, names }`, names of what failed; an error has it as `counts`. */
export const tests = (name, work) => ({ name, work, tests: true });

async function attempt({ name, work, tests: isTests }) {
  const start = Date.now();
  let counts;
  let error;
  try {
    counts = await step(name, work);
  } catch (thrown) {
    error = thrown;
    counts = thrown.counts;
  }
  const { passed = 0, failed = 0, names = [] } = counts ?? {};
  if (isTests && !error && passed === 0) error = new Error(`${name}: no test ran`);
  if (!error && failed > 0) error = new Error(`${name}: ${failed} failed, and the runner ended as if none had`);
  if (error) process.stdout.write(`  ${error.message}\n`);
  // A step that fails without a failed test counts as one, so that a red run never says "0 failed".
  const atLeastOne = error ? Math.max(failed, 1) : 0;
  return { name, isTests, ms: Date.now() - start, passed, failed: atLeastOne, error, names };
}

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`.padStart(10);

function table(results, write) {
  const width = Math.max(...results.map(({ name }) => name.length));
  for (const { name, isTests, ms, passed, failed, error } of results) {
    const outcome = isTests ? `${passed} passed, ${failed} failed` : error ? "failed" : "";
    write(`${error ? "✗" : "✓"} ${name.padEnd(width)}${seconds(ms)}  ${outcome}`.trimEnd());
  }
}

/**
 * Runs the steps whose names hold `only`, or all, and those of `always`; gives whether all passed. The last line it
 * writes is `N passed, N failed`.
 */
export async function runSteps(all, { only, always = [], write = (line) => process.stdout.write(`${line}\n`) } = {}) {
  const names = all.map(({ name }) => name);
  if (only && !names.some((name) => name.includes(only))) {
    throw new Error(`--only: no step is called so; there are ${names.join(", ")}`);
  }
  const chosen = only ? all.filter(({ name }) => always.includes(name) || name.includes(only)) : all;
  const start = Date.now();
  const results = [];
  for (const one of chosen) results.push(await attempt(one));

  write("");
  table(results, write);
  write(`${chosen.length} steps in ${((Date.now() - start) / 60_000).toFixed(1)} minutes`);
  const bad = results.filter(({ error }) => error);
  for (const { name, error, names: failed } of bad) {
    write(`✗ ${name}${failed.length ? "" : `: ${error.message.split("\n")[0]}`}`);
    for (const test of failed) write(`    ${test}`);
  }
  const total = (what) => results.reduce((count, result) => count + result[what], 0);
  write(`${total("passed")} passed, ${total("failed")} failed`);
  return bad.length === 0;
}
