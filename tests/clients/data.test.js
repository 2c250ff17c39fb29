// Data layers and remote procedures, each through its own option for a custom fetch.

import { suite } from "./support/suite.js";

suite([
  { title: "RTK Query", driver: "rtk-query.js", handedOn: "text" },
  { title: "graphql-request", driver: "graphql-request.js" },
  { title: "Apollo Client", driver: "apollo.js" },
  { title: "urql", driver: "urql.js", handedOn: "wrapped" },
  { title: "tRPC", driver: "trpc.js", handedOn: "wrapped" },
  { title: "TanStack Query", driver: "tanstack-query.js" },
]);
