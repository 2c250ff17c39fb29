// It keeps no tokens: this is what an app writes that asks for new ones when they have run out.
import * as oauth from "oauth4webapi";

const issuer = new URL("https://id.example.com");
const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer));
const client = { client_id: "spa" };
const redirect_uri = `${location.origin}/`;
const load = () => JSON.parse(localStorage.getItem("tokens"));
const save = (tokens) =>
  localStorage.setItem("tokens", JSON.stringify({ ...tokens, until: Date.now() + tokens.expires_in * 1000 }));

export async function signIn() {
  const verifier = oauth.generateRandomCodeVerifier();
  sessionStorage.setItem("verifier", verifier);
  const url = new URL(server.authorization_endpoint);
  url.search = new URLSearchParams({
    client_id: client.client_id,
    response_type: "code",
    redirect_uri,
    scope: "openid offline_access api",
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  location.assign(url);
}
export const isSignedIn = async () => load() !== null;
export async function token() {
  if (load().until < Date.now()) {
    const sent = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), load().refresh_token);
    save(await oauth.processRefreshTokenResponse(server, client, sent));
  }
  return load().access_token;
}

const answer = new URL(location.href);
if (answer.searchParams.has("code")) {
  const code = oauth.validateAuthResponse(server, client, answer);
  const verifier = sessionStorage.getItem("verifier");
  const sent = await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), code, redirect_uri, verifier);
  save(await oauth.processAuthorizationCodeResponse(server, client, sent));
  history.replaceState(null, "", location.pathname);
}
