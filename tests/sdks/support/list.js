// The SDKs: what each signs in at, and how that refuses. Which call of the SDK asks for a new token, and which of its
// errors say that the session is over, is read in its source; the file is named beside each.

import { join } from "node:path";
import { root } from "../../../scripts/run.js";
import { json } from "../../support/http.js";
import { oidc } from "./oidc.js";
import { betterAuth, emulator } from "./servers.js";
import { CLERK_REFUSAL, COGNITO_REFUSAL, clerk, cognito, SUPABASE_REFUSAL, supabase } from "./stand-ins.js";

/** Where the packages of tests/sdks/<name> are installed. */
export const folder = (name) => join(root, "target", "sdks", name);

const at = (place) => (origin) => ({ [place]: origin });
const refusal =
  (status, body, headers = {}) =>
  (response) =>
    json(response, status, body, { "access-control-allow-origin": "*", ...headers });
const INVALID_GRANT = refusal(400, { error: "invalid_grant", error_description: "grant request is invalid" });
const OIDC = { packages: "openid", refuses: INVALID_GRANT, measured: true };

const AUTH0 = { authorization: "/authorize", token: "/oauth/token", end_session: "/v2/logout" };

const REALM = "/realms/demo/protocol/openid-connect";
const KEYCLOAK = { authorization: `${REALM}/auth`, token: `${REALM}/token`, end_session: `${REALM}/logout` };
/** What Keycloak tells about cookies of other sites, where they are not blocked. */
const COOKIES = '<!doctype html><script>parent.postMessage("supported", "*")</script>';

/** Under its block's name: `afterRefusal` is what a tab finds that is opened after a refusal, "signed-out" where not said. */
export const SDKS = {
  // 3.5.0, src/UserManager.ts `signinSilent`: each call presents the refresh token; src/JsonService.ts throws
  // `ErrorResponse` for an answer with `error`, and something else for everything else.
  "oidc-client-ts": { ...OIDC, backEnd: oidc(), places: at("https://id.example.com") },

  // 2.28.3, src/Auth0Client.ts `_getTokenSilently`: `cacheMode: "off"` goes past the cache; src/errors.ts
  // `GenericError.error` is the server's, or `missing_refresh_token`.
  auth0: { ...OIDC, backEnd: oidc({ slash: true, routes: AUTH0 }), places: at("id.example.com") },

  // 5.30.0, src/controllers/StandardController.ts `acquireTokenSilent`; msal-common, src/error/
  // InteractionRequiredAuthError.ts: `InteractionRequiredServerErrorMessage`. `invalid_grant` alone is a `ServerError`.
  // Here it speaks OpenID Connect with oidc-provider, by its option `protocolMode`, and not with Entra.
  msal: {
    ...OIDC,
    packages: "services",
    backEnd: oidc(),
    places: (origin) => ({
      '"https://login.microsoftonline.com/common"': `"${origin}", knownAuthorities: ["${new URL(origin).host}"]`,
      "  cache:": '  system: { protocolMode: "OIDC" },\n  cache:',
      // Without consent oidc-provider leaves `offline_access` out, and then refuses a refresh that names it.
      "loginRedirect({ scopes })": 'loginRedirect({ scopes, prompt: "consent" })',
    }),
    refuses: refusal(400, { error: "interaction_required", error_description: "AADSTS50076" }),
    // msal-common, src/network/ThrottlingUtils.ts: after a 5xx it asks no more for a minute.
    pausesFor: 61_000,
  },

  // 26.2.4, lib/keycloak.js `updateToken`: -1 forces; a 400 makes it drop its tokens. It decodes the refresh token too.
  keycloak: {
    ...OIDC,
    backEnd: oidc({ jwtRefreshTokens: true, routes: KEYCLOAK, pages: { [`${REALM}/3p-cookies/step1.html`]: COOKIES } }),
    places: at("https://id.example.com"),
    // The server still knows the user, and says so to `check-sso`.
    afterRefusal: "signed-in",
  },

  // 6.9.0, src/index.ts `refreshTokenGrant`; `ResponseBodyError.error` is the server's.
  "openid-client": { ...OIDC, backEnd: oidc(), places: at("https://id.example.com") },

  // 3.8.8. The refresh is the package's own. Its block holds calls after a refusal: sign-in.test.js.
  "sign-in": { ...OIDC, of: "oauth4webapi", backEnd: oidc(), places: at("https://id.example.com"), refuses: undefined },

  // 13.2.0 (@firebase/auth), src/core/user/token_manager.ts `getToken`: no two calls share a request;
  // src/core/user/invalidation.ts `_isUserInvalidated`, src/api/errors.ts `SERVER_ERROR_MAP`.
  firebase: {
    packages: "services",
    measured: true,
    backEnd: emulator(folder("emulator")),
    places: (origin) => ({
      'projectId: "demo-app" }));': `projectId: "demo-app" }));\nconnectAuthEmulator(firebase, "${origin}", QUIET);`,
      'from "firebase/auth";':
        'from "firebase/auth";\nimport { connectAuthEmulator } from "firebase/auth";\nconst QUIET = { disableWarnings: true };',
    }),
    refuses: refusal(400, { error: { code: 400, message: "TOKEN_EXPIRED", status: "INVALID_ARGUMENT" } }),
  },

  // 1.7.25, src/plugins/jwt: `GET /token` answers 401 without a session.
  "better-auth": {
    packages: "services",
    measured: true,
    backEnd: betterAuth(folder("services")),
    places: () => ({}),
    refuses: (_, world) => world.endSessions(),
  },

  // 2.119.1 (@supabase/auth-js), src/GoTrueClient.ts `refreshSession`, `_callRefreshToken`; src/lib/fetch.ts.
  supabase: {
    packages: "services",
    backEnd: supabase(),
    places: at("https://project.supabase.co"),
    refuses: refusal(400, SUPABASE_REFUSAL, { "x-supabase-api-version": "2024-01-01" }),
  },

  // 6.22.1 (@aws-amplify/auth), src/providers/cognito/tokenProvider/TokenOrchestrator.ts `handleErrors`: no tokens for
  // `NotAuthorizedException`; the other names of `isAuthenticationError` are thrown.
  amplify: {
    packages: "services",
    backEnd: cognito(),
    places: (origin) => ({ 'userPoolClientId: "spa"': `userPoolClientId: "spa", userPoolEndpoint: "${origin}"` }),
    refuses: refusal(400, COGNITO_REFUSAL, { "content-type": "application/x-amz-json-1.1" }),
  },

  // 6.40.0, src/core/resources/Session.ts `getToken`: `skipCache`; Base.ts `_baseFetch`: 401 is `handleUnauthenticated`.
  clerk: {
    packages: "services",
    backEnd: clerk(),
    places: (origin) => ({
      pk_live_ZXhhbXBsZS5jb20k: `pk_live_${Buffer.from(`${new URL(origin).host}$`).toString("base64")}`,
    }),
    refuses: (response, world) => (world.endSessions(), json(response, 401, CLERK_REFUSAL)),
    // src/core/auth/SessionCookiePoller.ts: it asks for tokens by a timer too.
    polls: true,
  },
};
