// `node scripts/baseline.js`: the oldest browsers that have all that the built package cannot work without, computed
// from MDN's data (npm's @mdn/browser-compat-data). The README quotes what it prints, the build aims at it, and
// tests/package holds both to it. Syntax is no part of the sum: esbuild writes nothing that these browsers do not read.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./run.js";
import { FEATURES } from "./wasm.js";

const FOLDER = join(root, "node_modules", "@mdn", "browser-compat-data");
const read = (name) => JSON.parse(readFileSync(join(FOLDER, name), "utf8"));

/** MDN's names of the wasm features that the build enables. */
const WASM = {
  "bulk-memory": "webassembly.bulk-memory-operations",
  "reference-types": "webassembly.reference-types",
  multivalue: "webassembly.multi-value",
  // Without an entry of its own: they came with the class.
  "mutable-globals": "webassembly.api.Global",
  "nontrapping-float-to-int": "webassembly.non-trapping-float-to-int-conversions",
  "sign-ext": "webassembly.sign-extension-operations",
};
/** What there is nothing to do without. Whatever else is used is asked for first, and done without. */
const NEEDED = [
  "api.fetch",
  "api.AbortController.AbortController",
  "api.AbortController.abort.reason_parameter",
  "api.AbortSignal.reason",
  "api.CustomEvent.CustomEvent",
  "api.EventTarget.EventTarget",
  "api.TextEncoder.encodeInto",
  "api.URL.URL",
  "api.URLSearchParams.URLSearchParams",
  "javascript.builtins.FinalizationRegistry",
  "javascript.builtins.Reflect.get",
  "javascript.builtins.String.replaceAll",
  "javascript.builtins.WeakMap",
  "javascript.builtins.WeakRef",
  "javascript.builtins.globalThis",
];
/** MDN's browsers, and esbuild's names for them where it has one. */
const BROWSERS = {
  chrome: "chrome",
  edge: "edge",
  firefox: "firefox",
  safari: "safari",
  chrome_android: null,
  firefox_android: null,
  safari_ios: "ios",
};

const parts = (version) => version.split(".").map(Number);
const isLater = (a, b) => {
  const [x, y] = [parts(a), parts(b)];
  const at = x.findIndex((part, index) => part !== (y[index] ?? 0));
  return at >= 0 && x[at] > (y[at] ?? 0);
};

/** Since which version a browser has it, whole and without a flag; `undefined` where it has not. */
export function since(support, browser) {
  const [entry] = [support[browser] ?? []]
    .flat()
    .filter((one) => !one.flags && !one.partial_implementation && !one.version_removed && !one.prefix);
  const version = entry?.version_added;
  return typeof version === "string" && /^≤?\d/.test(version) ? version.replace("≤", "") : undefined;
}

/** All of MDN's data. */
export const data = () => read("data.json");

/**
 * Browser → its oldest version that has all of it, when that was released, and what it was that came last; without wasm
 * that of the entry that does without it.
 */
export function baseline(mdn = data(), { wasm = true } = {}) {
  const features = FEATURES.map((feature) => WASM[feature] ?? `unknown feature ${feature}`);
  const paths = wasm ? [...features, "webassembly.api.Module.Module", ...NEEDED] : NEEDED;
  const supports = paths.map((path) => {
    const { support } = path.split(".").reduce((node, key) => node?.[key], mdn)?.__compat ?? {};
    if (!support) throw new Error(`MDN's data has no ${path}`);
    return { path, support };
  });
  return Object.keys(BROWSERS).map((browser) => {
    let oldest = "0";
    let last = [];
    for (const { path, support } of supports) {
      const version = since(support, browser);
      if (!version) throw new Error(`${browser} has no ${path}`);
      if (isLater(version, oldest)) [oldest, last] = [version, []];
      if (version === oldest) last.push(path);
    }
    const { name, releases } = mdn.browsers[browser];
    return { browser, name, version: oldest, released: releases[oldest].release_date, last };
  });
}

/** What esbuild is to aim at. */
export const target = (browsers) =>
  browsers.flatMap(({ browser, version }) => (BROWSERS[browser] ? `${BROWSERS[browser]}${version}` : [])).sort();

/** The name of an entry as one writes it. */
const written = (path) =>
  path
    .replace(/^(api|javascript\.builtins)\./, "")
    .replace(/^webassembly\./, "WebAssembly: ")
    .replace("_parameter", "")
    .replace(/^(\w+)\.\1$/, "$1");

/** The README's table. */
export function table(browsers) {
  const rows = browsers.map(
    ({ name, version, released, last }) =>
      `| ${name} | ${version} | ${released.slice(0, 7)} | ${last.map((path) => `\`${written(path)}\``).join(", ")} |`,
  );
  return ["| Browser | From | Released | What came last |", "|---|---|---|---|", ...rows].join("\n");
}

/** The sentence above it. */
export const label = () =>
  `Computed by \`node scripts/baseline.js\` from \`@mdn/browser-compat-data\` ${read("package.json").version}:`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const browsers = baseline();
  process.stdout.write(`${label()}\n\n${table(browsers)}\n\nesbuild: ${JSON.stringify(target(browsers))}\n`);
}
