import wretch from "wretch";
import { auth } from "./auth.js";

export const api = wretch("/api").fetchPolyfill(auth.fetch);
