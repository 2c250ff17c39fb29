// The tarball as those judge it who look at packages: publint, and "Are the types wrong?".

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { root } from "../../scripts/run.js";
import { read } from "../support/files.js";
import { pack } from "./support.js";

const folder = mkdtempSync(join(tmpdir(), "authfetch-published-"));
const manifest = JSON.parse(read("package.json"));
let packed;
before(async () => (packed = await pack(folder)));
after(() => rmSync(folder, { recursive: true }));
const tarball = () => join(folder, packed.filename);

test("publint has nothing to say, not even to suggest", async () => {
  const bytes = readFileSync(tarball());
  const archive = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { messages } = await publint({ pack: { tarball: archive }, strict: true });
  // Where the project will live is not known yet.
  const about = messages.filter(({ code }) => code !== "USE_REPOSITORY");
  assert.deepEqual(
    about.map((message) => formatMessage(message, manifest)),
    [],
  );
});

test('"Are the types wrong?" finds nothing, for each entry and each way of resolving it', async () => {
  const attw = join(root, "node_modules", ".bin", "attw");
  // A file of wasm, which nothing can `require`.
  const args = [tarball(), "--format", "json", "--exclude-entrypoints", "./authfetch.wasm"];
  const { stdout } = await promisify(execFile)(attw, args, { cwd: root }).catch((error) => error);
  const { analysis, problems } = JSON.parse(stdout);
  const subpaths = Object.keys(manifest.exports).filter((path) => !/\.(json|wasm)$/.test(path));
  for (const path of subpaths) assert.ok(analysis.entrypoints[path], `${path} was looked at`);
  assert.deepEqual(problems ?? {}, {});
});
