// Runtimes without a page: Node, Deno, Bun.

import { burstModule, burstScript, print, printed, served } from "../support/check.js";

const [IMPORT, REQUIRE] = ['import "authfetch"', 'require("authfetch")'];

const node = (major) => {
  const [imported, required] = [`Node ${major}, import`, `Node ${major}, require`];
  return {
    name: `Node ${major}`,
    node: major,
    version: async (app) => (await app.runNode(["--version"])).trim().slice(1),
    rows: { [imported]: IMPORT, [required]: REQUIRE },
    async run(app, row) {
      app.write("main.mjs", `${burstModule()}\n${print()}`);
      app.write("main.cjs", `${burstScript()}\n${print()}`);
      const runs = (file) => () => served(async (origin) => printed(await app.runNode([file, origin])));
      await row(imported, runs("main.mjs"));
      await row(required, runs("main.cjs"));
    },
  };
};

const other = (name, { packages, bin, args = [] }) => ({
  name,
  packages,
  version: bin,
  rows: { [name]: IMPORT },
  async run(app, row) {
    app.write("main.js", `${burstModule()}\n${print()}`);
    await row(name, () => served(async (origin) => printed(await app.run(bin, [...args, "main.js", origin]))));
  },
});

export const runtimes = [
  ...[20, 22, 24, 26].map(node),
  other("Deno", { packages: { deno: 2 }, bin: "deno", args: ["run", "--allow-net", "--allow-read", "--allow-env"] }),
  other("Bun", { packages: { bun: 1 }, bin: "bun" }),
];
