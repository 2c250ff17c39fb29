// The table of back ends in docs/what-ends-a-session.md says what the entries of tests/refusals say.

import assert from "node:assert/strict";
import { test } from "node:test";
import { read } from "../support/files.js";
import { textOfPage } from "./pages.js";

const ENTRIES = JSON.parse(read("tests", "refusals", "frameworks.json"));
/** How the reason begins where the session lives. */
const ALIVE = ["The client is wrong", "The request is wrong", "The session may live"];

test("each back end has a row, with the statuses by which it says that a session is over", () => {
  const over = ENTRIES.filter(
    ({ outcome, why }) => outcome !== "kept" || !ALIVE.some((start) => why.startsWith(start)),
  );
  const statuses = (name, outcome) => {
    const all = over.filter((entry) => entry.name === name && entry.outcome === outcome).map(({ status }) => status);
    return [...new Set(all)].sort().join(", ") || "–";
  };
  const names = [...new Set(ENTRIES.map(({ name }) => name))];
  const wanted = names.map(
    (name) => `| ${[name, ...["ends", "isRefused", "kept"].map((o) => statuses(name, o))].join(" | ")} |`,
  );
  const [, rows] = textOfPage("docs/what-ends-a-session.md").match(
    /^\| Back end \| By itself .*\n\|[-|]+\n((?:\|.*\n)+)/m,
  );
  assert.deepEqual(rows.trim().split("\n").sort(), wanted.sort());
  assert.ok(textOfPage("docs/what-ends-a-session.md").includes(`\n${names.length} back ends and services`));
});
