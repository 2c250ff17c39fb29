// The authorization server (oidc-provider), an API that wants its tokens, and the page: all on one port.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const port = Number(process.env.PORT ?? 3001);
const lifetime = Number(process.env.ACCESS_TOKEN_LIFETIME ?? 60); // seconds
const origin = `http://127.0.0.1:${port}`;

const provider = new Provider(origin, {
  clients: [
    {
      client_id: "spa",
      token_endpoint_auth_method: "none", // a public client: its refresh tokens are rotated
      grant_types: ["authorization_code", "refresh_token"],
      redirect_uris: [`${origin}/`],
    },
  ],
  clientBasedCORS: (_context, from) => from === origin,
  features: { revocation: { enabled: true } },
  ttl: { AccessToken: lifetime, Grant: 86400, Interaction: 3600, RefreshToken: 86400, Session: 86400 },
});

const files = {
  "/": "index.html",
  "/app.js": "app.js",
  "/auth.js": "auth.js",
  "/sign-in.js": "sign-in.js",
  "/modules/authfetch.js": "node_modules/authfetch/dist/index.js",
  "/modules/oauth4webapi.js": "node_modules/oauth4webapi/build/index.js",
};

async function profile(request, response) {
  const token = await provider.AccessToken.find(request.headers.authorization?.replace(/^Bearer /i, "") ?? "");
  if (!token) return response.writeHead(401, { "WWW-Authenticate": "Bearer" }).end();
  response.writeHead(200, { "Content-Type": "application/json" });
  response.end(JSON.stringify({ user: token.accountId, time: new Date().toISOString() }));
}

createServer(async (request, response) => {
  const { pathname } = new URL(request.url, origin);
  response.on("finish", () => console.log(request.method, pathname, response.statusCode));
  if (pathname === "/api/profile") return profile(request, response);
  if (!files[pathname]) return provider.callback()(request, response);
  const type = pathname === "/" ? "text/html" : "text/javascript";
  response.writeHead(200, { "Content-Type": type }).end(await readFile(files[pathname]));
}).listen(port, "127.0.0.1", () => console.log(`Open ${origin}`));
