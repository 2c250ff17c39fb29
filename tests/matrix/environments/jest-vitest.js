// Test runners, in the environments that they bring.

import { burstModule, burstScript, print, printed, served } from "../support/check.js";

const TESTED = `test("calls", () => ${print("process.env.ORIGIN")});\n`;

const vitestIn = (environment, packages = {}, option) => {
  const title = `Vitest, ${environment}`;
  return {
    name: title,
    packages: { vitest: "latest", vite: 8, ...packages },
    version: "vitest",
    node: 24,
    rows: { [title]: 'import "authfetch"' },
    async run(app, row) {
      app.write("burst.js", burstModule());
      app.write("calls.test.js", `import { test } from "vitest";\nimport { burst } from "./burst.js";\n${TESTED}`);
      const runs = async (origin) => {
        // The page that is feigned is of the API's origin.
        const environmentOptions = option && { [option]: { url: origin } };
        app.write(
          "vitest.config.js",
          `export default ${JSON.stringify({ test: { environment, environmentOptions } })};\n`,
        );
        return printed(await app.run("vitest", ["run"], { ORIGIN: origin }));
      };
      await row(title, () => served(runs));
    },
  };
};

export const vitest = [
  vitestIn("node"),
  vitestIn("jsdom", { jsdom: "latest" }, "jsdom"),
  vitestIn("happy-dom", { "happy-dom": "latest" }, "happyDOM"),
];

const jestIn = (environment, packages, { before = "", options = () => ({}), remark } = {}) => {
  const [required, imported] = [`Jest 30, ${environment}`, `Jest 30, ${environment}, ES modules`];
  return {
    name: required,
    packages: { jest: 30, ...packages },
    version: "jest",
    type: "commonjs",
    rows: { [required]: 'require("authfetch")', [imported]: 'import "authfetch"' },
    async run(app, row) {
      app.write("burst.js", burstScript());
      app.write("burst.mjs", burstModule());
      app.write("calls.test.js", `${before}const { burst } = require("./burst.js");\n${TESTED}`);
      app.write(
        "calls.test.mjs",
        `${before && 'import "whatwg-fetch";\n'}import { burst } from "./burst.mjs";\n${TESTED}`,
      );
      const runs = (file, env) => async () => {
        await served(async (origin) => {
          const given = ["--env", environment, "--testEnvironmentOptions", JSON.stringify(options(origin))];
          return printed(await app.run("jest", ["--testMatch", `**/${file}`, ...given], { ORIGIN: origin, ...env }));
        });
        return { remark };
      };
      await row(required, runs("calls.test.js"));
      await row(imported, runs("calls.test.mjs", { NODE_OPTIONS: "--experimental-vm-modules" }));
    },
  };
};

export const jest = [
  jestIn("node"),
  // jsdom has no fetch.
  jestIn(
    "jsdom",
    { "jest-environment-jsdom": 30, "whatwg-fetch": 3 },
    {
      before: 'require("whatwg-fetch");\n',
      options: (url) => ({ url }),
      remark: "with whatwg-fetch, since jsdom has no fetch",
    },
  ),
];
