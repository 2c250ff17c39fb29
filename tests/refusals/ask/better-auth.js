// Asks better-auth: its OAuth provider's token endpoint, and what it says of a session cookie that is over.
import { serve } from "../../support/http.js";
import { ask, form, load } from "./report.js";

const { betterAuth } = await load("better-auth");
const { memoryAdapter } = await load("better-auth/adapters/memory");
const { toNodeHandler } = await load("better-auth/node");
const { jwt } = await load("better-auth/plugins");
const { oauthProvider } = await load("@better-auth/oauth-provider");

const tables = [
  "user",
  "session",
  "account",
  "verification",
  "jwks",
  "rateLimit",
  "oauthClient",
  "oauthRefreshToken",
  "oauthAccessToken",
  "oauthConsent",
  "oauthResource",
  "oauthClientResource",
  "oauthClientAssertion",
];
const database = Object.fromEntries(tables.map((table) => [table, []]));
let handler;
const { origin: base, close } = await serve((request, response) => handler(request, response));
const auth = betterAuth({
  baseURL: base,
  secret: "a key for asking, of thirty-two bytes and more",
  database: memoryAdapter(database),
  emailAndPassword: { enabled: true },
  telemetry: { enabled: false },
  logger: { disabled: true },
  rateLimit: { enabled: false },
  plugins: [
    jwt(),
    oauthProvider({ loginPage: "/login", consentPage: "/consent", storeTokens: { hash: (token) => token } }),
  ],
});
handler = toNodeHandler(auth);
await auth.$context;
const { user } = await auth.api.signUpEmail({ body: { name: "a", email: "a@example.com", password: "password1" } });
const now = Date.now();
const scopes = ["openid", "offline_access"];
database.oauthClient.push({
  id: "1",
  clientId: "c",
  public: true,
  disabled: false,
  redirectUris: [`${base}/cb`],
  tokenEndpointAuthMethod: "none",
  grantTypes: ["authorization_code", "refresh_token"],
  scopes,
});
const grant = (token, more = {}) =>
  database.oauthRefreshToken.push({
    id: token,
    token,
    clientId: "c",
    userId: user.id,
    scopes,
    createdAt: new Date(now),
    expiresAt: new Date(now + 60_000),
    authTime: new Date(now),
    ...more,
  });
grant("used");
grant("expired", { expiresAt: new Date(now - 1000) });
grant("revoked", { revoked: new Date(now - 1000) });
grant("gone", { userId: "nobody" });

const request = (refresh_token) => form({ grant_type: "refresh_token", refresh_token, client_id: "c" });
const token = `${base}/api/auth/oauth2/token`;
const oauth = (when, text) => ask("better-auth", "@better-auth/oauth-provider", when, token, request(text));
await oauth("the refresh token is unknown", "unknown");
await oauth("the refresh token has expired", "expired");
await oauth("the user is gone", "gone");
const first = await fetch(token, { method: "POST", ...request("used") });
if (first.status !== 200) throw new Error(await first.text());
await oauth("the refresh token was used before (rotation)", "used");
const cookie = { method: "GET", headers: { cookie: "better-auth.session_token=x.y" } };
await ask(
  "better-auth",
  "better-auth",
  "the session of the cookie is over (`/get-session`)",
  `${base}/api/auth/get-session`,
  cookie,
);
await ask(
  "better-auth",
  "better-auth",
  "the session of the cookie is over (`/token` of the jwt plugin)",
  `${base}/api/auth/token`,
  cookie,
);
await close();
