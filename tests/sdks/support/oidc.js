// The back end of the OpenID Connect SDKs: oidc-provider itself, as the end-to-end tests have it (rotation, reuse
// detection, no grace window), with the paths, the algorithm and the tokens that an SDK insists on.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { Counters } from "../../../www/server/counters.js";
import { authorizationServer } from "../../../www/server/provider.js";

const DAY = 86_400; // s
const LIFETIME = 600; // s

/** A key for RS256, which every SDK takes, and one of them nothing else. */
function signingKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: "sdks" };
}

const adjusted = (settings, { origin, routes }) => ({
  ...settings,
  jwks: { keys: [signingKey()] },
  clients: [
    {
      client_id: "spa",
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      redirect_uris: ["/", "/silent-check-sso.html", "/silent.html"].map((path) => origin + path),
      post_logout_redirect_uris: [`${origin}/`],
    },
  ],
  scopes: [...settings.scopes, "profile"],
  async loadExistingGrant(ctx) {
    const grant = await settings.loadExistingGrant(ctx);
    grant.addOIDCScope("profile");
    await grant.save();
    return grant;
  },
  // Two tabs that sign in by one session have tokens of their own, and keep them.
  expiresWithSession: () => false,
  routes: { ...settings.routes, ...routes },
  ttl: { ...settings.ttl, IdToken: DAY },
  features: {
    ...settings.features,
    rpInitiatedLogout: {
      enabled: true,
      logoutSource(ctx, form) {
        ctx.body = `<!doctype html>${form}<script>
          const form = document.forms[0];
          form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "logout", value: "yes" }));
          form.submit();
        </script>`;
      },
    },
    resourceIndicators: {
      ...settings.features.resourceIndicators,
      getResourceServerInfo: () => ({
        scope: "api",
        audience: "urn:demo:api",
        accessTokenTTL: LIFETIME,
        accessTokenFormat: "jwt",
        jwt: { sign: { alg: "RS256" } },
      }),
    },
  },
});

/** Of a refresh token that has a JWT's form, as Keycloak's have and keycloak-js expects. */
const likeJwt = () => `e30.e30.${randomBytes(32).toString("base64url")}`;

/**
 * oidc-provider. `pages` are beside it, by their paths; `routes` are its paths where they are not its own; with `slash`
 * its issuer ends in one; with `jwtRefreshTokens` its refresh tokens have a JWT's form. Whoever comes to sign in is Ann.
 */
export const oidc =
  ({ routes = {}, pages = {}, slash = false, jwtRefreshTokens = false } = {}) =>
  (world) => {
    const token = routes.token ?? "/token";
    const auth = authorizationServer({
      issuer: slash ? `${world.origin}/` : world.origin,
      accessTokenTTL: LIFETIME,
      allowsOrigin: (from) => from === world.origin,
      counters: new Counters(),
      heldBack: async () => {},
      adjust: (settings) => adjusted(settings, { origin: world.origin, routes }),
      extend(provider) {
        const issued = [];
        provider.on("grant.success", ({ body }) => {
          world.accept(body.access_token);
          issued.push(body.refresh_token);
        });
        world.revokeAll = async () => {
          for (const token of issued.splice(0)) await (await provider.RefreshToken.find(token))?.destroy();
        };
        if (jwtRefreshTokens) provider.RefreshToken.prototype.generateTokenId = likeJwt;
      },
    });
    return {
      isTokenRequest: ({ method }, { pathname }) => method === "POST" && pathname === token,
      async answer(request, response, { pathname }) {
        if (pages[pathname]) return response.writeHead(200, { "content-type": "text/html" }).end(pages[pathname]);
        if (!pathname.startsWith("/login/")) return auth.callback(request, response);
        return auth.finish(request, response, { login: { accountId: "ann" }, consent: {} });
      },
    };
  };
