// The two scripts of each SDK's page: the documentation's block, with the package, and the SDK alone, as its own
// documentation has it. Both leave the functions of page.js behind.

import { join } from "node:path";
import { bundle, replaced } from "../../readme/support.js";
import { bundleText } from "../../support/bundle.js";
import { read } from "../../support/files.js";

const PAGE = JSON.stringify(join(import.meta.dirname, "page.js"));

/** The documentation's block of this name; `more` are members for the page's `app`, as code. */
export const both = (name, { nodePaths, places, more = "" }) => {
  const after = `import { together } from ${PAGE};\ntogether({ auth, signIn, ${more} });`;
  return bundle(name, { nodePaths, places, after });
};

/** tests/sdks/alone/<name>.js. */
export function alone(name, { nodePaths, places }) {
  const text = replaced(read("tests", "sdks", "alone", `${name}.js`), places);
  const contents = `import { alone } from ${PAGE};\n${text}\nalone({ signIn, isSignedIn, token });`;
  const resolveDir = join(import.meta.dirname, "..", "alone");
  return bundleText({ target: "es2022", nodePaths, stdin: { contents, resolveDir } });
}
