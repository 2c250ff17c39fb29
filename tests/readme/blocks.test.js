// The documentation shows no code that is not run.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/run.js";
import { read } from "../support/files.js";
import { blocks, linksOf, PAGES, textOfPage } from "./pages.js";

const RUNS = ["js", "jsx", "ts", "tsx"];
const SHOWN = ["sh", "http"];

test("every block of code has a name under which it is run", () => {
  assert.deepEqual(
    blocks.filter(({ language }) => ![...RUNS, ...SHOWN].includes(language)),
    [],
  );
  assert.deepEqual(
    blocks.filter(({ name, recipe, language }) => RUNS.includes(language) && !name && !recipe),
    [],
  );
  const names = blocks.flatMap(({ name }) => name ?? []);
  assert.deepEqual(names, [...new Set(names)]);
  const markers = PAGES.flatMap((page) => textOfPage(page).match(/^<!-- (?:test|recipe):/gm) ?? []);
  const marked = blocks.filter(({ name, recipe }) => name ?? recipe);
  assert.equal(markers.length, marked.length, "a marker without a block right after it");
});

test("every recipe is quoted word for word, and run by the tests of the clients", () => {
  const folder = join("tests", "clients", "recipes");
  const quoted = blocks.filter(({ recipe }) => recipe);
  for (const { recipe, code } of quoted) assert.equal(code, read(folder, recipe), recipe);
  // These are told by snippets of their own, which tests/readme runs.
  const own = ["auth.js", "axios.js", "react.js", "tanstack-query.js", "websocket.js", "xhr-upload.js"];
  assert.deepEqual([...quoted.map(({ recipe }) => recipe), ...own].sort(), readdirSync(join(root, folder)).sort());
});

test("every named block is run by a test", () => {
  const tests = readdirSync(join(root, "tests", "readme"))
    .filter((file) => file.endsWith(".test.js"))
    .map((file) => read("tests", "readme", file))
    .concat(read("tests", "sdks", "support", "list.js"));
  // By its name, or as a key of a table that a test goes through.
  const opened = /\b(?:open\(t, browser|withClient\(t), "([\w-]+)"|^ {2}"?([\w-]+)"?: \{/gm;
  const run = new Set(tests.flatMap((text) => [...text.matchAll(opened)].map(([, name, key]) => name ?? key)));
  // `auth` is the module that the others import.
  assert.deepEqual(
    blocks.flatMap(({ name }) => name ?? []).filter((name) => name !== "auth" && !run.has(name)),
    [],
  );
});

test("the README fits on a few screens", () => {
  assert.ok(textOfPage("README.md").split("\n").length <= 181);
});

test("each page is linked to by another", () => {
  const from = (page) => linksOf(page).map(({ path }) => path);
  const linked = new Set([...PAGES, "CONTRIBUTING.md"].flatMap(from));
  assert.deepEqual(
    PAGES.filter((page) => page !== "README.md" && !linked.has(page)),
    [],
  );
});

test("each picture says in words what it shows", () => {
  const silent = PAGES.filter((page) => /!\[[^\]]{0,30}\]\(/.test(textOfPage(page)));
  assert.deepEqual(silent, []);
});
