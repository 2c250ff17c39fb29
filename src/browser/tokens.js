// A token response, read once. Of a foreign object its own members alone, each once: a getter may throw.

const own = (value) => ({ __proto__: null, ...value });
const text = (value) => (typeof value === "string" ? value : undefined);
const number = (value) => (typeof value === "number" ? value : NaN);

/** The claims of a JWT, read as a hint, never as a proof. */
const claims = (token) => {
  try {
    return own(JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))));
  } catch {}
};
/** As it can be stored: what JSON cannot hold would be gone after a reload anyway. */
const storable = (value, shown) => {
  try {
    return JSON.parse(JSON.stringify(own(value), shown));
  } catch {}
};

export const read = (response, inCookies) => {
  const { access_token, refresh_token, token_type, scope, expires_in, ...extra } = own(response);
  const { access_expiration: at, access_token_expiration: until = at } = extra;
  // What is told of a session in cookies: nothing is kept of it that is named like a token.
  const { exp, iat } = inCookies
    ? { exp: number(until ?? NaN) || Date.parse(until) / 1_000 }
    : own(claims(access_token));
  const kind = text(token_type ?? "");
  return {
    __proto__: null,
    access_token: (!inCookies && text(access_token)) || undefined,
    refresh_token: (!inCookies && text(refresh_token)) || undefined,
    // One spelling of the usual one.
    token_type: /^(bearer)?$/i.test(kind) ? "Bearer" : kind,
    scope: text(scope),
    expires_in: number(text(expires_in) ? Number(expires_in) : expires_in),
    exp: number(exp),
    iat: number(iat),
    extra: storable(extra, inCookies ? (key, value) => (SECRET.test(key) ? undefined : value) : undefined),
  };
};
const SECRET = /token|jwt|secret|password|assertion|^(access|refresh)$/i;
/** The values of the interceptor recipe. */
export const readRecipe = (access_token, refresh_token) => read({ access_token, refresh_token });

/** Whether it holds only what a header may hold beside spaces. */
export const visible = (text) => /^[!-~]*$/.test(text);
