// Modules bundled for a page by esbuild, as an app's are.

import { build } from "esbuild";

/** What esbuild makes of these options, as the text of one file; by default an ES module. */
export async function bundleText({ define, ...options }) {
  const { outputFiles } = await build({
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "error",
    define: { "process.env.NODE_ENV": '"production"', ...define },
    ...options,
  });
  return outputFiles[0].text;
}
