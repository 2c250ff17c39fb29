// The machine as WebAssembly, small and with short names, and as JavaScript for where there is no WebAssembly.
// The small build rebuilds std from its sources; without them a plain stable build is made, which is larger.

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./run.js";

/** What the wasm is made into, and its glue. */
export const PKG = join(root, "target", "pkg");
/** The same as JavaScript. */
export const COMPAT_PKG = join(root, "target", "pkg-compat");
/** What the wasm may hold beside the first version's instructions. */
export const FEATURES = [
  "bulk-memory",
  "reference-types",
  "multivalue",
  "mutable-globals",
  "nontrapping-float-to-int",
  "sign-ext",
];
const ABORT_FLAGS = "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none";
const SMALL_FLAGS = [
  ABORT_FLAGS,
  "-Cllvm-args=-inline-threshold=10 -Cllvm-args=-disable-lsr -Cpasses=argpromotion",
  "-Zcross-crate-inline-threshold=always",
].join(" ");
// wasm2js reads the first version's instructions, and one table.
const COMPAT_FLAGS = "-Ctarget-cpu=mvp";
// What was tried, and what each step gives, is in benches/README.md. Nothing of ours lies below the first kilobyte of
// memory.
const SIMPLIFY = "--low-memory-unused --flatten --rereloop -Oz -Oz".split(" ");
const SHRINK = [...SIMPLIFY, ..."-ocimfs 20 -aimfs 5 --converge --dealign".split(" ")];
const STRIP = ["--strip-debug", "--strip-producers", "--strip-target-features"];
// std may come with newer instructions, where it is not rebuilt.
const LOWER = ["--signext-lowering", "--llvm-nontrapping-fptoint-lowering", "--llvm-memory-copy-fill-lowering"];
const SMALL_ARGS = ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"];

/** `compat` for wasm2js. */
async function compile({ compat = false } = {}) {
  const args = ["build", "--release", "--lib", "--target", "wasm32-unknown-unknown"];
  const sysroot = (await run("rustc", ["--print", "sysroot"], { quiet: true })).trim();
  const small = existsSync(join(sysroot, "lib/rustlib/src/rust/library/std"));
  // A folder of its own: other flags would throw away what the tests have built.
  const env = { CARGO_TARGET_DIR: join(root, "target", compat ? "compat" : small ? "small" : "plain") };
  if (small) env.RUSTC_BOOTSTRAP = "1";
  const flags = compat ? [small && ABORT_FLAGS, COMPAT_FLAGS] : [small && SMALL_FLAGS];
  env.RUSTFLAGS = flags.filter(Boolean).join(" ");
  await run("cargo", small ? [...args, ...SMALL_ARGS] : args, { quiet: true, env });
  return { small, wasm: join(env.CARGO_TARGET_DIR, "wasm32-unknown-unknown", "release", "authfetch.wasm") };
}

/** Writes the glue and its wasm into `dir`. */
async function bindgen(wasm, dir, target, ...flags) {
  rmSync(dir, { recursive: true, force: true });
  const tool = join(root, "target", "debug", "bindgen");
  await run(tool, ["--target", target, "--no-typescript", ...flags, "--out-dir", dir, wasm], { quiet: true });
}
const UNNAMED = ["--remove-name-section", "--remove-producers-section"];

/** Runs a tool of binaryen's; what it prints is returned. */
const binaryen = (tool, from, to, ...flags) => {
  const enable = FEATURES.map((name) => `--enable-${name}`);
  return run(join(root, "node_modules", ".bin", tool), [from, ...flags, "-o", to, ...enable], { quiet: true });
};

/** Shrinks the wasm and shortens the names between it and its glue. */
async function shrink() {
  const [full, small, short] = ["authfetch_bg.wasm", "small.wasm", "short.wasm"].map((name) => join(PKG, name));
  await binaryen("wasm-opt", full, small, ...SHRINK, ...STRIP);
  const map = await binaryen("wasm-opt", small, short, "--minify-imports-and-exports-and-modules");
  const glue = trusting(readFileSync(join(PKG, "authfetch.js"), "utf8"));
  writeFileSync(join(PKG, "glue.js"), renamed(glue, JSON.parse(map)));
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

const COMPILES = `    if (!(module instanceof WebAssembly.Module)) {
        module = new WebAssembly.Module(module);
    }
`;

/** The glue that starts what it is given: a module may be of another realm, of whose class it is no instance. */
export function trusting(glue) {
  if (!glue.includes(COMPILES)) throw new Error("the glue does not compile as expected");
  return glue.replace(COMPILES, "");
}

const END = "\nvar retasmFunc = ";

/** wasm2js's module, which starts at its import, as one that exports `instantiate`; throws where its end is another. */
export function startable(module) {
  const [before, after, ...more] = module.split(END);
  const call = after?.slice(0, after.indexOf("\n});") + 3);
  if (more.length > 0 || !call?.startsWith("asmFunc({")) throw new Error("wasm2js's module does not end as expected");
  return `${before}\nexport const instantiate = () => ${call};\n`;
}

/**
 * The glue with views that follow the memory: a memory of wasm2js that grows leaves its old buffer as it was, and does
 * not detach it. Throws where the glue is not of the expected form.
 */
export function following(glue) {
  const stale = /(cached\w+Memory0) === null \|\| .*(?=\) \{$)/gm;
  const text = glue.replaceAll(stale, "$1?.buffer !== wasm.memory.buffer");
  const [views, replaced] = [/^let cached\w+Memory0 = null;$/gm, /\?\.buffer !== wasm/g].map(
    (pattern, at) => [glue, text][at].match(pattern)?.length,
  );
  if (!views || views !== replaced) throw new Error("the glue's views of the memory are not of the expected form");
  return text;
}

/** The package's wasm, and whether std was rebuilt for it. */
export async function wasm() {
  const { small, wasm } = await compile();
  await bindgen(wasm, PKG, "web", ...UNNAMED);
  const bytes = await shrink();
  return { small, bytes };
}

/** Writes the wasm as JavaScript, with a glue of its own, into `COMPAT_PKG`. */
export async function wasmAsJavaScript() {
  const { wasm } = await compile({ compat: true });
  await bindgen(wasm, COMPAT_PKG, "bundler", ...UNNAMED);
  const glue = join(COMPAT_PKG, "authfetch_bg.js");
  writeFileSync(glue, following(readFileSync(glue, "utf8")));
  const [full, small, js] = ["authfetch_bg.wasm", "small.wasm", "wasm2js.js"].map((name) => join(COMPAT_PKG, name));
  await binaryen("wasm-opt", full, small, ...LOWER, ...SIMPLIFY, ...STRIP);
  await binaryen("wasm2js", small, js, "-Oz");
  writeFileSync(join(COMPAT_PKG, "wasm.js"), startable(readFileSync(js, "utf8")));
}

/** The wasm as it is shrunk, its names still there: to be read, not to be loaded. */
export async function named() {
  const { wasm } = await compile();
  const dir = join(root, "target", "named");
  await bindgen(wasm, dir, "web", "--keep-debug");
  const [full, small] = ["authfetch_bg.wasm", "small.wasm"].map((name) => join(dir, name));
  await binaryen("wasm-opt", full, small, "-g", ...SHRINK);
  return readFileSync(small);
}
