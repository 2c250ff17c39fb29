import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { auth } from "./auth.js";

export const api = new ApolloClient({
  cache: new InMemoryCache(),
  link: new HttpLink({ uri: "/api/graphql", fetch: auth.fetch }),
});
