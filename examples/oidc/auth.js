import { AuthFetch } from "authfetch";

export const auth = new AuthFetch({
  refresh: { url: "/token", clientId: "spa" },
  revocation: "/token/revocation",
});
