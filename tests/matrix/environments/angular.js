// The app that Angular's command line makes of itself, built for production.

import { APP } from "../../package/support.js";
import { pageIn } from "../support/check.js";

export const angular = {
  name: "Angular",
  packages: { "@angular/cli": "latest" },
  version: "@angular/cli",
  node: 24,
  rows: { "Angular CLI, built": 'import "authfetch"' },
  async run(app, row, { browser }) {
    await row("Angular CLI, built", async () => {
      const flags = ["--defaults", "--skip-git", "--skip-install", "--skip-tests", "--interactive=false"];
      await app.run("ng", ["new", "shop", "--directory", "shop", ...flags]);
      const shop = await app.made("shop");
      shop.write("src/main.ts", `// @ts-nocheck\n${APP}\n${shop.read("src/main.ts")}`);
      await shop.run("ng", ["build"]);
      await pageIn(browser, shop.path("dist", "shop", "browser"));
    });
  },
};
