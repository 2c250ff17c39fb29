// src/hooks.client.js: runs in browsers only, before the first page is shown.
import { auth } from "./auth.js";

globalThis.fetch = auth.fetch;
