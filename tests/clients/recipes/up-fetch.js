import { up } from "up-fetch";
import { auth } from "./auth.js";

export const api = up(auth.fetch, () => ({ baseUrl: "/api" }));
