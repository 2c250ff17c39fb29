// `npm run test:matrix`: the packed package in one environment after another, each with its tools in a folder of its
// own and built with their defaults. `-- --only name`, once or more, runs those with that in their name. What was found
// goes to tests/matrix/results.json and into docs/environments.md; rows that were not run stay as they are.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "../../scripts/build.js";
import { root } from "../../scripts/run.js";
import { setup } from "../../scripts/setup.js";
import { launch } from "../support/browser.js";
import { read } from "../support/files.js";
import { environments } from "./environments/index.js";
import { FAILS, NOT_RUN, REFUSED, WORKS } from "./results.js";
import { App, NotInstalled, Workshop } from "./support/app.js";
import { table, withTable } from "./table.js";

const RESULTS = join(root, "tests", "matrix", "results.json");
const DOCUMENT = join(root, "docs", "environments.md");
const REMARK = 160; // characters
const write = (line) => process.stdout.write(`${line}\n`);

/** An error as a remark: in one line, and without the paths of this machine. */
function remarkOf(error, folder) {
  const places = new RegExp(`(?:file://)?${folder}/(?:[\\w-]+/)?`, "g");
  const [line] = String(error.message).replaceAll(places, "").trim().split("\n");
  return line.length > REMARK ? `${line.slice(0, REMARK)}…` : line;
}

/** Runs one environment and gives its rows. */
async function attempt(environment, { workshop, browser }) {
  const { name, rows, version } = environment;
  const results = new Map();
  const settle = (row, more) => {
    const at = results.get(row) ?? { environment: name, row, version: null, entry: rows[row], ...more };
    results.set(row, at);
    write(`  ${at.result === WORKS ? "✓" : "✗"} ${row}: ${at.result}${at.remark ? `, ${at.remark}` : ""}`);
  };
  let app;
  const row = async (of, work) => {
    if (!(of in rows)) throw new Error(`${name} has no row called "${of}"`);
    try {
      const { result = WORKS, remark, version } = (await work()) ?? {};
      settle(of, { result, ...(remark && { remark }), ...(version && { version }) });
    } catch (error) {
      settle(of, { result: FAILS, remark: remarkOf(error, workshop.folder), error: error.stack });
    }
  };
  let failure = { result: FAILS, remark: "it was not run" };
  try {
    app = await App.create(workshop, environment);
    await environment.run(app, row, { browser, workshop });
  } catch (error) {
    const result = error instanceof NotInstalled ? NOT_RUN : FAILS;
    failure = { result, remark: remarkOf(error, workshop.folder), error: error.stack };
  }
  for (const of of Object.keys(rows)) if (!results.has(of)) settle(of, failure);
  const look = typeof version === "string" ? () => app.version(version) : version;
  // Without an app, or without what it was to run in, there is none.
  const shown = await (async () => app && look?.(app, { browser }))().catch(() => null);
  app?.remove();
  return [...results.values()].map((result) => ({ ...result, version: result.version ?? shown ?? null }));
}

/** The committed results with these rows in the place of theirs, in the order of declaration. */
function merged(rows) {
  const old = new Map(JSON.parse(readFileSync(RESULTS, "utf8")).rows.map((row) => [row.row, row]));
  for (const { error, ...row } of rows) old.set(row.row, row);
  return environments.flatMap((environment) => Object.keys(environment.rows).flatMap((row) => old.get(row) ?? []));
}

function record(rows) {
  const results = { rows: merged(rows) };
  writeFileSync(join(root, "target", "matrix.json"), `${JSON.stringify({ rows }, null, 2)}\n`);
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(DOCUMENT, withTable(read("docs", "environments.md"), table(results)));
}

/** The environments of this name, or else those with it in their names. */
function called(name) {
  const exact = environments.filter((environment) => environment.name === name);
  const found = exact.length > 0 ? exact : environments.filter((environment) => environment.name.includes(name));
  const names = () => environments.map((environment) => environment.name).join("; ");
  if (found.length === 0) throw new Error(`--only: no environment is called ${name}; there are ${names()}`);
  return found;
}

/** Runs the matrix; what failed is in `names`. */
async function matrix({ only }) {
  const chosen = only ? only.flatMap(called) : environments;
  await setup();
  await build();
  const workshop = await Workshop.open();
  let started;
  const browser = () => (started ??= launch("chromium"));
  const rows = [];
  try {
    for (const environment of chosen) {
      const start = Date.now();
      write(`▸ ${environment.name}`);
      rows.push(...(await attempt(environment, { workshop, browser })));
      write(`  ${((Date.now() - start) / 1000).toFixed(1)} s`);
      record(rows);
    }
  } finally {
    await (await started)?.close();
    workshop.close();
  }
  const names = (...results) => rows.filter(({ result }) => results.includes(result)).map(({ row }) => row);
  const [passed, failed, skipped] = [names(WORKS), names(FAILS), names(REFUSED, NOT_RUN)];
  return { passed: passed.length, failed: failed.length, skipped: skipped.length, names: failed };
}

const { values } = parseArgs({ options: { only: { type: "string", multiple: true } } });
const { passed, failed, skipped, names } = await matrix(values);
for (const name of names) write(`✗ ${name}`);
write(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
