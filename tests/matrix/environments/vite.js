// Vite, in development and built, for each major version that is in use.

import { APP, HTML } from "../../package/support.js";
import { pageIn, pageOf } from "../support/check.js";

const version = (major) => {
  const [dev, built] = [`Vite ${major}, development`, `Vite ${major}, built`];
  return {
    name: `Vite ${major}`,
    packages: { vite: major },
    version: "vite",
    rows: { [dev]: 'import "authfetch"', [built]: 'import "authfetch"' },
    async run(app, row, { browser }) {
      app.write("main.js", APP);
      app.write("index.html", HTML('<script type="module" src="/main.js"></script>'));
      await row(dev, async () => {
        const server = await app.start("vite", (port) => ["--host", "127.0.0.1", "--port", port]);
        try {
          await pageOf(browser, server.port);
        } finally {
          server.close();
        }
      });
      await row(built, async () => {
        await app.run("vite", ["build"]);
        await pageIn(browser, app.path("dist"));
      });
    },
  };
};

export const vite = [5, 6, 7, 8].map(version);
