// A Nuxt app, built for production and rendered on the server first.

import { suite } from "./support/suite.js";

suite("nuxt", {
  files: { "plugins/auth.client.js": "recipes/nuxt.js" },
  build: ["node_modules/nuxt/bin/nuxt.mjs", "build"],
  start: () => [".output/server/index.mjs"],
});
