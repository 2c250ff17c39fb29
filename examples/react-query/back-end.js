// In the place of a FastAPI back end: tokens in JSON, a refresh token that is good for one use, `{ "detail": … }`.

import { randomUUID } from "node:crypto";
import { json } from "node:stream/consumers";

const lifetime = Number(process.env.ACCESS_TOKEN_LIFETIME ?? 30); // seconds
const accessTokens = new Map(); // each with the time of its expiry
const refreshTokens = new Set();
const items = ["Read the code", "Wait for a refresh"];

function newTokens() {
  const tokens = { access_token: randomUUID(), refresh_token: randomUUID(), token_type: "bearer" };
  accessTokens.set(tokens.access_token, Date.now() + lifetime * 1000);
  refreshTokens.add(tokens.refresh_token);
  return [200, tokens];
}

const routes = {
  "POST /api/login": ({ password }) => (password === "secret" ? newTokens() : [401, { detail: "Wrong password" }]),
  "POST /api/refresh": ({ refresh_token: token }) =>
    refreshTokens.delete(token) ? newTokens() : [401, { detail: "Could not validate credentials" }],
  "POST /api/logout": ({ token }) => [200, { revoked: refreshTokens.delete(token) }],
  "GET /api/items": () => [200, items],
  "POST /api/items": ({ title }) => [201, { count: items.push(title) }],
};

export async function backEnd(request, response, next) {
  const route = `${request.method} ${request.url}`;
  if (!routes[route]) return next();
  const body = request.method === "POST" ? await json(request) : undefined;
  const token = request.headers.authorization?.replace(/^Bearer /i, "");
  const isGood = !request.url.startsWith("/api/items") || accessTokens.get(token) > Date.now();
  const [status, answer] = isGood ? routes[route](body) : [401, { detail: "Not authenticated" }];
  console.log(route, status);
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(answer));
}
