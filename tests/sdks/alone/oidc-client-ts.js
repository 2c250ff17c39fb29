// As its README has it. What to do about a token that has run out is the app's: asked for when it is needed.
import { UserManager, WebStorageStateStore } from "oidc-client-ts";

const manager = new UserManager({
  authority: "https://id.example.com",
  client_id: "spa",
  redirect_uri: `${location.origin}/`,
  scope: "openid offline_access api",
  userStore: new WebStorageStateStore({ store: localStorage }),
  automaticSilentRenew: false, // Its timer would refresh ahead of the calls, or beside them, as it happens.
});

export const signIn = () => manager.signinRedirect();
export const isSignedIn = async () => Boolean(await manager.getUser());
export async function token() {
  const user = await manager.getUser();
  return (user.expired ? await manager.signinSilent() : user).access_token;
}

if (new URLSearchParams(location.search).has("state")) {
  await manager.signinCallback();
  history.replaceState(null, "", location.pathname);
}
