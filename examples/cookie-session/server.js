// A back end whose session is in two cookies that no script can read. Behind HTTPS, add `Secure` to each of them.

import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";

const port = Number(process.env.PORT ?? 3003);
const lifetime = Number(process.env.ACCESS_TOKEN_LIFETIME ?? 30); // seconds
const accessTokens = new Map(); // each with the time of its expiry
const refreshTokens = new Map(); // each with its user, and good for one use
const notes = ["Read the code", "Wait for a refresh"];

const cookie = (name, value, seconds, more) => `${name}=${value}; Max-Age=${seconds}; SameSite=Strict; ${more}`;

function begin(user) {
  const [access, refresh, csrf] = [randomUUID(), randomUUID(), randomUUID()];
  accessTokens.set(access, Date.now() + lifetime * 1000);
  refreshTokens.set(refresh, user);
  const cookies = [
    cookie("access", access, lifetime, "Path=/api; HttpOnly"),
    cookie("refresh", refresh, 86400, "Path=/auth; HttpOnly"),
    cookie("csrf", csrf, 86400, "Path=/"), // for scripts of this origin, which send it back in a header
  ];
  return [200, { user }, cookies];
}

const routes = {
  "POST /auth/login": ({ body }) => begin(body.user),
  "POST /auth/refresh"({ cookies }) {
    const user = refreshTokens.get(cookies.refresh);
    return refreshTokens.delete(cookies.refresh) ? begin(user) : [401, { error: "invalid_grant" }];
  },
  "POST /auth/logout"({ cookies }) {
    refreshTokens.delete(cookies.refresh);
    return [200, {}, [cookie("access", "", 0, "Path=/api"), cookie("refresh", "", 0, "Path=/auth")]];
  },
  "GET /api/notes": () => [200, notes],
  "POST /api/notes": ({ body }) => [201, { count: notes.push(body.note) }],
};

function answer(route, { headers, url, method }, body) {
  const cookies = Object.fromEntries((headers.cookie ?? "").split("; ").map((pair) => pair.split("=")));
  const isGood = !url.startsWith("/api/") || accessTokens.get(cookies.access) > Date.now();
  if (!isGood) return [401, { error: "signed out" }];
  const isOwn = method === "GET" || url === "/auth/login" || (cookies.csrf && cookies.csrf === headers["x-csrf-token"]);
  return isOwn ? routes[route]({ cookies, body }) : [403, { error: "CSRF token missing or incorrect" }];
}

const files = { "/": "index.html", "/app.js": "app.js", "/auth.js": "auth.js" };
files["/authfetch.js"] = "node_modules/authfetch/dist/index.js";

createServer(async (request, response) => {
  const { method, url } = request;
  const route = `${method} ${url}`;
  if (files[url]) {
    const type = url === "/" ? "text/html" : "text/javascript";
    return response.writeHead(200, { "Content-Type": type }).end(await readFile(files[url]));
  }
  if (!routes[route]) return response.writeHead(404).end();
  const body = method === "POST" ? await json(request).catch(() => ({})) : undefined;
  const [status, content, cookies = []] = answer(route, request, body);
  console.log(route, status);
  response.writeHead(status, { "Content-Type": "application/json", "Set-Cookie": cookies });
  response.end(JSON.stringify(content));
}).listen(port, "127.0.0.1", () => console.log(`Open http://127.0.0.1:${port}`));
