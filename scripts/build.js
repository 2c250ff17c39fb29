// Builds the package: `dist/index.js`, one ES module with the wasm inside, and `dist/index.d.ts`.
// The small build rebuilds std from its sources; without them a plain stable build is made, which is larger.

import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { encode } from "./encode.js";
import { fingerprint, once, root, run, step } from "./run.js";
import { setup } from "./setup.js";

const PKG = join(root, "target", "pkg");
const DIST = join(root, "dist");
/** What the wasm may hold beside the first version's instructions. */
export const FEATURES = [
  "bulk-memory",
  "reference-types",
  "multivalue",
  "mutable-globals",
  "nontrapping-float-to-int",
  "sign-ext",
];
/** The oldest browsers that have all of it, and what else there is no doing without: see `scripts/baseline.js`. */
export const TARGET = ["chrome98", "edge98", "firefox97", "ios15.4", "safari15.4"];
const SMALL_FLAGS =
  "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none -Cllvm-args=-inline-threshold=10 -Cllvm-args=-disable-lsr -Cpasses=argpromotion -Zcross-crate-inline-threshold=always";
// What was tried, and what each step gives, is in benches/README.md. Nothing of ours lies below the first kilobyte of
// memory.
const SHRINK = "--low-memory-unused --flatten --rereloop -Oz -Oz -ocimfs 20 -aimfs 5 --converge --dealign".split(" ");
const SMALL_ARGS = ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"];

async function compile() {
  const args = ["build", "--release", "--lib", "--target", "wasm32-unknown-unknown"];
  const sysroot = (await run("rustc", ["--print", "sysroot"], { quiet: true })).trim();
  const small = existsSync(join(sysroot, "lib/rustlib/src/rust/library/std"));
  // A folder of its own: other flags would throw away what the tests have built.
  const env = { CARGO_TARGET_DIR: join(root, "target", small ? "small" : "plain") };
  if (small) Object.assign(env, { RUSTC_BOOTSTRAP: "1", RUSTFLAGS: SMALL_FLAGS });
  await run("cargo", small ? [...args, ...SMALL_ARGS] : args, { quiet: true, env });
  return { small, wasm: join(env.CARGO_TARGET_DIR, "wasm32-unknown-unknown", "release", "authfetch.wasm") };
}

/** Writes the glue and its wasm into `dir`. */
async function bindgen(wasm, dir, ...flags) {
  rmSync(dir, { recursive: true, force: true });
  const tool = join(root, "target", "debug", "bindgen");
  await run(tool, ["--target", "web", "--no-typescript", ...flags, "--out-dir", dir, wasm], { quiet: true });
}

/** Runs wasm-opt; what it prints is returned. */
const optimize = (from, to, ...flags) => {
  const enable = FEATURES.map((name) => `--enable-${name}`);
  return run(join(root, "node_modules", ".bin", "wasm-opt"), [from, ...flags, "-o", to, ...enable], { quiet: true });
};

/** Shrinks the wasm and shortens the names between it and its glue. */
async function shrink() {
  const [full, small, short] = ["authfetch_bg.wasm", "small.wasm", "short.wasm"].map((name) => join(PKG, name));
  const strip = ["--strip-debug", "--strip-producers", "--strip-target-features"];
  await optimize(full, small, ...SHRINK, ...strip);
  const map = await optimize(small, short, "--minify-imports-and-exports-and-modules");
  writeFileSync(join(PKG, "glue.js"), renamed(readFileSync(join(PKG, "authfetch.js"), "utf8"), JSON.parse(map)));
  return readFileSync(short);
}

/**
 * The glue with the names of `map`: all imports become keys of one object, exports are members of `wasm`. A function
 * that the wasm takes straight from a module of ours joins that object. Throws where the glue is not of the expected
 * form.
 */
