// As its documentation has it: `updateToken(30)` before each call.
import Keycloak from "keycloak-js";

const keycloak = new Keycloak({ url: "https://id.example.com", realm: "demo", clientId: "spa" });

export const signIn = () => keycloak.login();
export const isSignedIn = async () => keycloak.authenticated;
export async function token() {
  await keycloak.updateToken(30);
  return keycloak.token;
}

await keycloak.init({
  onLoad: "check-sso",
  silentCheckSsoRedirectUri: `${location.origin}/silent-check-sso.html`,
  checkLoginIframe: false,
});
