// As its README has it: `getTokenSilently()` before each call.
import { Auth0Client } from "@auth0/auth0-spa-js";

const auth0 = new Auth0Client({
  domain: "id.example.com",
  clientId: "spa",
  authorizationParams: { redirect_uri: `${location.origin}/`, audience: "urn:demo:api", scope: "openid api" },
  useRefreshTokens: true,
  cacheLocation: "localstorage",
});

export const signIn = () => auth0.loginWithRedirect();
export const isSignedIn = () => auth0.isAuthenticated();
export const token = () => auth0.getTokenSilently();

if (new URLSearchParams(location.search).has("state")) {
  await auth0.handleRedirectCallback();
  history.replaceState(null, "", location.pathname);
}
