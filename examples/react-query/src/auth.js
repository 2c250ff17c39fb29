import { AuthFetch } from "authfetch";

export const auth = new AuthFetch({
  refresh: { url: "/api/refresh", encoding: "json" },
  revocation: { url: "/api/logout", encoding: "json" },
  onSessionExpired: "hold", // calls wait for a new sign-in, and nothing on the page is lost
});

async function send(fetch, path, { body, signal } = {}) {
  const post = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(path, { ...post, signal });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail);
  return answer;
}

export const api = (path, options) => send(auth.fetch, path, options);
export const signIn = async (body) => auth.setTokens(await send(fetch, "/api/login", { body }));
