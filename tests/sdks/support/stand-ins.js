// Stand-ins for services that cannot be run here: they answer what the SDK's source asks for, and nothing of them is
// measured. What is refused is refused in the words of tests/refusals.

import { randomBytes } from "node:crypto";
import { json, textOf } from "../../support/http.js";

const LIFETIME = 3600; // s
const now = () => Math.floor(Date.now() / 1000);
const encoded = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token in the form of a JWT. Nobody checks its signature. */
const jwt = (claims) =>
  `${encoded({ alg: "RS256", typ: "JWT", kid: "ins_1" })}.${encoded({
    iat: now(),
    exp: now() + LIFETIME,
    jti: randomBytes(8).toString("hex"),
    ...claims,
  })}.c2lnbmF0dXJl`;

/** Refresh tokens that are good once. */
function family(world, claims) {
  let current;
  const issue = () => {
    current = randomBytes(12).toString("hex");
    const access = jwt(claims);
    world.accept(access);
    return { access, refresh: current };
  };
  return { issue, takes: (token) => token === current };
}

const CORS = { "access-control-allow-origin": "*", "access-control-allow-headers": "*" };

/**
 * Supabase Auth, by @supabase/auth-js 2.119.1: src/GoTrueClient.ts asks for `/token?grant_type=password` and
 * `=refresh_token`, `/user` and `/logout`; src/lib/fetch.ts `_sessionResponse` reads the members of a session.
 */
export const supabase = () => async (world) => {
  const user = { id: "ann", aud: "authenticated", email: "ann@example.com", app_metadata: {}, user_metadata: {} };
  const tokens = family(world, { sub: "ann" });
  world.signOuts = 0;
  const session = () => {
    const { access, refresh } = tokens.issue();
    const times = { expires_in: LIFETIME, expires_at: now() + LIFETIME };
    return { access_token: access, token_type: "bearer", ...times, refresh_token: refresh, user };
  };
  return {
    isTokenRequest: (_, url) =>
      url.pathname === "/auth/v1/token" && url.searchParams.get("grant_type") === "refresh_token",
    async answer(request, response, url) {
      const body = JSON.parse((await textOf(request)) || "{}");
      if (url.pathname === "/auth/v1/logout") {
        world.signOuts++;
        return response.writeHead(204).end();
      }
      if (url.pathname === "/auth/v1/user") return json(response, 200, user);
      if (url.pathname !== "/auth/v1/token") return json(response, 404, {});
      if (url.searchParams.get("grant_type") === "password" || tokens.takes(body.refresh_token))
        return json(response, 200, session());
      return json(response, 400, SUPABASE_REFUSAL);
    },
  };
};

export const SUPABASE_REFUSAL = {
  code: "refresh_token_not_found",
  message: "Invalid Refresh Token: Refresh Token Not Found",
};

/**
 * Cognito's user pool, by @aws-amplify/auth 6: src/foundation/factories/serviceClients/cognitoIdentityProvider has its
 * operations, src/providers/cognito/utils/refreshAuthTokens.ts what it reads of their answers.
 */
export const cognito = () => async (world) => {
  const tokens = family(world, { sub: "ann", username: "ann", token_use: "access", client_id: "spa", origin_jti: "o" });
  world.signOuts = 0;
  const result = () => {
    const { access, refresh } = tokens.issue();
    const id = jwt({ sub: "ann", "cognito:username": "ann", token_use: "id", aud: "spa" });
    return {
      ChallengeParameters: {},
      AuthenticationResult: {
        AccessToken: access,
        RefreshToken: refresh,
        IdToken: id,
        ExpiresIn: LIFETIME,
        TokenType: "Bearer",
      },
    };
  };
  const operation = ({ headers }) => headers["x-amz-target"]?.split(".")[1];
  const send = (response, status, body) =>
    json(response, status, body, { "content-type": "application/x-amz-json-1.1", ...CORS });
  return {
    isTokenRequest: (request) => operation(request) === "GetTokensFromRefreshToken",
    async answer(request, response) {
      const body = JSON.parse((await textOf(request)) || "{}");
      switch (operation(request)) {
        case "InitiateAuth":
          return send(response, 200, result());
        case "GetTokensFromRefreshToken":
          return tokens.takes(body.RefreshToken) ? send(response, 200, result()) : send(response, 400, COGNITO_REFUSAL);
        case "RevokeToken":
          world.signOuts++;
          return send(response, 200, {});
        default:
          return send(response, 404, {});
      }
    },
  };
};

