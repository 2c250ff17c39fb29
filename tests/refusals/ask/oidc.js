// Asks oidc-provider, with refresh tokens put into its memory, as its documentation's development adapter keeps them.
import { setTimeout } from "node:timers/promises";
import { serve } from "../../support/http.js";
import { ask, form, load } from "./report.js";

const { Provider } = await load("oidc-provider");
let handler;
const { origin: base, close } = await serve((request, response) => handler(request, response));
const provider = new Provider(base, {
  clients: ["c", "other"].map((client_id) => ({
    client_id,
    token_endpoint_auth_method: "none",
    redirect_uris: [`${base}/cb`],
    grant_types: ["authorization_code", "refresh_token"],
  })),
  findAccount: (_context, id) => (id === "gone" ? undefined : { accountId: id, claims: () => ({ sub: id }) }),
  rotateRefreshToken: true,
  scopes: ["openid", "offline_access"],
});
handler = provider.callback();

async function refreshToken({ accountId = "a", ttl = 60 } = {}) {
  const client = await provider.Client.find("c");
  const grant = new provider.Grant({ clientId: "c", accountId });
  grant.addOIDCScope("openid offline_access");
  const token = new provider.RefreshToken({
    client,
    accountId,
    grantId: await grant.save(),
    scope: "openid offline_access",
    gty: "authorization_code",
    rotations: 0,
    iiat: Math.floor(Date.now() / 1000),
    expiresIn: ttl,
  });
  return { value: await token.save(), grant };
}
const request = (refresh_token, client_id = "c") => form({ grant_type: "refresh_token", refresh_token, client_id });
const oidc = (when, token, client) =>
  ask("oidc-provider", "oidc-provider", when, `${base}/token`, request(token, client));

await oidc("the refresh token is unknown", "unknown");
const short = await refreshToken({ ttl: 1 });
await setTimeout(2100);
await oidc("the refresh token has expired", short.value);
const used = await refreshToken();
const first = await fetch(`${base}/token`, { method: "POST", ...request(used.value) });
if (first.status !== 200) throw new Error(await first.text());
await oidc("the refresh token was used before (rotation)", used.value);
const revoked = await refreshToken();
await revoked.grant.destroy();
await oidc("the grant is revoked", revoked.value);
await oidc("the user is gone", (await refreshToken({ accountId: "gone" })).value);
await oidc("the refresh token is another client's", (await refreshToken()).value, "other");
await oidc("the client is unknown", "unknown", "nobody");
await close();
