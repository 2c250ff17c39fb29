// The types as TypeScript finds them in the installed package, by each way of resolving modules that it has.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { root } from "../../scripts/run.js";
import { useInstalled } from "./support.js";

const USES = `
const options: AuthFetchOptions = { refresh: "/token" };
const auth = new AuthFetch(options);
const answer: Promise<Response> = auth.fetch("/api", { auth: "once" });
const session: Session | null = auth.session;
// @ts-expect-error: the types are found, and are not any.
new AuthFetch({ leeway: "30" });
export { answer, session };
`;
/** The other entries: the class is the same. */
const OTHERS = `
import { AuthFetch as Auto } from "authfetch/auto";
import { AuthFetch as Compat } from "authfetch/compat";
import { init, AuthFetch as Slim } from "authfetch/slim";
const others: AuthFetch[] = [new Auto(), new Compat(), new Slim()];
const started: Promise<void> = init(new URL("https://example.com/authfetch.wasm"));
// @ts-expect-error: no source of wasm.
init();
export { others, started };
`;
const NAMES = "AuthFetch, type AuthFetchOptions, type Session";

const app = useInstalled((app) => {
  app.write("module.mts", `import { ${NAMES} } from "authfetch";${USES}${OTHERS}`);
  app.write("script.cts", `import { ${NAMES} } from "authfetch";${USES}${OTHERS}`);
});

/** What the compiler says of the file; nothing, where it is content. */
async function compile(file, ...options) {
  const usual = ["--noEmit", "--strict", "--types", "", "--lib", "dom,dom.iterable,esnext", "--target", "esnext"];
  const tsc = join(root, "node_modules", ".bin", "tsc");
  const args = [...usual, ...options, file];
  const { stdout } = await promisify(execFile)(tsc, args, { cwd: app.folder }).catch((error) => error);
  return stdout;
}

const RESOLUTIONS = {
  node16: ["--module", "node16", "--moduleResolution", "node16"],
  nodenext: ["--module", "nodenext", "--moduleResolution", "nodenext"],
  bundler: ["--module", "preserve", "--moduleResolution", "bundler"],
};

for (const [name, options] of Object.entries(RESOLUTIONS)) {
  test(`by "${name}" the types are found from a module`, async () => {
    assert.equal(await compile("module.mts", ...options), "");
  });

  test(`by "${name}" the types are found from CommonJS`, async () => {
    assert.equal(await compile("script.cts", ...options), "");
  });
}
