// What the package exports: each entry as the files of `dist` that make it, bundled by esbuild.

import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { encode } from "./encode.js";
import { root } from "./run.js";
import { COMPAT_PKG, PKG } from "./wasm.js";

export const DIST = join(root, "dist");
/** The oldest browsers that have all of what the package needs: see `scripts/baseline.js`. */
export const TARGET = ["chrome98", "edge98", "firefox97", "ios15.4", "safari15.4"];

const js = (...path) => join(root, "js", ...path);
const WASM = { "#glue": join(PKG, "glue.js"), "#wasm": join(PKG, "wasm.js") };
const COMPAT = { "#glue": join(COMPAT_PKG, "authfetch_bg.js"), "#wasm": join(COMPAT_PKG, "wasm.js") };

/** Name in `dist` → its module, and what names with `#` mean in it; those of `outside` stay files of their own. */
const ENTRIES = {
  index: { entry: js("index.js"), inside: { ...WASM, "#start": js("start", "inlined.js") } },
  slim: { entry: js("entries", "slim.js"), inside: { ...WASM, "#start": js("start", "given.js") } },
  // Nearly all of it was made by wasm2js; a map of that would be five times as large as all the rest.
  compat: { entry: js("index.js"), inside: { ...COMPAT, "#start": js("start", "compiled.js") }, sourcemap: false },
  auto: { entry: js("entries", "auto.js"), outside: { "#authfetch": "index", "#compat": "compat" } },
};
const moduleEntry = (module) => ({
  entry: js("index.js"),
  inside: { ...WASM, "#start": js("start", "module.js") },
  module,
});
/** ES modules alone: what imports a module of wasm has no `require`. Each platform has its own address for one. */
const MODULE_ENTRIES = {
  workerd: moduleEntry("./authfetch.wasm"),
  "edge-light": moduleEntry("./authfetch.wasm?module"),
};

/** Leaves what is no code of ours out of the source map: it is of no use to anybody, and larger than all the rest. */
function lighten(map) {
  const { sources, sourcesContent, ...rest } = JSON.parse(map);
  const isOurs = (source) => /(^|\/)(js|src)\//.test(source);
  const contents = sourcesContent.map((content, at) => (isOurs(sources[at]) ? content : "// generated\n"));
  // Where the project lies on this machine is nobody's business.
  const names = sources.map((source) => source.replace(/^(\.\.\/)+/, "authfetch/"));
  return JSON.stringify({ ...rest, sources: names, sourcesContent: contents });
}

/** What the names mean, and one copy of each module: the glue brings copies of ours, whose errors would be others. */
const resolution = ({ inside = {}, outside = {}, module }, extension) => ({
  name: "names",
  setup({ onResolve }) {
    onResolve({ filter: /\/(js|src)\/[a-z/_]+\.js$/ }, ({ path }) => ({
      path: join(root, path.replace(/^.*\/(js|src)\//, "$1/")),
    }));
    onResolve({ filter: /\/authfetch_bg\.js$/ }, () => ({ path: COMPAT["#glue"] }));
    onResolve({ filter: /^#/ }, ({ path }) => {
      if (path === "#module") return { path: module, external: true };
      if (path in outside) return { path: `./${outside[path]}${extension}`, external: true };
      return { path: inside[path] };
    });
  },
});

/** `options` are esbuild's. */
async function bundleEntry(
  name,
  entry,
  format,
  { file = `${name}${format === "cjs" ? ".cjs" : ".js"}`, ...options } = {},
) {
  const { build } = await import("esbuild");
  const outfile = join(DIST, file);
  await build({
    entryPoints: [entry.entry],
    outfile,
    bundle: true,
    format,
    target: TARGET,
    minify: true,
    legalComments: "none",
    sourcemap: entry.sourcemap ?? "linked",
    plugins: [resolution(entry, extname(file))],
    inject: entry.inside ? [js("microtask.js"), js("text.js")] : [],
    define: { "import.meta.url": '""' },
    // A `require` that comes later, for runners without modules.
    supported: { "dynamic-import": format !== "cjs" },
    ...options,
  });
  if (existsSync(`${outfile}.map`)) writeFileSync(`${outfile}.map`, lighten(readFileSync(`${outfile}.map`, "utf8")));
}

/** Writes `dist`, with the wasm of these bytes. */
export async function bundle(wasm) {
  const { text, table } = encode(wasm);
  writeFileSync(WASM["#wasm"], `export const size = ${wasm.length}, table = "${table}", text = "${text}";\n`);
  rmSync(DIST, { recursive: true, force: true });
  mkdirSync(DIST, { recursive: true });
  const types = (name) => readFileSync(js(name === "index" ? "authfetch.d.ts" : `${name}.d.ts`), "utf8");
  for (const [name, entry] of Object.entries(ENTRIES)) {
    await bundleEntry(name, entry, "esm");
    await bundleEntry(name, entry, "cjs");
    writeFileSync(join(DIST, `${name}.d.ts`), types(name));
    writeFileSync(join(DIST, `${name}.d.cts`), types(name).replace('"./index.js"', '"./index.cjs"'));
  }
  for (const [name, entry] of Object.entries(MODULE_ENTRIES)) await bundleEntry(name, entry, "esm");
  // For a script element that is no module: everything is a member of one global.
  await bundleEntry("index", ENTRIES.index, "iife", { file: "authfetch.global.js", globalName: "authfetch" });
  writeFileSync(join(DIST, "authfetch.wasm"), wasm);
  copyFileSync(js("authfetch.wasm.d.ts"), join(DIST, "authfetch.wasm.d.ts"));
}
