// The table in the documents is what the last run of the matrix has found, and leaves no environment out. The run
// itself is `npm run test:matrix`.

import assert from "node:assert/strict";
import { test } from "node:test";
import { read } from "../support/files.js";
import { environments } from "./environments/index.js";
import { FAILS, NOT_RUN, REFUSED, WORKS } from "./results.js";
import { table, tableIn, withTable } from "./table.js";

const results = JSON.parse(read("tests", "matrix", "results.json"));

test("the table of environments in the documents is what the last run has found", () => {
  assert.equal(tableIn(read("docs", "environments.md")), table(results));
});

test("the last run has left no environment out, and knows no other", () => {
  const declared = environments.flatMap(({ name, rows }) =>
    Object.entries(rows).map(([row, entry]) => [name, row, entry]),
  );
  assert.deepEqual(
    results.rows.map(({ environment, row, entry }) => [environment, row, entry]),
    declared,
  );
  assert.equal(new Set(declared.map(([, row]) => row)).size, declared.length, "two rows of one name");
});

test("what does not work has its reason, and what works was run in a version that is known", () => {
  for (const { row, result, remark, version } of results.rows) {
    assert.ok([WORKS, FAILS, REFUSED, NOT_RUN].includes(result), row);
    if (result === WORKS) assert.ok(version, row);
    else assert.ok(remark, row);
  }
});

test("a table replaces the one that is there, and nothing around it", () => {
  const document = "before\n\n<!-- matrix: begin -->\nold\n<!-- matrix: end -->\n\nafter\n";
  const replaced = withTable(document, "| new $& |");
  assert.equal(tableIn(replaced), "| new $& |");
  assert.equal(withTable(replaced, "old"), withTable(document, "old"));
  assert.match(replaced, /^before\n[\s\S]*after\n$/);
  assert.throws(() => withTable("no markers", "new"), /matrix: begin/);
});
