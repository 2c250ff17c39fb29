// As its documentation has it: `acquireTokenSilent()` before each call.
import { PublicClientApplication } from "@azure/msal-browser";

const msal = new PublicClientApplication({
  auth: { clientId: "spa", authority: "https://login.microsoftonline.com/common", redirectUri: `${location.origin}/` },
  cache: { cacheLocation: "localStorage" },
});
const scopes = ["api"];

export const signIn = () => msal.loginRedirect({ scopes });
export const isSignedIn = async () => msal.getAllAccounts().length > 0;
export const token = async () =>
  (await msal.acquireTokenSilent({ scopes, account: msal.getAllAccounts()[0] })).accessToken;

await msal.initialize();
await msal.handleRedirectPromise();
