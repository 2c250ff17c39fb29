// What an example may be: small, with a README that says how it is started, and a test that uses it.

import assert from "node:assert/strict";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/run.js";
import { read } from "../support/files.js";

const MOST_LINES = 149;
const NOT_COUNTED = /^(README\.md|package-lock\.json)$|^(node_modules|\.next)\b/;

const EXAMPLES = readdirSync(join(root, "examples"));

/** The files that somebody has written, by their paths from the example's folder. */
const written = (name) =>
  readdirSync(join(root, "examples", name), { recursive: true }).filter(
    (path) => !NOT_COUNTED.test(path) && statSync(join(root, "examples", name, path)).isFile(),
  );

const lines = (text) => text.trimEnd().split("\n").length;

test("each example has less than 150 lines of its own", () => {
  for (const name of EXAMPLES) {
    const all = written(name).map((path) => lines(read("examples", name, path)));
    const sum = all.reduce((before, next) => before + next, 0);
    assert.ok(sum <= MOST_LINES, `${name} has ${sum} lines`);
  }
});

test("each example is started by one command, says so in a few lines, and is used by a test", () => {
  for (const name of EXAMPLES) {
    const { scripts, dependencies } = JSON.parse(read("examples", name, "package.json"));
    assert.ok(scripts.start, name);
    const { authfetch, ...others } = dependencies;
    assert.ok(authfetch, name);
    for (const version of Object.values(others)) assert.match(version, /^\d+\.\d+\.\d+$/, name);

    const text = read("examples", name, "README.md");
    assert.match(text, /^npm start$/m, name);
    assert.match(text, /^\*\*Copy\*\* /m, name);
    assert.ok(lines(text) >= 10 && lines(text) <= 20, `${name}: the README has ${lines(text)} lines`);
    assert.ok(existsSync(join(root, "tests", "examples", `${name}.test.js`)), name);
    const link = `](../examples/${name}/README.md)`;
    assert.ok(read("docs", "getting-started.md").includes(link), `docs/getting-started.md does not link to ${name}`);
  }
});
