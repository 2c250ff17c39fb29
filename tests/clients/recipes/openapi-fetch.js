import createClient from "openapi-fetch";
import { auth } from "./auth.js";

export const api = createClient({ baseUrl: "/api", fetch: auth.fetch });
