// Servers of services: Firebase's emulator and better-auth themselves.

import { fork } from "node:child_process";
import { once } from "node:events";
import { request as ask } from "node:http";
import { join } from "node:path";
import { bytesOf } from "../../support/http.js";

/** Who signs in. */
export const USER = { email: "ann@example.com", password: "a long secret" };

/** Headers of HTTP/1.1 that HTTP/2 has none of, and the names of HTTP/2 that HTTP/1.1 has none of. */
const OF_A_CONNECTION = ["connection", "keep-alive", "transfer-encoding", "host", "content-length"];
const carried = (headers) =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith(":") && !OF_A_CONNECTION.includes(name)),
  );

/** Firebase's Auth emulator, of firebase-tools; `folder` is where that is installed. */
export const emulator = (folder) => async (world) => {
  const child = fork(join(import.meta.dirname, "emulator.js"), [folder, "demo-app"], { silent: true });
  const [{ port }] = await once(child, "message");
  world.moving = async (ms) => {
    child.send({ ms });
    await once(child, "message");
  };
  await world.moving(world.moved());
  const forward = (path, { method, headers }, body) =>
    new Promise((resolve, reject) => {
      const sent = ask({ port, host: "127.0.0.1", path, method, headers: carried(headers) }, async (answer) => {
        resolve({ status: answer.statusCode, headers: carried(answer.headers), body: await bytesOf(answer) });
      });
      sent.on("error", reject);
      sent.end(body);
    });
  const path = "/identitytoolkit.googleapis.com/v1/accounts:signUp?key=key";
  const headers = { "content-type": "application/json" };
  await forward(path, { method: "POST", headers }, JSON.stringify({ ...USER, returnSecureToken: true }));
  return {
    isTokenRequest: ({ method }, { pathname }) =>
      method === "POST" && pathname.startsWith("/securetoken.googleapis.com/"),
    async answer(request, response) {
      const answer = await forward(request.url, request, await bytesOf(request));
      const text = answer.body.toString();
      if (/^\s*\{/.test(text)) {
        const { idToken, id_token = idToken } = JSON.parse(text);
        if (id_token) world.accept(id_token);
      }
      response.writeHead(answer.status, answer.headers).end(answer.body);
    },
    close: () => void child.kill(),
  };
};

/** better-auth with its plugin `jwt`; `folder` is where that is installed. */
export const betterAuth = (folder) => async (world) => {
  const load = (path) => import(join(folder, "node_modules", "better-auth", "dist", path));
  const { betterAuth } = await load("index.mjs");
  const { memoryAdapter } = await load(join("adapters", "memory-adapter", "index.mjs"));
  const { jwt } = await load(join("plugins", "index.mjs"));
  const tables = { user: [], session: [], account: [], verification: [], jwks: [] };
  const auth = betterAuth({
    baseURL: world.origin,
    secret: "a secret of no use to anybody, as long as it has to be",
    database: memoryAdapter(tables),
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    plugins: [jwt()],
  });
  await auth.api.signUpEmail({ body: { ...USER, name: "Ann" } });
  world.endSessions = () => tables.session.splice(0);
  return {
    isTokenRequest: (_, { pathname }) => pathname === "/api/auth/token",
    async answer(request, response, url) {
      const { method } = request;
      const body = ["GET", "HEAD"].includes(method) ? undefined : await bytesOf(request);
      const headers = new Headers(carried(request.headers));
      const answer = await auth.handler(
        new Request(new URL(url.pathname + url.search, world.origin), { method, headers, body }),
      );
      const text = await answer.text();
      if (url.pathname === "/api/auth/token" && answer.ok) world.accept(JSON.parse(text).token);
      const cookies = answer.headers.getSetCookie();
      const all = carried(Object.fromEntries(answer.headers));
      response.writeHead(answer.status, cookies.length ? { ...all, "set-cookie": cookies } : all).end(text);
    },
  };
};
