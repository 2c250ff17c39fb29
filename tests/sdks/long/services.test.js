// The SDKs of services, each with its package in Chromium: against the service's own server where that runs here, and
// against a stand-in where not.

import { sdks } from "../support/suite.js";
import { useSdkBrowser } from "../support/world.js";

sdks(useSdkBrowser(), ["firebase", "better-auth", "supabase", "amplify", "clerk"]);
