import { auth } from "../recipes/auth.js";
import { item, queries } from "../recipes/tanstack-query.js";

export function read(n, signal) {
  const options = item(n);
  signal.addEventListener("abort", () => queries.cancelQueries({ queryKey: options.queryKey }));
  return queries.fetchQuery(options).then(({ n }) => n);
}

export const write = (body, signal) =>
  auth
    .fetch("/api/echo", {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
      signal,
    })
    .then((answer) => answer.json());
