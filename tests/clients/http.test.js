// HTTP clients, each through its own option for a custom fetch: the recipes in recipes/, bundled as they stand.

import { suite } from "./support/suite.js";

suite([
  { title: "axios", driver: "axios.js" },
  { title: "ky", driver: "ky.js", alias: { ky: "ky-2" } },
  { title: "ky 1", driver: "ky-1.js" },
  { title: "ofetch", driver: "ofetch.js", handedOn: "wrapped" },
  { title: "wretch", driver: "wretch.js" },
  { title: "openapi-fetch", driver: "openapi-fetch.js" },
  { title: "up-fetch", driver: "up-fetch.js" },
  { title: "a Smithy request handler", driver: "smithy.js" },
  { title: "a Smithy request handler on a replaced global fetch", driver: "smithy-global.js" },
  { title: "supabase-js", driver: "supabase.js" },
]);
