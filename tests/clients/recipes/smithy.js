import { FetchHttpHandler } from "@smithy/fetch-http-handler";
import { auth } from "./auth.js";

export const handler = new FetchHttpHandler({ customFetch: auth.fetch });
