import { Client, cacheExchange, fetchExchange } from "@urql/core";
import { auth } from "./auth.js";

export const api = new Client({
  url: "/api/graphql",
  exchanges: [cacheExchange, fetchExchange],
  preferGetMethod: false,
  fetch: auth.fetch,
});
