import { createTRPCClient, httpBatchLink } from "@trpc/client";
import { auth } from "./auth.js";

export const api = createTRPCClient({ links: [httpBatchLink({ url: "/api/trpc", fetch: auth.fetch })] });
