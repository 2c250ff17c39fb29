// Steps side by side: what waits for what, and that each step's output stays in one piece.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { inLanes, inTurns } from "../../scripts/lanes.js";
import { root, run, show } from "../../scripts/run.js";
import { check, runSteps, tests } from "../../scripts/steps.js";
import { until } from "../support/until.js";

/** Work that ends when it is told to: `begun` has the names in the order they began in, `end(name)` ends one. */
function steered() {
  const begun = [];
  const ends = new Map();
  const work = ({ name }) => {
    begun.push(name);
    return new Promise((resolve) => ends.set(name, () => resolve(name)));
  };
  const end = async (name) => {
    ends.get(name)();
    await new Promise(setImmediate);
    return begun.splice(0);
  };
  return { begun: () => begun.splice(0), work, end };
}

test("as many steps run side by side as there are lanes, in their order", async () => {
  const { begun, work, end } = steered();
  const all = ["a", "b", "c", "d"].map((name) => ({ name }));
  const results = inLanes(all, 2, work);
  assert.deepEqual(begun(), ["a", "b"]);
  assert.deepEqual(await end("b"), ["c"]);
  assert.deepEqual(await end("c"), ["d"]);
  await end("d");
  await end("a");
  assert.deepEqual(await results, ["a", "b", "c", "d"]);
});

test("a step waits for those it comes after and for those it needs, and later ones go ahead of it", async () => {
  const { begun, work, end } = steered();
  const all = [{ name: "set-up" }, { name: "late", after: ["set-up"] }, { name: "last", needs: ["late"] }];
  const results = inLanes([...all, { name: "free" }, { name: "alone", after: ["not chosen"] }], 2, work);
  assert.deepEqual(begun(), ["set-up", "free"]);
  assert.deepEqual(await end("free"), ["alone"]);
  assert.deepEqual(await end("set-up"), ["late"]);
  assert.deepEqual(await end("alone"), []);
  assert.deepEqual(await end("late"), ["last"]);
  await end("last");
  assert.deepEqual(await results, ["set-up", "late", "last", "free", "alone"]);
});

test("two steps of one kind never run side by side", async () => {
  const { begun, work, end } = steered();
  const kind = "cargo";
  const results = inLanes([{ name: "a", kind }, { name: "b", kind }, { name: "c" }, { name: "d" }], 3, work);
  assert.deepEqual(begun(), ["a", "c", "d"]);
  assert.deepEqual(await end("c"), []);
  assert.deepEqual(await end("a"), ["b"]);
  await Promise.all([end("b"), end("d")]);
  await results;
});

test("steps that wait for one another are an error, and so is work that throws", async () => {
  const circle = [
    { name: "a", after: ["b"] },
    { name: "b", needs: ["a"] },
  ];
  const message = "these wait for one another: a, b";
  await assert.rejects(
    inLanes(circle, 2, () => {}),
    { message },
  );
  await assert.rejects(
    inLanes([{ name: "a" }], 2, () => Promise.reject(new Error("odd"))),
    { message: "odd" },
  );
});

test("the first step is shown as it says it, and each other in whole when those before it have ended", () => {
  const shown = [];
  const turns = inTurns((text) => shown.push(text));
  const [one, two, three] = [turns.place(), turns.place(), turns.place()];
  one.write("1a");
  two.write("2a");
  three.write("3a");
  three.end();
  assert.deepEqual(shown, ["1a"]);
  one.write("1b");
  one.end();
  assert.deepEqual(shown, ["1a", "1b", "2a"]);
  two.write("2b");
  assert.deepEqual(shown, ["1a", "1b", "2a", "2b"]);
  two.end();
  assert.deepEqual(shown, ["1a", "1b", "2a", "2b", "3a"]);
});

