// It keeps no tokens: this is what an app writes that asks for new ones when they have run out.
import * as client from "openid-client";

const config = await client.discovery(new URL("https://id.example.com"), "spa", undefined, client.None());
const redirect_uri = `${location.origin}/`;
const load = () => JSON.parse(localStorage.getItem("tokens"));
const save = (tokens) =>
  localStorage.setItem("tokens", JSON.stringify({ ...tokens, until: Date.now() + tokens.expires_in * 1000 }));

export async function signIn() {
  const [pkceCodeVerifier, expectedState] = [client.randomPKCECodeVerifier(), client.randomState()];
  sessionStorage.setItem("sign-in", JSON.stringify({ pkceCodeVerifier, expectedState }));
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri,
    scope: "openid offline_access api",
    state: expectedState,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
  });
  location.assign(url);
}
export const isSignedIn = async () => load() !== null;
export async function token() {
  if (load().until < Date.now()) save(await client.refreshTokenGrant(config, load().refresh_token));
  return load().access_token;
}

const answer = new URL(location.href);
if (answer.searchParams.has("state")) {
  save(await client.authorizationCodeGrant(config, answer, JSON.parse(sessionStorage.getItem("sign-in"))));
  history.replaceState(null, "", location.pathname);
}
