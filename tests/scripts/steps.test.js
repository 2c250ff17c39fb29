// What `npm test` says at its end: it must not be green where nothing ran, and its counts are the runners' own.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  countedByCargo,
  countedByMatrix,
  countedByNode,
  counting,
  hasClosed,
  reporting,
} from "../../scripts/counts.js";
import { check, runSteps, tests } from "../../scripts/steps.js";

/** The closing lines of a run of these steps, without times, and whether all passed. */
async function closing(t, steps, options) {
  // What the steps say on the way is not looked at.
  t.mock.method(process.stdout, "write", () => true);
  const lines = [];
  const passed = await runSteps(steps, { ...options, write: (line) => lines.push(line) });
  process.stdout.write.mock.restore();
  const plain = (line) =>
    line
      .replace(/ +\d+\.\d s/, "")
      .replace(/in [\d.]+/, "in 0")
      .replace(/ {2,}/g, " ");
  return { passed, lines: lines.filter(Boolean).map(plain) };
}

const fails = (message, counts) => async () => {
  throw Object.assign(new Error(message), { counts });
};

test("the last lines name each step, what failed, and how many tests there were", async (t) => {
  const { passed, lines } = await closing(t, [
    check("lint", fails("clippy ended with 101\nand more")),
    tests("one", fails("cargo ended with 101", { passed: 3, failed: 2, names: ["a::b", "a::c"] })),
    tests("another", async () => ({ passed: 4, failed: 0, names: [] })),
  ]);
  assert.equal(passed, false);
  assert.deepEqual(lines, [
    "✗ lint failed",
    "✗ one 3 passed, 2 failed",
    "✓ another 4 passed, 0 failed",
    "3 steps in 0 minutes",
    "✗ lint: clippy ended with 101",
    "✗ one",
    " a::b",
    " a::c",
    "7 passed, 3 failed",
  ]);
});

test("a step of tests in which no test ran has failed", async (t) => {
  const { passed, lines } = await closing(t, [tests("empty", async () => ({ passed: 0, failed: 0, names: [] }))]);
  assert.equal(passed, false);
  assert.deepEqual(lines.slice(-2), ["✗ empty: empty: no test ran", "0 passed, 1 failed"]);
});

test("a failed test fails its step, whatever the runner's exit code says", async (t) => {
  const { passed, lines } = await closing(t, [tests("odd", async () => ({ passed: 1, failed: 1, names: [] }))]);
  assert.equal(passed, false);
  assert.equal(lines.at(-1), "1 passed, 1 failed");
});

test("one part is run by its name, with what it needs, and a name that is none is an error", async (t) => {
  const ran = [];
  const steps = ["set-up", "models", "walks"].map((name) => check(name, async () => void ran.push(name)));
  assert.equal((await closing(t, steps, { only: "model", always: ["set-up"] })).passed, true);
  assert.deepEqual(ran, ["set-up", "models"]);
  const message = "--only: no step is called so; there are set-up, models, walks";
  await assert.rejects(runSteps(steps, { only: "other" }), { message });
});

test("cargo's closing lines are summed, and its failed tests named", () => {
  const output = `running 2 tests
test a::b ... ok
test a::c ... FAILED
test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
test result: ok. 12 passed; 0 failed; 0 ignored; 0 filtered out; finished in 3.06s
`;
  assert.deepEqual(countedByCargo(output), { passed: 13, failed: 1, names: ["a::c"] });
  assert.equal(hasClosed(output), true);
  assert.equal(hasClosed("error: could not compile"), false);
});

test("the matrix is counted by its rows, and what could not be run has neither passed nor failed", () => {
  const output = `▸ jsdom
✗ what a tool writes
▸ Node 20
  ✓ Node 20, import: works
✗ Jest 30, jsdom
41 passed, 1 failed, 2 skipped
`;
  assert.deepEqual(countedByMatrix(output), { passed: 41, failed: 1, names: ["Jest 30, jsdom"] });
  assert.deepEqual(countedByMatrix("nothing ran"), { passed: 0, failed: 0, names: [] });
});

test("an error keeps what was counted before it", async () => {
  const output = "test result: FAILED. 1 passed; 1 failed; 0 ignored\n";
  const work = () => Promise.reject(Object.assign(new Error("ended with 101"), { output }));
  await assert.rejects(counting(work, countedByCargo), { counts: { passed: 1, failed: 1, names: [] } });
});

test("Node's tests are counted, neither suites nor what is skipped, and a file that does not load has failed", () => {
  const folder = mkdtempSync(join(tmpdir(), "authfetch-counts-"));
  try {
    const start = 'import { describe, it, test } from "node:test";\n';
    const some = `${start}
      test("fine", () => {});
      describe("suite", () => {
        it("inside", () => {});
        it("broken", () => { throw new Error(); });
        it.skip("not now", () => {});
      });`;
    writeFileSync(join(folder, "some.test.mjs"), some);
    writeFileSync(join(folder, "unloadable.test.mjs"), 'throw new Error("at once");');
    const ended = join(folder, "ended.jsonl");
    const args = [...reporting(ended), "some.test.mjs", "unloadable.test.mjs"];
    // Inside a test Node would take the runner for a part of this one.
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
    assert.equal(spawnSync("node", args, { cwd: folder, env }).status, 1);
    const { passed, failed, names } = countedByNode(ended);
    assert.deepEqual([passed, failed, names[0]], [2, 2, "broken"]);
    assert.match(names[1], /unloadable\.test\.mjs$/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
