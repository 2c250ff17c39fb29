import { GraphQLClient } from "graphql-request";
import { auth } from "./auth.js";

export const api = new GraphQLClient(new URL("/api/graphql", location.href).href, { fetch: auth.fetch });
