// Whoever reads that a test shows something can go and look: each test that a document names is there, under that name.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/run.js";
import { read } from "../support/files.js";
import { isGood, linksOf, PAGES, testsNamedIn } from "./pages.js";

const DOCUMENTS = [
  ...PAGES,
  "tests/README.md",
  "tests/SCENARIOS.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
];
// Of what is not built yet: sessions in cookies, other runtimes.
const WITHOUT_A_TEST = ["C9", "C10", "C11"];
const SCENARIOS = { A: 32, B: 26, C: 12 };

function isThere({ file, name }) {
  if (!existsSync(join(root, file))) return false;
  const text = read(file);
  // Some tests are run again by others.
  if (file.endsWith(".rs")) return new RegExp(`test\\]\\s+(pub )?(async )?fn ${name}\\(`).test(text);
  return text.replaceAll(/test\(\s+/g, "test(").includes(`test("${name}"`);
}

for (const document of DOCUMENTS) {
  test(`each test that ${document} names is there`, () => {
    assert.deepEqual(
      testsNamedIn(document).filter((one) => !isThere(one)),
      [],
    );
  });

  test(`each file and each heading that ${document} links to is there`, () => {
    assert.deepEqual(
      linksOf(document).filter((link) => !isGood(link)),
      [],
    );
  });
}

test("each guarantee names a test", () => {
  const [, table] = read("docs/guarantees.md").match(/^\| What holds \|.*\n\|[-|]+\n((?:\|.*\n)+)/m);
  const rows = table.trim().split("\n");
  assert.ok(rows.length >= 20);
  assert.deepEqual(
    rows.filter((row) => !/`tests\/[\w./-]+::[^`]+` \|$/.test(row)),
    [],
  );
});

test("each scenario has a row, and each row a test", () => {
  const rows = [...read("tests/SCENARIOS.md").matchAll(/^\| ([ABC]\d+) \| .* \| (.*) \|$/gm)].map(([, id, tests]) => ({
    id,
    tests,
  }));
  const all = Object.entries(SCENARIOS).flatMap(([letter, count]) =>
    Array.from({ length: count }, (_, at) => `${letter}${at + 1}`),
  );
  const wanted = all.filter((id) => !WITHOUT_A_TEST.includes(id));
  assert.deepEqual(
    wanted.filter((id) => !rows.some((row) => row.id === id)),
    [],
  );
  assert.deepEqual(
    rows.filter(({ tests }) => !/`tests\/[\w./-]+::[^`]+`/.test(tests)),
    [],
  );
});
