// instrumentation-client.js: runs in browsers only, before the page becomes interactive.
import { auth } from "./auth.js";

globalThis.fetch = auth.fetch;
