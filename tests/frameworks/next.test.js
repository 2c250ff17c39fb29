// A Next app, built for production and rendered on the server first.

import { suite } from "./support/suite.js";

const NEXT = "node_modules/next/dist/bin/next";

suite("next", {
  files: { "instrumentation-client.js": "recipes/next.js" },
  build: [NEXT, "build"],
  start: ({ port }) => [NEXT, "start", "--hostname", "127.0.0.1", "--port", String(port)],
});
