// All environments, in the order of the table.

import { angular } from "./angular.js";
import { bundlers } from "./bundlers.js";
import { entries } from "./entries.js";
import { astro, nuxt, sveltekit } from "./frameworks.js";
import { hermes } from "./hermes.js";
import { jest, vitest } from "./jest-vitest.js";
import { next } from "./next.js";
import { pages } from "./pages.js";
import { runtimes } from "./runtimes.js";
import { vite } from "./vite.js";
import { workerd } from "./workerd.js";

/**
 * Each has a `name`; `packages`, by their names and ranges, and which `version` is shown; the major version of `node` that
 * its tools want where the one that runs this may be too old; `rows`, what the app writes by the rows' names; and
 * `run(app, row, { browser, workshop })`, which ends each row by `row(name, work)`.
 */
export const environments = [
  ...pages,
  ...bundlers,
  ...vite,
  next,
  nuxt,
  sveltekit,
  astro,
  angular,
  ...vitest,
  ...jest,
  ...runtimes,
  workerd,
  hermes,
  ...entries,
];
