// `npm run size`: what a page loads for the job, next to what others load for it, all measured in this one run.
// The budget that the test holds the package to stands here and nowhere else.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "./build.js";
import { moduleSizes } from "./modules.js";
import { root } from "./run.js";
import { setup } from "./setup.js";
import { named } from "./wasm.js";

/** The most that a page may load, in bytes after brotli 11: what stands today, so that it can only shrink. */
export const BUDGET = 49_650;

const AUTHFETCH = 'export { AuthFetch } from "authfetch";';
// Each as its own README sets it up: the code that an app ships before it has written its refresh.
const PEERS = {
  "handwritten.js (one tab, no logout races)": 'export { createAuthFetch } from "./benches/handwritten.js";',
  "ky, hooks by hand": 'import ky from "ky"; export const create = (hooks) => ky.create({ hooks });',
  "axios + axios-auth-refresh": `
    import axios from "axios";
    import { createAuthRefresh } from "axios-auth-refresh";
    export const create = (refresh) => {
      const api = axios.create();
      createAuthRefresh(api, refresh);
      return api;
    };`,
};

/** Bytes as they are, after gzip -9 and after brotli 11. */
export function sizesOf(content) {
  const bytes = Buffer.from(content);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, { params }).length,
  };
}

/** Whether the built wasm is the small one, with a std of its own; without std's sources it cannot be made. */
export const isSmall = () => JSON.parse(readFileSync(join(root, "target", "pkg", "build.json"), "utf8")).small;

/** What an app ships that holds nothing but this, bundled and minified by esbuild. */
async function bundled(contents) {
  const { build: bundle } = await import("esbuild");
  const options = { bundle: true, format: "esm", minify: true, target: "es2022", legalComments: "none", write: false };
  const alias = { authfetch: join(root, "dist", "index.js") };
  const { outputFiles } = await bundle({
    ...options,
    alias,
    stdin: { contents, resolveDir: root },
    absWorkingDir: root,
  });
  return outputFiles[0].contents;
}

/** Name → sizes: the package's parts, the whole as published and as an app bundles it. */
export async function ownSizes() {
  const file = (...path) => readFileSync(join(root, ...path));
  const { transform } = await import("esbuild");
  const glue = await transform(file("target", "pkg", "glue.js").toString(), {
    minify: true,
    format: "esm",
    target: "es2022",
  });
  return {
    wasm: sizesOf(file("target", "pkg", "short.wasm")),
    "glue, minified": sizesOf(glue.code),
    "dist/index.js, wasm inside": sizesOf(file("dist", "index.js")),
    "the same, bundled by an app": sizesOf(await bundled(AUTHFETCH)),
  };
}

/** Name → sizes of what others load for the same job. */
export async function peerSizes() {
  const entries = Object.entries(PEERS).map(async ([name, contents]) => [name, sizesOf(await bundled(contents))]);
  return Object.fromEntries(await Promise.all(entries));
}

function print(sizes, write = (line) => process.stdout.write(`${line}\n`)) {
  const rows = Object.entries(sizes).map(([name, { raw, gzip, brotli }]) => [name, raw, gzip, brotli]);
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, ...numbers] of [["", "raw", "gzip -9", "brotli 11"], ...rows]) {
    write(`  ${name.padEnd(width)}${numbers.map((number) => number.toLocaleString("en").padStart(11)).join("")}`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await setup({ browsers: false });
  await build();
  process.stdout.write(
    `\nBytes a page loads${isSmall() ? "" : " (std not rebuilt: larger than the published package)"}\n`,
  );
  print({ ...(await ownSizes()), ...(await peerSizes()) });
  process.stdout.write("\nThe wasm's code by module, in bytes before compression\n");
  for (const [name, bytes] of moduleSizes(await named())) {
    process.stdout.write(`  ${name.padEnd(24)}${bytes.toLocaleString("en").padStart(8)}\n`);
  }
  process.stdout.write(`\nThe budget is ${BUDGET.toLocaleString("en")} bytes of brotli.\n`);
}
