import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { App } from "./app.jsx";
import { auth } from "./auth.js";

// `AbortError` is the end of the session: there is nothing to try again.
const retry = (failures, error) => error.name !== "AbortError" && failures < 3;
const queries = new QueryClient({ defaultOptions: { queries: { retry } } });
auth.addEventListener("logout", () => queries.clear());

createRoot(document.querySelector("#app")).render(
  <QueryClientProvider client={queries}>
    <App />
  </QueryClientProvider>,
);
