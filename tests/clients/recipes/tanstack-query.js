import { QueryClient } from "@tanstack/query-core";
import { auth } from "./auth.js";

// An ended session is not worth asking again: `AbortError` is what `logged_out` and `session_expired` are called.
export const queries = new QueryClient({
  defaultOptions: { queries: { retry: (failures, error) => error.name !== "AbortError" && failures < 3 } },
});

export const item = (n) => ({
  queryKey: ["item", n],
  queryFn: async ({ signal }) => (await auth.fetch(`/api/items/${n}`, { signal })).json(),
});
