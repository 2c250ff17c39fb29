// Hermes, React Native's engine, as far as npm brings it: a virtual machine of an older version, which has neither
// WebAssembly nor fetch, and the compiler of the present one.

import { NOT_RUN, REFUSED } from "../results.js";

const MACHINE = "Hermes, virtual machine";
const COMPILER = "Hermes, compiler";

/** The engine has no page and no fetch: it is asked for a session. */
const SIGNS_IN = `
import { AuthFetch, AuthFetchError } from "authfetch";
let step = "the constructor";
try {
  const auth = new AuthFetch();
  step = "setTokens";
  auth.setTokens({ access_token: "access" });
  print(JSON.stringify({ state: auth.state }));
} catch (error) {
  print(JSON.stringify({ step, ours: error instanceof AuthFetchError, code: error.code, message: error.message }));
}
`;
const BABEL = '{ "presets": ["@babel/preset-env"], "compact": false, "sourceType": "script" }';

export const hermes = {
  name: "Hermes",
  version: "hermes-engine-cli",
  packages: {
    "hermes-engine-cli": "latest",
    "hermes-compiler": "latest",
    esbuild: "0",
    "@babel/cli": 7,
    "@babel/core": 7,
    "@babel/preset-env": 7,
  },
  rows: { [MACHINE]: 'import "authfetch"', [COMPILER]: 'import "authfetch"' },
  async run(app, row) {
    app.write("main.js", SIGNS_IN);
    app.write("babel.config.json", BABEL);
    await app.run("esbuild", ["main.js", "--bundle", "--outfile=bundle.js"]);
    await row(MACHINE, async () => {
      // As React Native's own preset does, for what this version of the engine lacks.
      await app.run("babel", ["bundle.js", "--out-file", "plain.js"]);
      const program = app.path("node_modules", "hermes-engine-cli", "linux64-bin", "hermes");
      const told = JSON.parse((await app.runNode(["plain.js"], program)).trim().split("\n").at(-1));
      if (told.state === "signed-in") return {};
      if (!told.ours || told.code !== "wasm_unavailable") throw new Error(told.message);
      return { result: REFUSED, remark: `importing is safe; ${told.step} throws wasm_unavailable` };
    });
    await row(COMPILER, async () => {
      const program = app.path("node_modules", "hermes-compiler", "hermesc", "linux64-bin", "hermesc");
      await app.runNode(["-emit-binary", "-out", "bundle.hbc", "bundle.js"], program);
      const remark = "it compiles; npm brings no virtual machine of this version";
      return { version: app.version("hermes-compiler"), result: NOT_RUN, remark };
    });
  },
};
