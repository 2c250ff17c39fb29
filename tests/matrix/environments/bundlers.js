// Bundlers by their command lines, with no setting but where the result goes.

import { APP, HTML } from "../../package/support.js";
import { pageIn } from "../support/check.js";

/** A bundler that makes `site/main.js` of `src/index.js`. */
function bundler(name, { packages, version, command, row: title = name, script = "module", remark }) {
  const entry = 'import "authfetch"';
  return {
    name,
    packages,
    version,
    rows: { [title]: entry },
    async run(app, row, { browser }) {
      app.write("src/index.js", APP);
      const tag = script === "module" ? '<script type="module" src="/main.js">' : '<script defer src="/main.js">';
      app.write("site/index.html", HTML(`${tag}</script>`));
      await row(title, async () => {
        await app.run(...command);
        await pageIn(browser, app.path("site"));
        return { remark };
      });
    },
  };
}

const parcel = {
  name: "Parcel",
  packages: { parcel: 2 },
  version: "parcel",
  rows: { "Parcel 2": 'import "authfetch"' },
  async run(app, row, { browser }) {
    app.write("src/main.js", APP);
    app.write("src/index.html", HTML('<script type="module" src="./main.js"></script>'));
    await row("Parcel 2", async () => {
      await app.run("parcel", ["build", "src/index.html", "--dist-dir", "site"]);
      await pageIn(browser, app.path("site"));
    });
  },
};

const WEBPACK = ["--mode", "production", "--output-path", "site"];

export const bundlers = [
  bundler("esbuild", {
    packages: { esbuild: "0" },
    version: "esbuild",
    command: ["esbuild", ["src/index.js", "--bundle", "--outfile=site/main.js"]],
  }),
  bundler("Rollup", {
    packages: { rollup: 4, "@rollup/plugin-node-resolve": 16 },
    version: "rollup",
    remark: "with its plugin node-resolve, without which it bundles no package",
    command: ["rollup", ["src/index.js", "--plugin", "node-resolve", "--file", "site/main.js"]],
  }),
  bundler("Rolldown", {
    packages: { rolldown: 1 },
    version: "rolldown",
    command: ["rolldown", ["src/index.js", "--file", "site/main.js"]],
  }),
  bundler("webpack", {
    row: "webpack 5",
    packages: { webpack: 5, "webpack-cli": "latest" },
    version: "webpack",
    command: ["webpack", [...WEBPACK, "--output-filename", "main.js"]],
    script: "classic",
  }),
  bundler("Rspack", {
    packages: { "@rspack/core": 2, "@rspack/cli": 2 },
    version: "@rspack/core",
    command: ["rspack", ["build", "--mode", "production", "--output-path", "site"]],
    script: "classic",
  }),
  parcel,
];
