// What is in the tarball, and what of it an app ships that uses little of it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { useInstalled } from "./support.js";

const app = useInstalled();

test("the package holds the module, its types, the readme and both licences, and nothing else", () => {
  const expected = ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "dist/index.d.ts", "dist/index.js", "package.json"];
  assert.deepEqual(app.packed, expected);
});

test("the installed package brings no other package along", () => {
  const lock = JSON.parse(readFileSync(join(app.folder, "package-lock.json"), "utf8"));
  assert.deepEqual(Object.keys(lock.packages).sort(), ["", "node_modules/authfetch"]);
});

test("every file the manifest points at is there", () => {
  const folder = join(app.folder, "node_modules", "authfetch");
  const { exports, main, types } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  for (const path of [main, types, ...Object.values(exports["."])])
    assert.ok(readFileSync(join(folder, path)).length > 0, path);
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
