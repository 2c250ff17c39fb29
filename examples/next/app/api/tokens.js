// Tokens in memory, for the example. Route handlers may be built apart from each other: `globalThis` is what they share.

const lifetime = Number(process.env.ACCESS_TOKEN_LIFETIME ?? 30); // seconds
globalThis.tokens ??= { access: new Map(), refresh: new Map() };
const { access, refresh } = globalThis.tokens;

/** An access token, and a refresh token that is good for one use. */
export function issueTokens(user) {
  const tokens = { access_token: crypto.randomUUID(), refresh_token: crypto.randomUUID() };
  access.set(tokens.access_token, { user, until: Date.now() + lifetime * 1000 });
  refresh.set(tokens.refresh_token, user);
  return tokens;
}

/** The user of an access token, or nothing where it has run out. */
export function userOf(request) {
  const token = access.get(request.headers.get("authorization")?.replace(/^Bearer /i, ""));
  return token?.until > Date.now() ? token.user : undefined;
}

/** The user of a refresh token, which is spent with this. */
export function spend(token) {
  const user = refresh.get(token);
  refresh.delete(token);
  return user;
}
