import { createApi, fetchBaseQuery } from "@reduxjs/toolkit/query";
import { auth } from "./auth.js";

export const api = createApi({
  baseQuery: fetchBaseQuery({ baseUrl: "/api", fetchFn: auth.fetch }),
  endpoints: (build) => ({
    item: build.query({ query: (n) => `items/${n}` }),
    write: build.mutation({ query: (body) => ({ url: "echo", method: "POST", body }) }),
  }),
});
