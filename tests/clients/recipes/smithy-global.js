import { FetchHttpHandler } from "@smithy/fetch-http-handler";
import { auth } from "./auth.js";

globalThis.fetch = auth.fetch;

export const handler = new FetchHttpHandler();
