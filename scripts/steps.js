// A run of named steps: each is timed, one that fails keeps none from running but those that need it, and the last
// lines say how long each took, what failed, and how many tests there were.

import { inLanes, inTurns } from "./lanes.js";
import { show, shownBy, step } from "./run.js";

/**
 * A step that passes or fails as a whole. It begins when the steps of `after` have ended, and is not run where one of
 * `needs` has failed; two of one `kind` never run side by side.
 */
export const check = (name, work, { after, needs, kind } = {}) => ({ name, work, tests: false, after, needs, kind });

/** A step of tests. Its work gives `{ passed, failed, names }`, names of what failed; an error has it as `counts`. */
export const tests = (name, work, order) => ({ ...check(name, work, order), tests: true });

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
  if (error) show(`  ${error.message}\n`);
  // A step that fails without a failed test counts as one, so that a red run never says "0 failed".
  const atLeastOne = error ? Math.max(failed, 1) : 0;
  return { name, isTests, ms: Date.now() - start, passed, failed: atLeastOne, error, names };
}

/** The step that is not run, since what it needs has failed; nothing where it can be. */
function withoutNeeds({ name, needs = [], tests: isTests }, results) {
  const missing = needs.filter((need) => results.get(need)?.error);
  if (missing.length === 0) return undefined;
  const error = new Error(`not run, since it needs ${missing.join(", ")}`);
  show(`▸ ${name}\n  ${error.message}\n`);
  return { name, isTests, ms: 0, passed: 0, failed: 1, error, names: [] };
}

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`.padStart(10);

function table(results, write) {
  const width = Math.max(...results.map(({ name }) => name.length));
  for (const { name, isTests, ms, passed, failed, error } of results) {
    const outcome = isTests ? `${passed} passed, ${failed} failed` : error ? "failed" : "";
    write(`${error ? "✗" : "✓"} ${name.padEnd(width)}${seconds(ms)}  ${outcome}`.trimEnd());
  }
}

const print = (text) => process.stdout.write(text);

/**
 * Runs the steps whose names hold `only`, or all, and those of `always`, in so many `lanes`; gives whether all passed.
 * What a step says comes through `say` in whole, steps in the order they began in. The last line that `write` is given
 * is `N passed, N failed`.
 */
export async function runSteps(
  all,
  { only, always = [], lanes = 1, say = print, write = (line) => say(`${line}\n`) } = {},
) {
  const names = all.map(({ name }) => name);
  if (only && !names.some((name) => name.includes(only))) {
    throw new Error(`--only: no step is called so; there are ${names.join(", ")}`);
  }
  const chosen = only ? all.filter(({ name }) => always.includes(name) || name.includes(only)) : all;
  const start = Date.now();
  const turns = inTurns(say);
  // A run that is broken off shows what its steps have said.
  process.once("exit", turns.flush);
  const results = await inLanes(chosen, lanes, async (one, before) => {
    const place = turns.place();
    const result = await shownBy(place.write, async () => withoutNeeds(one, before) ?? attempt(one));
    place.end();
    return result;
  });
  process.off("exit", turns.flush);

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
