// The project's own files, as the tests that look at them read them.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/run.js";

/** The built package; another build of it where `AUTHFETCH_DIST` names its folder. */
export const DIST = process.env.AUTHFETCH_DIST ?? join(root, "dist");
export const AUTHFETCH = join(DIST, "index.js");

/** The text of a file, by its path from the root. */
export const read = (...path) => readFileSync(join(root, ...path), "utf8");
