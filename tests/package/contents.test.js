// What is in the tarball, and what of it an app ships that uses little of it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { useInstalled } from "./support.js";

const app = useInstalled();

/** Each entry for `import` and for `require`, with its types. */
const both = (name) => [`${name}.cjs`, `${name}.d.cts`, `${name}.d.ts`, `${name}.js`];
const DIST = [
  ...["index", "slim", "compat", "auto"].flatMap(both),
  // Nearly all of `compat` was made by wasm2js, of which a map would say nothing.
  ...["index", "slim", "auto"].flatMap((name) => [`${name}.cjs.map`, `${name}.js.map`]),
  ...["workerd", "edge-light", "authfetch.global"].flatMap((name) => [`${name}.js`, `${name}.js.map`]),
  "authfetch.wasm",
  "authfetch.wasm.d.ts",
];

/** What there is to read. */
const TEXTS = ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "SECURITY.md"];

test("the package holds the entries, their types, the wasm, the readme and both licences, and nothing else", () => {
  const others = [...TEXTS, "package.json"];
  assert.deepEqual(app.packed, [...others, ...DIST.map((name) => `dist/${name}`)].sort());
});

test("the installed package brings no other package along", () => {
  const lock = JSON.parse(readFileSync(join(app.folder, "package-lock.json"), "utf8"));
  assert.deepEqual(Object.keys(lock.packages).sort(), ["", "node_modules/authfetch"]);
});

test("every file the manifest points at is there", () => {
  const folder = join(app.folder, "node_modules", "authfetch");
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const paths = (target) => (typeof target === "string" ? [target] : Object.values(target).flatMap(paths));
  const { exports, main, module, types, unpkg, jsdelivr } = manifest;
  for (const path of [main, module, types, unpkg, jsdelivr, ...paths(exports)])
    assert.ok(readFileSync(join(folder, path)).length > 0, path);
});

test("a bundle that imports the package and uses nothing of it holds nothing of it", async () => {
  const stdin = { contents: 'import "authfetch"; import { AuthFetch } from "authfetch";', resolveDir: app.folder };
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    format: "esm",
    minify: true,
    write: false,
    logLevel: "error",
  });
  assert.equal(outputFiles[0].text.trim(), "");
});

// The sizes are told, not judged: one class of errors alone is what a bundler can shake off at best.
test("a bundle of one error class works, and its size is told", async (t) => {
  const bundle = async (contents) => {
    const options = { bundle: true, format: "esm", minify: true, write: false, target: "es2022" };
    const { outputFiles } = await build({ ...options, stdin: { contents, resolveDir: app.folder } });
    return outputFiles[0];
  };
  const small = await bundle('export { SessionRefusedError } from "authfetch";');
  const all = await bundle('export * from "authfetch";');
  const size = ({ contents }) => `${contents.length} bytes, ${brotliCompressSync(contents).length} with brotli`;
  t.diagnostic(`SessionRefusedError alone: ${size(small)}; everything: ${size(all)}`);
  const { SessionRefusedError } = await import(`data:text/javascript,${encodeURIComponent(small.text)}`);
  assert.ok(new SessionRefusedError("over") instanceof Error);
});
