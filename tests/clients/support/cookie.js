// Stands in for recipes/auth.js: a session in cookies.

import { AuthFetch } from "authfetch";

export const auth = new AuthFetch({ credential: "cookie", refresh: "/auth/refresh" });
