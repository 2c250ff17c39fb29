import ky from "ky";
import { auth } from "./auth.js";

// ky 1 sends a GET again whatever it failed with, an ended session included; ky 2 does so after network errors only.
export const api = ky.create({
  fetch: auth.fetch,
  retry: { shouldRetry: ({ error }) => (error.name === "AbortError" ? false : undefined) },
});
