// The SDKs for OpenID Connect, each with its package in Chromium against oidc-provider.

import { sdks } from "../support/suite.js";
import { useSdkBrowser } from "../support/world.js";

sdks(useSdkBrowser(), ["auth0", "msal", "keycloak", "openid-client", "sign-in"]);
