// The same sources, built in another folder, give the same tarball, byte for byte. A build takes minutes: this is a
// part of `npm run test:long`, and no part of `npm test`.

import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { build } from "../../scripts/build.js";
import { root, run } from "../../scripts/run.js";
import { pack } from "./support.js";

const MADE = [".git", "target", "dist", "node_modules"];
const BINDGEN = join("target", "debug", "bindgen");

test("two builds in two folders give one tarball", async () => {
  await build();
  const folder = mkdtempSync(join(tmpdir(), "authfetch-reproducible-"));
  try {
    const other = join(folder, "elsewhere");
    cpSync(root, other, { recursive: true, filter: (path) => path === root || !MADE.includes(basename(path)) });
    symlinkSync(join(root, "node_modules"), join(other, "node_modules"));
    mkdirSync(join(other, "target", "debug"), { recursive: true });
    cpSync(join(root, BINDGEN), join(other, BINDGEN));
    const script = pathToFileURL(join(other, "scripts", "build.js"));
    await run(process.execPath, ["-e", `import("${script}").then(({ build }) => build())`], {
      cwd: other,
      quiet: true,
    });
    const [here, there] = [await pack(folder), await pack(folder, other)];
    assert.deepEqual(there.files, here.files);
    assert.equal(there.integrity, here.integrity);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
