// The project's own files, as the tests that look at them read them.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/run.js";

/** The built package. */
export const AUTHFETCH = join(root, "dist", "index.js");

/** The text of a file, by its path from the root. */
export const read = (...path) => readFileSync(join(root, ...path), "utf8");