export function renamed(glue, { imports, exports }) {
  const plain = (text) => text.replaceAll(/[$.*+?^{}()|[\]\\]/g, "\\$&");
  let text = glue;
  const rename = (what, pattern, after) => {
    if (!pattern.test(text)) throw new Error(`the glue has no ${what}`);
    // A function: in a text, the `$` of a short name would have a meaning.
    text = text.replaceAll(pattern, after);
  };
  const own = imports.find(([module]) => module.endsWith("_bg.js"))?.[0];
  if (!own) throw new Error("the map names no import from the glue");
  const joined = [];
  for (const [module, before, after] of imports) {
    if (module === own) {
      rename(`import called ${before}`, new RegExp(`(?<=\\n {8})${plain(before)}(?=: )`, "g"), () => after);
    } else {
      const [, namespace] = glue.match(new RegExp(`import \\* as (\\w+) from "${plain(module)}"`)) ?? [];
      if (!namespace) throw new Error(`the glue has no namespace of ${module}`);
      joined.push(`${after}: ${namespace}.${before},`);
      text = text.replaceAll(new RegExp(`\\n *"${plain(module)}": \\w+,`, "g"), "");
    }
  }
  rename(`module called ${own}`, new RegExp(`"${plain(own)}": (\\w+)`, "g"), (_, imported) => `"a": ${imported}`);
  const opening = "const import0 = {\n        __proto__: null,";
  rename("object of imports", new RegExp(plain(opening), "g"), () => [opening, ...joined].join(" "));
  for (const [before, after] of exports) {
    // This glue does not use them all.
    text = text.replaceAll(new RegExp(`wasm\\.${plain(before)}\\b`, "g"), () => `wasm.${after}`);
  }
  return text;
}

/** The wasm as it is shrunk, its names still there: to be read, not to be loaded. */
export async function named() {
  const { wasm } = await compile();
  const dir = join(root, "target", "named");
  await bindgen(wasm, dir, "--keep-debug");
  const [full, small] = ["authfetch_bg.wasm", "small.wasm"].map((name) => join(dir, name));
  await optimize(full, small, "-g", ...SHRINK);
  return readFileSync(small);
}

async function bundle(wasm) {
  const { build } = await import("esbuild");
  const { text, table } = encode(wasm);
  writeFileSync(join(PKG, "wasm.js"), `export const size = ${wasm.length}, table = "${table}", text = "${text}";\n`);
  const one = {
    // The glue brings its own copies of our modules: there must be one, or its errors are not the exported class.
    name: "one-copy",
    setup({ onResolve }) {
      onResolve({ filter: /\/(js|src)\/[a-z/]+\.js$/ }, ({ path }) => ({
        path: join(root, path.replace(/^.*\/(js|src)\//, "$1/")),
      }));
      onResolve({ filter: /^#glue$/ }, () => ({ path: join(PKG, "glue.js") }));
      onResolve({ filter: /^#wasm$/ }, () => ({ path: join(PKG, "wasm.js") }));
    },
  };
  const options = { bundle: true, format: "esm", target: TARGET, minify: true, legalComments: "none", plugins: [one] };
  mkdirSync(DIST, { recursive: true });
  await build({
    ...options,
    entryPoints: [join(root, "js", "index.js")],
    outfile: join(DIST, "index.js"),
    inject: [join(root, "js", "microtask.js")],
    define: { "import.meta.url": '""' },
  });
  copyFileSync(join(root, "js", "authfetch.d.ts"), join(DIST, "index.d.ts"));
}

/** Builds what is not built yet. */
export async function build() {
  const inputs = [
    "src",
    "js",
    "tools",
    "scripts/build.js",
    "scripts/encode.js",
    "Cargo.toml",
    "Cargo.lock",
    "package-lock.json",
    "rust-toolchain.toml",
  ];
  const there = () => existsSync(join(DIST, "index.js")) && existsSync(join(PKG, "short.wasm"));
  const built = await once("build", fingerprint(...inputs), there, async () => {
    const { small, wasm } = await step("wasm", compile);
    await step("glue", () => bindgen(wasm, PKG, "--remove-name-section", "--remove-producers-section"));
    const bytes = await step("smaller wasm", shrink);
    await step("dist/index.js", () => bundle(bytes));
    writeFileSync(join(PKG, "build.json"), JSON.stringify({ small }));
  });
  if (!built) process.stdout.write("  the package is built\n");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await setup({ browsers: false });
  await build();
}
