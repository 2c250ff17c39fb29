// `npm test [-- --only name]`: every test there is, each step named and timed, on a machine that has nothing but Rust and Node.
// A step that fails does not keep the later ones from running; the last lines say what failed, and how many tests there were.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "./build.js";
import { root, run, step, which } from "./run.js";
import { geckodriverPath, setup } from "./setup.js";

const WASM = ["--target", "wasm32-unknown-unknown"];
const PLAIN = { CARGO_TERM_COLOR: "never", NO_COLOR: "1", FORCE_COLOR: undefined };
// A browser that hangs fails its step, and the run still ends.
const LIMIT = 900_000;
const BROWSER_LIMIT = 300_000;
const FILE_LIMIT = 300_000;

// The runner takes the browser whose variable is set: it has to be the only one.
const DRIVERS = { CHROMEDRIVER: undefined, GECKODRIVER: undefined, SAFARIDRIVER: undefined };
const BROWSERS = {
  Chromium: () => ({ CHROMEDRIVER: which("chromedriver") }),
  Firefox: () => ({ GECKODRIVER: geckodriverPath() }),
  // WebKitGTK's driver speaks Safari's dialect; without a display it would hang for ever.
  WebKit: () => ({ SAFARIDRIVER: which("WebKitWebDriver") }),
};

const lint = (...target) => ["clippy", ...target, "--all-targets", "--", "-D", "warnings"];

const cargo = (args, env) => run("cargo", args, { env: { ...PLAIN, ...env }, quiet: true, limit: LIMIT });
const document = (...target) => cargo(["doc", "--no-deps", ...target], { RUSTDOCFLAGS: "-D warnings" });

async function inBrowser(name) {
  const args = ["cargo", "test", ...WASM, "--test", "browser"];
  const [command, ...rest] = name === "WebKit" ? ["xvfb-run", "-a", ...args] : args;
  const env = { ...PLAIN, ...DRIVERS, ...BROWSERS[name](), WASM_BINDGEN_TEST_TIMEOUT: "120" };
  const attempt = () => run(command, rest, { env, limit: BROWSER_LIMIT });
  return attempt().catch((error) => {
    if (/^test result/m.test(error.output ?? "")) throw error;
    process.stdout.write(`  ${name} has shown no result, which says nothing of the tests: once more\n`);
    return attempt();
  });
}

/** The folders of tests/ that hold tests for Node's runner. */
function folders() {
  const tests = join(root, "tests");
  const inside = (folder) => readdirSync(join(tests, folder)).filter((file) => file.endsWith(".test.js"));
  const all = readdirSync(tests, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return all.map(({ name }) => ({ name, files: inside(name).map((file) => join("tests", name, file)) })).filter(({ files }) => files.length);
}

// One file at a time: most of them drive a browser, and two browsers starve each other on a small machine.
function node(files) {
  const args = ["--test", "--test-reporter=spec", "--test-concurrency=1", ...files];
  return run("node", args, { env: PLAIN, limit: Math.max(LIMIT, files.length * FILE_LIMIT) });
}

/** Name, work, and whether the work is tests that are counted. */
function steps() {
  const check = (name, work) => ({ name, work, counted: false });
  const tests = (name, work) => ({ name, work, counted: true });
  return [
    check("set-up", setup),
    tests("Rust tests on the host", () => run("cargo", ["test", "--no-fail-fast"], { env: PLAIN, limit: LIMIT })),
    check("clippy on the host", () => cargo(lint())),
    check("clippy for wasm32", () => cargo(lint(...WASM))),
    check("rustdoc on the host", () => document()),
    check("rustdoc for wasm32", () => document(...WASM)),
    check("browser tests, compiled", () => cargo(["test", ...WASM, "--test", "browser", "--no-run"])),
    ...Object.keys(BROWSERS).map((name) => tests(`tests/browser in ${name}`, () => inBrowser(name))),
    check("package", build),
    ...folders().map(({ name, files }) => tests(`tests/${name}`, () => node(files))),
  ];
}

const sum = (output, pattern) => [...output.matchAll(pattern)].reduce((total, [, number]) => total + Number(number), 0);

/** What the closing lines of cargo's and Node's runners say. */
function counted(output) {
  return {
    passed: sum(output, /^test result: .*?(\d+) passed;/gm) + sum(output, /^ℹ pass (\d+)$/gm),
    failed: sum(output, /^test result: .*?(\d+) failed;/gm) + sum(output, /^ℹ (?:fail|cancelled) (\d+)$/gm),
  };
}

/** The names of the tests that failed: cargo's, those of the browser's runner, and Node's from its closing list. */
function namesOfFailed(output) {
  const rust = [...output.matchAll(/^test (\S+) \.\.\. FAIL(?:ED)?$/gm)];
  const [, list = ""] = output.match(/^✖ failing tests:$([^]*)/m) ?? [];
  return [...rust, ...list.matchAll(/^✖ (.*) \([\d.]+ms\)$/gm)].map(([, name]) => name);
}

async function attempt({ name, work, counted: isCounted }) {
  let output = "";
  let error;
  try {
    // In an object: a step prints what it is given as text.
    ({ output = "" } = await step(name, async () => ({ output: await work() })));
  } catch (thrown) {
    error = thrown;
    output = thrown.output ?? "";
  }
  const { passed, failed } = isCounted ? counted(output) : { passed: 0, failed: 0 };
  if (isCounted && !error && passed === 0) error = new Error(`${name}: no test ran`);
  if (error) process.stdout.write(`  ${error.message}\n`);
  // A step that fails without a failed test counts as one, so that a red run never says "0 failed".
  return { name, passed, failed: error ? Math.max(failed, 1) : failed, error, names: namesOfFailed(output) };
}

const { values } = parseArgs({ options: { only: { type: "string" } } });
const all = steps();
// Several tests look at the built package.
const always = ["set-up", "package"];
const chosen = values.only ? all.filter(({ name }) => always.includes(name) || name.includes(values.only)) : all;
if (values.only && !all.some(({ name }) => name.includes(values.only))) throw new Error(`--only: no step is called so; there are ${all.map(({ name }) => name).join(", ")}`);

const start = Date.now();
const results = [];
for (const one of chosen) results.push(await attempt(one));

const total = (what) => results.reduce((count, result) => count + result[what], 0);
const bad = results.filter(({ error, failed }) => error || failed);
process.stdout.write(`\n${chosen.length} steps in ${((Date.now() - start) / 60_000).toFixed(1)} minutes\n`);
for (const { name, error, names } of bad) {
  process.stdout.write(`✗ ${name}${names.length || !error ? "" : `: ${error.message.split("\n")[0]}`}\n`);
  for (const test of names) process.stdout.write(`    ${test}\n`);
}
process.stdout.write(`${total("passed")} passed, ${total("failed")} failed\n`);
process.exitCode = bad.length ? 1 : 0;
