// `npm test`: every test there is, on a machine that has nothing but Rust and Node. `npm run test:long`: the full
// bounds of the models, more random schedules, a second build to compare, the matrix of environments, and what takes
// its time. Both take `-- --only name`.

import { copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "./build.js";
import { countedByCargo, countedByMatrix, countedByNode, counting, hasClosed, reporting } from "./counts.js";
import { root, run, show, which } from "./run.js";
import { geckodriverPath, setup } from "./setup.js";
import { check, runSteps, tests } from "./steps.js";

const WASM = ["--target", "wasm32-unknown-unknown"];
const PLAIN = { CARGO_TERM_COLOR: "never", NO_COLOR: "1", FORCE_COLOR: undefined };
// A browser that hangs fails its step, and the run still ends.
const LIMIT = 900_000;
const BROWSER_LIMIT = 300_000;
const FILE_LIMIT = 300_000;
const LONG_LIMIT = 3_600_000;

// The runner takes the browser whose variable is set: it has to be the only one.
const DRIVERS = { CHROMEDRIVER: undefined, GECKODRIVER: undefined, SAFARIDRIVER: undefined };
const BROWSERS = {
  Chromium: () => ({ CHROMEDRIVER: which("chromedriver") }),
  Firefox: () => ({ GECKODRIVER: geckodriverPath() }),
  // WebKitGTK's driver speaks Safari's dialect; without a display it would hang for ever.
  WebKit: () => ({ SAFARIDRIVER: which("WebKitWebDriver") }),
};

const lint = (...target) => ["clippy", ...target, "--all-targets", "--", "-D", "warnings"];

// Its output is shown when it fails, and nowhere else.
async function cargo(args, env) {
  await run("cargo", args, { env: { ...PLAIN, ...env }, quiet: true, limit: LIMIT });
}
const document = (...target) => cargo(["doc", "--no-deps", ...target], { RUSTDOCFLAGS: "-D warnings" });

function cargoTest(args, { env, limit = LIMIT } = {}) {
  const work = () => run("cargo", ["test", "--no-fail-fast", ...args], { limit, env: { ...PLAIN, ...env } });
  return counting(work, countedByCargo);
}

async function biome() {
  const command = join(root, "node_modules", ".bin", "biome");
  await run(command, ["ci", "--error-on-warnings"], { env: PLAIN, quiet: true, limit: LIMIT });
}

function inBrowser(name) {
  const args = ["cargo", "test", ...WASM, "--test", "browser"];
  const [command, ...rest] = name === "WebKit" ? ["xvfb-run", "-a", ...args] : args;
  const env = { ...PLAIN, ...DRIVERS, ...BROWSERS[name](), WASM_BINDGEN_TEST_TIMEOUT: "120" };
  const attempt = () => run(command, rest, { env, limit: BROWSER_LIMIT });
  const work = () =>
    attempt().catch((error) => {
      if (hasClosed(error.output ?? "")) throw error;
      show(`  ${name} has shown no result, which says nothing of the tests: once more\n`);
      return attempt();
    });
  return counting(work, countedByCargo);
}

/** The folders of tests/ that hold tests for Node's runner. */
function folders() {
  const all = readdirSync(join(root, "tests"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const inside = (folder) => readdirSync(join(root, "tests", folder)).filter((file) => file.endsWith(".test.js"));
  const suites = all.map(({ name }) => ({ name, files: inside(name).map((file) => join("tests", name, file)) }));
  return suites.filter(({ files }) => files.length > 0);
}

// One file at a time: most of them drive a browser, and the other lane has one too.
function node(name, files, env) {
  const ended = join(root, "target", `ended-${name}.jsonl`);
  rmSync(ended, { force: true });
  const args = [...reporting(ended), "--test-concurrency=1", ...files];
  const limit = Math.max(LIMIT, files.length * FILE_LIMIT);
  return counting(
    () => run("node", args, { env: { ...PLAIN, ...env }, limit }),
    () => countedByNode(ended),
  );
}

/** The suites that take longest, which begin first: else one lane would wait for the other's at the end. */
const LONGEST = "tabs clients readme conformance e2e cookies package frameworks examples requeue sdks".split(" ");

function suites(order) {
  const place = ({ name }) => (LONGEST.includes(name) ? LONGEST.indexOf(name) : LONGEST.length);
  const sorted = folders().sort((one, other) => place(one) - place(other));
  return sorted.map(({ name, files }) => tests(`tests/${name}`, () => node(name, files), order));
}

// What cargo builds into one folder is built one after the other, and the suites begin meanwhile.
function usual() {
  const after = ["set-up"];
  const checked = { after, kind: "cargo" };
  const inBrowsers = { needs: ["browser tests, compiled"], kind: "cargo" };
  return [
    check("set-up", setup),
    check("formatting of Rust", () => cargo(["fmt", "--all", "--check"]), checked),
    check("package", build, { after }),
    tests("Rust tests on the host", () => cargoTest([]), checked),
    check("clippy on the host", () => cargo(lint()), checked),
    check("clippy for wasm32", () => cargo(lint(...WASM)), checked),
    check("rustdoc on the host", () => document(), checked),
    check("rustdoc for wasm32", () => document(...WASM), checked),
    check("browser tests, compiled", () => cargo(["test", ...WASM, "--test", "browser", "--no-run"]), checked),
    ...Object.keys(BROWSERS).map((name) => tests(`tests/browser in ${name}`, () => inBrowser(name), inBrowsers)),
    check("formatting and lints of JavaScript, TypeScript, JSON, CSS", biome, { after }),
    ...suites({ needs: ["package"] }),
  ];
}

/** The SDKs that take minutes to install, and to start so often. The package is built by then. */
function sdks() {
  const folder = join("tests", "sdks", "long");
  const files = readdirSync(join(root, folder)).filter((file) => file.endsWith(".test.js"));
  const paths = files.map((file) => join(folder, file));
  return [tests("sdks: all of them", () => node("sdks-long", paths))];
}

/** The suites that meet the package as an app does. */
const SUITES = ["conformance", "tabs", "clients", "e2e"];
const COMPAT_DIST = join(root, "target", "dist-compat");
/** All that tests do, and no wasm. */
const WITHOUT_WASM = "script-src * 'unsafe-inline' blob: data:";

/** `authfetch/compat` in the place of `authfetch`, where there is no WebAssembly. */
function compat() {
  const places = {
    "without WebAssembly": { AUTHFETCH_TEST_WASM: "off" },
    "under a policy without 'wasm-unsafe-eval'": { AUTHFETCH_TEST_POLICY: WITHOUT_WASM },
  };
  const suites = folders().filter(({ name }) => SUITES.includes(name));
  const prepare = () => {
    rmSync(COMPAT_DIST, { recursive: true, force: true });
    mkdirSync(COMPAT_DIST, { recursive: true });
    copyFileSync(join(root, "dist", "compat.js"), join(COMPAT_DIST, "index.js"));
  };
  return [
    check("compat: package", () => build().then(prepare)),
    ...Object.entries(places).flatMap(([place, env]) =>
      // The demo has a policy of its own.
      suites
        .filter(({ name }) => !("AUTHFETCH_TEST_POLICY" in env && name === "e2e"))
        .map(({ name, files }) =>
          tests(`compat: tests/${name} ${place}`, () => node(name, files, { ...env, AUTHFETCH_DIST: COMPAT_DIST })),
        ),
    ),
  ];
}

/** The modules of tests/machine and tests/tabs_model that draw what they do from a seed. */
const DRAWN = ["random::", "walks::"];

function long() {
  const options = { env: { AUTHFETCH_TEST_BOUNDS: "full" }, limit: LONG_LIMIT };
  // What was gone through is shown: how many states, how many schedules.
  const args = ["--test", "machine", "--test", "tabs_model", "--", "--show-output"];
  const part = (...filters) => cargoTest([...args, ...filters], options);
  const matrix = () => run("node", [join("tests", "matrix", "run.js")], { env: PLAIN, limit: LONG_LIMIT });
  const cookies = folders().find(({ name }) => name === "cookies").files;
  return [
    tests("models", () => part(...DRAWN.flatMap((name) => ["--skip", name]))),
    tests("random schedules", () => part(...DRAWN)),
    ...compat(),
    tests("reproducible package", () => node("reproducible", [join("tests", "package", "reproducible.js")])),
    tests("matrix", () => counting(matrix, countedByMatrix)),
    ...sdks(),
    tests("cookies: both servers in both places", () => node("cookies", cookies, { AUTHFETCH_TEST_BOUNDS: "full" })),
  ];
}

const { values } = parseArgs({ options: { only: { type: "string" }, long: { type: "boolean" } } });
// Several tests look at the built package.
const always = ["set-up", "package"];
const passed = values.long
  ? await runSteps(long(), { ...values, always: ["compat: package"] })
  : await runSteps(usual(), { ...values, always, lanes: Math.min(2, availableParallelism()) });
process.exitCode = passed ? 0 : 1;
