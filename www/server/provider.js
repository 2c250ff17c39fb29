// The authorization server: oidc-provider with short-lived access tokens, rotating refresh tokens and reuse detection.
// It has no grace window: a refresh token presented twice ends its whole family, which is the hard case for a client.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { Provider } from "oidc-provider";
import { LANES } from "./counters.js";
import { memoryStore } from "./store.js";

const API = "urn:demo:api";
const SCOPE = "openid offline_access api";
const DAY = 86_400;

function signingKey() {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "ES256", kid: "demo" };
}

const escaped = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

function configuration({ issuer, accessTokenTTL, allowsOrigin, provider }) {
  return {
    adapter: memoryStore(),
    jwks: { keys: [signingKey()] },
    cookies: { keys: [randomBytes(16).toString("hex")] },
    clients: LANES.map((client_id) => ({
      client_id,
      token_endpoint_auth_method: "none",
      id_token_signed_response_alg: "ES256",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      redirect_uris: [`${issuer}/`],
    })),
    // The API's scope is the resource's: listed here too it would ask for consent for ever.
    scopes: ["openid", "offline_access"],
    rotateRefreshToken: true,
    issueRefreshToken: async () => true,
    clientBasedCORS: (_ctx, origin) => allowsOrigin(origin),
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    // Whoever signs in consents: a grant per sign-in, so that each has a token family of its own.
    async loadExistingGrant({ oidc }) {
      return grant(provider(), oidc.client.clientId, oidc.session.accountId);
    },
    interactions: { url: (_ctx, { uid }) => `/login/${uid}` },
    routes: { revocation: "/token/revocation" },
    renderError(ctx, { error, error_description: description }) {
      ctx.type = "html";
      ctx.body = `<!doctype html><html lang="en"><title>Sign-in failed</title>
<link rel="stylesheet" href="/style/base.css"><main class="card notice"><h1>Sign-in failed</h1>
<p>${escaped(description ?? error)}</p><p><a href="/">Back to the demo</a></p></main>`;
    },
    ttl: {
      AccessToken: accessTokenTTL,
      AuthorizationCode: 60,
      IdToken: 3600,
      Interaction: 3600,
      Grant: DAY,
      RefreshToken: DAY,
      Session: DAY,
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      revocation: { enabled: true, allowedPolicy: () => true },
      introspection: { enabled: true, allowedPolicy: () => true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => API,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: "api", audience: API, accessTokenTTL, accessTokenFormat: "opaque" }),
      },
    },
  };
}

async function grant(provider, clientId, accountId) {
  const given = new provider.Grant({ clientId, accountId });
  given.addOIDCScope("openid offline_access");
  given.addResourceScope(API, "api");
  await given.save();
  return given;
}

/** Counts token and revocation requests by the client that makes them, and reuse by the provider's own verdict. */
function count(provider, { counters, heldBack }) {
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.method !== "POST") return;
    const lane = ctx.oidc?.client?.clientId;
    if (ctx.path === "/token/revocation") counters.add(lane, "revocations");
    if (ctx.path !== "/token") return;
    const code = ctx.oidc?.params?.grant_type === "authorization_code";
    counters.add(lane, code ? "signIns" : "tokenRequests");
    if (!code && ctx.status >= 400) counters.add(lane, "tokenRefused");
    if (!code) await heldBack(ctx.path);
  });
  provider.on("grant.error", ({ oidc }, { error_detail: detail }) => {
    if (detail === "refresh token already used") counters.add(oidc?.client?.clientId, "reuseDetected");
  });
  provider.on("server_error", (_ctx, error) => console.error(error));
}

/**
 * Starts none of it: `callback` answers. `adjust` is given the provider's configuration, and `extend` the provider, before
 * anything is answered.
 */
export function authorizationServer({ issuer, accessTokenTTL, allowsOrigin, counters, heldBack, adjust, extend }) {
  const settings = configuration({ issuer, accessTokenTTL, allowsOrigin, provider: () => provider });
  const provider = new Provider(issuer, adjust?.(settings) ?? settings);
  count(provider, { counters, heldBack });
  extend?.(provider);

  /** The token behind this string if the API may accept it now. */
  async function validate(raw) {
    const token = await provider.AccessToken.find(raw);
    return token && !token.isExpired && token.aud === API && token.scopes.has("api") ? token : null;
  }

  async function destroy(raw) {
    await (await provider.AccessToken.find(raw))?.destroy();
  }

  return {
    validate,

    /** From now on the API refuses this access token, whatever the client's clock says. */
    destroy,

    /** The first tokens of a new family without a browser, as a token response. */
    async issue({ lane = LANES[0], account = "ann", expired = false }) {
      const client = await provider.Client.find(lane);
      const { jti: grantId } = await grant(provider, lane, account);
      const common = { client, accountId: account, grantId, gty: "authorization_code" };
      const resourceServer = new provider.ResourceServer(API, {
        scope: "api",
        audience: API,
        accessTokenFormat: "opaque",
      });
      const access_token = await new provider.AccessToken({
        ...common,
        scope: "api",
        resourceServer,
        expiresIn: accessTokenTTL,
      }).save();
      const refresh_token = await new provider.RefreshToken({ ...common, scope: SCOPE, resource: API }).save();
      if (expired) await destroy(access_token);
      return { access_token, token_type: "Bearer", expires_in: accessTokenTTL, refresh_token, scope: "api" };
    },

    callback: provider.callback(),

    /** The interaction a login page is shown for, or null when there is none (any more). */
    interaction: (req, res) => provider.interactionDetails(req, res).catch(() => null),
    finish: (req, res, result) => provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false }),
  };
}
