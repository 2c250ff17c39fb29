// The README says nothing that is not run, and its tables have what the types have, no more and no less.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/run.js";
import { read } from "../support/files.js";
import { blocks, README } from "./support.js";

const RUNS = ["js", "jsx", "ts", "tsx"];
const SHOWN = ["sh", "http"];

const types = read("js", "authfetch.d.ts");

/** The members at the first level of an exported interface, in order of name. */
function members(name) {
  const [, body] = types.match(new RegExp(`^export interface ${name}\\b[^{]*\\{\\n([^]*?)^\\}`, "m"));
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??:/gm)].map(([, member]) => member).sort();
}

/** The table under this head: name → the text of its second column. */
function table(head) {
  const [, rows] = README.match(new RegExp(`^\\| ${head} \\|.*\\n\\|[-|]+\\n((?:\\|.*\\n)+)`, "m"));
  return new Map([...rows.matchAll(/^\| `(\w+)[^|]*` \| (.*?) \|/gm)].map(([, name, second]) => [name, second]));
}

const namesIn = (head) => [...table(head).keys()].sort();

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
  assert.equal(README.match(/<!-- test:/g).length, names.length, "a marker without a block right after it");
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
    .map((file) => read("tests", "readme", file));
  const run = new Set(
    tests.flatMap((text) => [...text.matchAll(/\bopen\(t, browser, "([\w-]+)"/g)].map(([, name]) => name)),
  );
  // `auth` is the module that the others import.
  assert.deepEqual(
    blocks.flatMap(({ name }) => name ?? []).filter((name) => name !== "auth" && !run.has(name)),
    [],
  );
});

test("the table of options has every option, and no other", () => {
  assert.deepEqual(namesIn("Option"), members("AuthFetchOptions"));
  assert.deepEqual(namesIn("Member \\| Default"), members("TokenEndpoint"));
});

test("the defaults in the table of options are those of the types", () => {
  const ofTypes = [...types.matchAll(/Default (\d[\d ]*|"\w+"|true|false)[\s\S]*?\n {2}(\w+)\?:/g)].map(
    ([, value, name]) => [name, value.replaceAll(" ", "")],
  );
  assert.ok(ofTypes.length >= 12, `${ofTypes.length} defaults were read`);
  for (const [name, value] of ofTypes) {
    if (!members("AuthFetchOptions").includes(name)) continue;
    const shown = table("Option").get(name);
    assert.ok(shown.startsWith(`\`${value}\``), `${name}: ${value} in the types, ${shown} in the README`);
  }
});

test("the table of events has every event and what its detail holds", () => {
  assert.deepEqual(namesIn("Event"), members("AuthFetchEventMap"));
  for (const [, name, detail] of types.matchAll(/^ {2}(\w+): CustomEvent<\{ (.*) \}>;/gm)) {
    const told = [
      ...table("Event")
        .get(name)
        .matchAll(/`(\w+)`/g),
    ].map(([, member]) => member);
    assert.deepEqual(
      told,
      [...detail.matchAll(/(\w+)\??: /g)].map(([, member]) => member),
      name,
    );
  }
});

test("the table of errors has every code, and the name it goes by", async () => {
  const codes = [...types.matchAll(/^ {4}\| "(\w+)"/gm)].map(([, code]) => code);
  assert.deepEqual(namesIn("Code"), codes.sort());
  const { AuthFetchError } = await import("../../dist/index.js");
  for (const code of codes) {
    assert.equal(`\`${new AuthFetchError("over", code).name}\``, table("Code").get(code), code);
  }
});
