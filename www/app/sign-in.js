// Signing in: the authorization code grant with PKCE (RFC 6749 §4.1, RFC 7636), and nothing of the package.
// What has to survive the trip to the authorization server and back is neither a token nor of use to anybody else.

const KEY = "demo.sign-in";
const REDIRECT = `${location.origin}/`;

const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

/**
 * Leaves for the authorization server. `prompt=login`: its own session would otherwise let the next user in unasked.
 */
export async function beginSignIn(clientId) {
  const [verifier, state] = [random(), random()];
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  sessionStorage.setItem(KEY, JSON.stringify({ verifier, state }));
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: "code",
    redirect_uri: REDIRECT,
    scope: "openid offline_access api",
    state,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: "S256",
    prompt: "login",
  });
  location.assign(`/auth?${query}`);
}

/** The token response where this page was opened by the authorization server's answer, null where it was not. */
export async function finishSignIn(clientId) {
  const answer = new URLSearchParams(location.search);
  if (!answer.has("state")) return null;
  // The code leaves the address and the history before anything else is done.
  history.replaceState(null, "", location.pathname);
  const begun = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  sessionStorage.removeItem(KEY);
  if (begun?.state !== answer.get("state") || answer.get("iss") !== location.origin) {
    throw new Error("That answer belongs to no sign-in begun in this tab.");
  }
  if (answer.has("error")) throw new Error(answer.get("error_description") ?? answer.get("error"));
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    client_id: clientId,
    redirect_uri: REDIRECT,
    code: answer.get("code"),
    code_verifier: begun.verifier,
  });
  const response = await fetch("/token", { method: "POST", body });
  if (!response.ok) throw new Error(`The code was not accepted (${response.status}).`);
  return response.json();
}

/** Whom the ID token names. For display only: it came from the token endpoint, and the API does not ask the page. */
export function accountOf(session) {
  const payload = String(session.extra.id_token ?? "").split(".")[1];
  if (!payload) return null;
  const text = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (c) => c.charCodeAt(0)))).sub;
}
