// Builds the package into `dist`: each entry as an ES module and for `require`, the wasm, the types.

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundle, DIST } from "./entries.js";
import { fingerprint, once, show, step } from "./run.js";
import { setup } from "./setup.js";
import { PKG, wasm, wasmAsJavaScript } from "./wasm.js";

/** Builds what is not built yet. */
export async function build() {
  const scripts = ["build.js", "encode.js", "entries.js", "wasm.js"].map((name) => `scripts/${name}`);
  const sources = ["src", "js", "tools", "Cargo.toml", "Cargo.lock", "package-lock.json", "rust-toolchain.toml"];
  const there = () => existsSync(join(DIST, "index.js")) && existsSync(join(PKG, "short.wasm"));
  const built = await once("build", fingerprint(...scripts, ...sources), there, async () => {
    const { small, bytes } = await step("wasm", wasm);
    await step("wasm as JavaScript", wasmAsJavaScript);
    await step("dist", () => bundle(bytes));
    writeFileSync(join(PKG, "build.json"), JSON.stringify({ small }));
  });
  if (!built) show("  the package is built\n");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await setup({ browsers: false });
  await build();
}
