// The authorization code flow with PKCE. authfetch has no part in it, but for the last line.

import * as oauth from "oauth4webapi";
import { auth } from "./auth.js";

const client = { client_id: "spa" };
const redirectUri = `${location.origin}/`;
const http = { [oauth.allowInsecureRequests]: true }; // For http://127.0.0.1 only: leave it out where there is HTTPS.

async function discover() {
  const issuer = new URL(location.origin);
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, http));
}

/** Leaves the page for the authorization server's. */
export async function signIn() {
  const { authorization_endpoint } = await discover();
  const [verifier, state] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState()];
  sessionStorage.setItem("sign-in", JSON.stringify({ verifier, state }));
  const url = new URL(authorization_endpoint);
  url.search = new URLSearchParams({
    ...client,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: "openid offline_access",
    prompt: "consent",
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  location.assign(url);
}

/** Back from there: the code in the URL becomes tokens. */
export async function finishSignIn() {
  const { verifier, state } = JSON.parse(sessionStorage.getItem("sign-in"));
  const [url, server] = [new URL(location.href), await discover()];
  history.replaceState(null, "", "/");
  const code = oauth.validateAuthResponse(server, client, url, state);
  const none = oauth.None();
  const response = await oauth.authorizationCodeGrantRequest(server, client, none, code, redirectUri, verifier, http);
  auth.setTokens(await oauth.processAuthorizationCodeResponse(server, client, response));
}
