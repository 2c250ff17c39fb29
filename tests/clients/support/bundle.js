// Bundles a recipe with the driver that calls it, as an app would have it.

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "svelte/compiler";
import { bundleText } from "../../support/bundle.js";
import { AUTHFETCH } from "../../support/files.js";

// The recipes lie in a package of their own, as an app's modules do: the settings of the project's own manifest are not
// theirs.
const CLIENTS = join(dirname(fileURLToPath(import.meta.url)), "..");

/** A module of support in place of recipes/auth.js. */
const session = (file) => ({
  name: "session",
  setup({ onResolve }) {
    onResolve({ filter: /\/auth\.js$/ }, ({ resolveDir }) =>
      // A package may have an auth.js of its own.
      resolveDir.startsWith(CLIENTS) ? { path: join(CLIENTS, "support", file) } : undefined,
    );
  },
});

const svelte = {
  name: "svelte",
  setup({ onLoad }) {
    onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
      const { js } = compile(await readFile(path, "utf8"), { filename: path, generate: "client" });
      return { contents: js.code, resolveDir: dirname(path) };
    });
  },
};

/**
 * One ES module from this entry text, whose imports are relative to tests/clients. `auth`: what stands in support in the
 * place of recipes/auth.js; with `control` that is the browser's own fetch.
 */
export const bundle = (
  contents,
  { control = false, auth = control ? "native.js" : undefined, alias = {}, mode = "production" } = {},
) =>
  bundleText({
    stdin: { contents, resolveDir: CLIENTS, loader: "ts" },
    // Errors are told apart by the names of their classes.
    keepNames: true,
    define: { "process.env.NODE_ENV": JSON.stringify(mode) },
    alias: { authfetch: AUTHFETCH, ...alias },
    plugins: auth ? [svelte, session(auth)] : [svelte],
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
  });