test("what was kept is shown once when the run is broken off", () => {
  const shown = [];
  const turns = inTurns((text) => shown.push(text));
  const [one, two] = [turns.place(), turns.place()];
  two.write("2a");
  turns.flush();
  assert.deepEqual(shown, ["2a"]);
  one.end();
  assert.deepEqual(shown, ["2a"]);
});

/** Runs these steps; what they say as one text, the closing lines, and whether all passed. */
async function ran(steps, options) {
  const said = [];
  const lines = [];
  const say = (text) => said.push(text);
  const passed = await runSteps(steps, { ...options, say, write: (line) => lines.push(line) });
  return { passed, said: said.join(""), lines };
}

/** A program that says something before and after it is told to go on. */
const says = (...texts) => run("node", ["-e", texts.map((text) => `console.log(${JSON.stringify(text)})`).join(";")]);

test("the output of a step, and of the commands in it, is in one piece", async () => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const first = async () => {
    await says("one, first");
    await held;
    await says("one, last");
  };
  const second = async () => {
    show("two, first\n");
    await says("two, last");
    release();
  };
  const { passed, said } = await ran([check("one", first), check("two", second)], { lanes: 2 });
  assert.equal(passed, true);
  const plain = said.replace(/\d+\.\d s/g, "0 s");
  assert.equal(plain, "▸ one\none, first\none, last\n  one: 0 s\n▸ two\ntwo, first\ntwo, last\n  two: 0 s\n");
});

test("a step whose need has failed is not run, and has failed; one that comes after it is run", async () => {
  const began = [];
  const counts = { passed: 1, failed: 0, names: [] };
  const passes = (name) => async () => (began.push(name), counts);
  const steps = [
    check("package", async () => {
      await Promise.reject(new Error("the build ended with 1"));
    }),
    tests("needs it", passes("needs it"), { needs: ["package"] }),
    tests("needs that", passes("needs that"), { needs: ["needs it"] }),
    tests("comes after", passes("comes after"), { after: ["package"] }),
  ];
  const { passed, said, lines } = await ran(steps, { lanes: 2 });
  assert.equal(passed, false);
  assert.deepEqual(began, ["comes after"]);
  assert.match(said, /▸ needs it\n {2}not run, since it needs package\n/);
  assert.deepEqual(lines.slice(-4), [
    "✗ package: the build ended with 1",
    "✗ needs it: not run, since it needs package",
    "✗ needs that: not run, since it needs needs it",
    "1 passed, 3 failed",
  ]);
});

test("a part that is asked for by name runs without what was not chosen", async () => {
  const began = [];
  const step = (name, order) => check(name, async () => void began.push(name), order);
  const { passed } = await ran([step("package"), step("compiled"), step("browser", { needs: ["compiled"] })], {
    only: "browser",
    always: ["package"],
    lanes: 2,
  });
  assert.equal(passed, true);
  assert.deepEqual(began, ["package", "browser"]);
});

test("a run that is broken off shows what each step has said, and ends what it has started", async () => {
  const script = `
    import { run, show } from "./scripts/run.js";
    import { check, runSteps } from "./scripts/steps.js";
    const hangs = () => run("node", ["-e", "console.log('one', process.pid); setInterval(() => {}, 1e6)"]);
    const says = () => (show("two has begun\\n"), new Promise(() => {}));
    await runSteps([check("one", hangs), check("two", says)], { lanes: 2 });
  `;
  const args = ["--input-type=module", "-e", script];
  const child = spawn("node", args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  const ended = new Promise((resolve) => child.once("close", resolve));
  await until(() => /one \d+\n/.test(output), "the first step's output");
  assert.doesNotMatch(output, /two/);
  child.kill("SIGTERM");
  assert.equal(await ended, 1);
  assert.match(output, /▸ two\ntwo has begun\n$/);
  const [, pid] = output.match(/one (\d+)/);
  await until(() => {
    try {
      return !process.kill(Number(pid), 0);
    } catch {
      return true;
    }
  }, "the end of what was started");
});