export const COGNITO_REFUSAL = { __type: "NotAuthorizedException", message: "Invalid Refresh Token" };

/**
 * Clerk's Frontend API, by clerk/javascript, packages/clerk-js/src/core/resources: Session.ts `#createTokenResolver` asks
 * for tokens, SignIn.ts for a sign-in, Client.ts reads the client; Base.ts takes a 401 for the end of the session.
 */
export const clerk = () => async (world) => {
  let signedIn = false;
  world.signOuts = 0;
  const token = () => {
    const claims = { iss: world.origin, sub: "user_1", sid: "sess_1", exp: now() + 60 };
    const access = jwt(claims);
    world.accept(access);
    return { object: "token", jwt: access };
  };
  const times = () => ({ created_at: Date.now(), updated_at: Date.now() });
  const session = () => ({
    object: "session",
    id: "sess_1",
    status: "active",
    expire_at: Date.now() + 86_400_000,
    abandon_at: Date.now() + 86_400_000,
    last_active_at: Date.now(),
    last_active_organization_id: null,
    last_active_token: token(),
    actor: null,
    tasks: null,
    factor_verification_age: null,
    user: {
      object: "user",
      id: "user_1",
      email_addresses: [],
      phone_numbers: [],
      web3_wallets: [],
      external_accounts: [],
      organization_memberships: [],
      passkeys: [],
      enterprise_accounts: [],
      saml_accounts: [],
      ...times(),
    },
    public_user_data: { identifier: "ann@example.com" },
    ...times(),
  });
  const client = () => ({
    object: "client",
    id: "client_1",
    sessions: signedIn ? [session()] : [],
    sign_in: null,
    sign_up: null,
    last_active_session_id: signedIn ? "sess_1" : null,
    cookie_expires_at: null,
    ...times(),
  });
  const environment = {
    object: "environment",
    auth_config: { object: "auth_config", single_session_mode: true },
    display_config: { object: "display_config", instance_environment_type: "production" },
    user_settings: {
      attributes: {},
      social: {},
      actions: {},
      sign_in: {},
      sign_up: {},
      password_settings: {},
      passkey_settings: {},
      username_settings: {},
    },
    organization_settings: {},
    maintenance_mode: false,
  };
  world.endSessions = () => (signedIn = false);
  return {
    isTokenRequest: (_, { pathname }) => pathname === "/v1/client/sessions/sess_1/tokens",
    async answer(request, response, url) {
      const method = url.searchParams.get("_method") ?? request.method;
      const path = url.pathname;
      if (path === "/v1/environment") return json(response, 200, environment);
      if (path.endsWith("/tokens")) return signedIn ? json(response, 200, token()) : json(response, 401, CLERK_REFUSAL);
      if (path === "/v1/client/sign_ins") {
        signedIn = true;
        const answer = { object: "sign_in", id: "sia_1", status: "complete", created_session_id: "sess_1" };
        return json(response, 200, { response: answer, client: client() });
      }
      if (method === "DELETE" || path.endsWith("/remove") || path.endsWith("/end")) {
        signedIn = false;
        world.signOuts++;
        return json(response, 200, { response: client(), client: client() });
      }
      if (path.endsWith("/touch")) return json(response, 200, { response: session(), client: client() });
      return json(response, 200, { response: client(), client: null });
    },
  };
};

export const CLERK_REFUSAL = {
  errors: [
    {
      code: "authentication_invalid",
      message: "Invalid authentication",
      long_message: "Unable to authenticate the request",
    },
  ],
};
