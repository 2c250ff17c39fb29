import { AuthFetch } from "authfetch";

export const auth = new AuthFetch({
  credential: "cookie",
  refresh: "/auth/refresh",
  revocation: "/auth/logout",
  csrf: { header: "X-CSRF-Token", cookie: "csrf" },
});

/** POST of JSON, by `fetch` or by `auth.fetch`. */
export const post = (body) => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

export async function signIn(credentials) {
  const response = await fetch("/auth/login", post(credentials));
  if (!response.ok) throw new Error(`sign-in: ${response.status}`);
  auth.signedIn(await response.json()); // `user`, which is in `auth.session.extra` from now on
}
