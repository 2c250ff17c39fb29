// The oldest browsers: what the README says of them is what MDN's data give, the build aims at them, and the package
// names nothing younger that it could not do without. What they lack is taken away in tests/tabs/older.test.js.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { transformSync } from "esbuild";
import { baseline, data, label, since, table, target } from "../../scripts/baseline.js";
import { TARGET } from "../../scripts/entries.js";
import { root } from "../../scripts/run.js";
import { read } from "../support/files.js";

const mdn = data();
const browsers = baseline(mdn);
/** Younger than the baseline, and done without where it is missing. */
const OPTIONAL = ["AbortSignal.any", "Symbol.dispose", "detached", "dispose"];
/** Names of ours that something younger has too. */
const OURS = ["adopt", "drop", "error"];

test("the README says from which browsers on, in the words of the script that computes it", () => {
  assert.ok(
    read("README.md").includes(`${label()}\n\n${table(browsers)}\n`),
    "`node scripts/baseline.js` says what belongs there",
  );
});

test("without wasm the oldest browsers are the same", () => {
  const versions = (found) => found.map(({ browser, version }) => [browser, version]);
  assert.deepEqual(versions(baseline(mdn, { wasm: false })), versions(browsers));
});

test("the build aims at exactly these browsers", () => {
  assert.deepEqual(TARGET, target(browsers));
});

/** The package's own JavaScript and the glue, through which Rust calls, without comments and texts. */
function sources() {
  const within = (folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((file) => file.endsWith(".js"))
      .map((file) => join(folder, file));
  const files = [...within("js"), ...within(join("src", "browser")), join("target", "pkg", "glue.js")];
  const code = files.map((file) => transformSync(read(file), { minifyWhitespace: true, legalComments: "none" }).code);
  return code.join("\n").replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
}

/** Whether a browser of the baseline may lack it. */
const isYounger = ({ __compat: compat } = {}) =>
  compat &&
  browsers.some(({ browser, version }) => {
    const added = since(compat.support, browser);
    return !added || added.localeCompare(version, "en", { numeric: true }) > 0;
  });

test("nothing of the language or the web that is younger is named, but what is done without", () => {
  const code = sources();
  const classes = { ...mdn.api, ...mdn.javascript.builtins };
  const named = new Set(
    [...code.matchAll(/\.([A-Za-z_]\w*)/g), ...code.matchAll(/\{([^{}]*)\}=(?=[A-Z]\w*[;,])/g)].flatMap(([, names]) =>
      names.split(/\W+/),
    ),
  );
  // A member's class is not known here: it counts as younger where it is so in every class of the language that has it.
  const members = Object.values(mdn.javascript.builtins)
    .flatMap((builtin) => Object.entries(builtin))
    .map(([name, entry]) => [name.replace(/_static$/, ""), entry]);
  const young = [...named].filter((name) => {
    const all = members.filter(([member]) => member === name);
    return all.length && all.every(([, entry]) => isYounger(entry));
  });
  const globals = [...new Set([...code.matchAll(/\b[A-Z]\w+/g)].map(([name]) => name))].filter(
    (name) => /^[A-Z]/.test(name) && isYounger(classes[name]),
  );
  const statics = [...code.matchAll(/\b([A-Z]\w+)\.(\w+)/g)].filter(([, name, member]) =>
    isYounger(classes[name]?.[`${member}_static`] ?? classes[name]?.[member]),
  );
  const found = new Set(
    [...young, ...globals, ...statics.map(([both]) => both)].filter((name) => !OURS.includes(name)),
  );
  assert.deepEqual([...found].sort(), OPTIONAL);
});
