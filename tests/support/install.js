// Apps with packages of their own, which lie in a folder under target/ so that they are installed once.

import { cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fingerprint, once, root, run } from "../../scripts/run.js";

/**
 * Copies the app in `from`, a folder's path from the root, to `to` under target/, with its packages as they are locked;
 * `marker` is one of them. Without `scripts` those that packages bring for their installation do not run: some build, or
 * download, what is not needed here. Gives the folder.
 */
export async function installed(name, { from, to, marker, scripts = true }) {
  const [source, app] = [join(root, from), join(root, "target", to)];
  mkdirSync(app, { recursive: true });
  for (const file of ["package.json", "package-lock.json"]) cpSync(join(source, file), join(app, file));
  const there = () => existsSync(join(app, "node_modules", marker));
  await once(name, fingerprint(`${from}/package-lock.json`), there, () =>
    run("npm", ["ci", "--no-audit", "--no-fund", ...(scripts ? [] : ["--ignore-scripts"])], { cwd: app, quiet: true }),
  );
  cpSync(source, app, { recursive: true });
  return app;
}
