// Express with two HttpOnly cookies, as its tutorials set it up: an access token that lives for minutes, and a refresh
// token that works once, whose second use ends the session; csrf-csrf against request forgery. Prints its port.

import { randomUUID } from "node:crypto";
import cookieParser from "cookie-parser";
import cors from "cors";
import { doubleCsrf } from "csrf-csrf";
import express from "express";

const app = express();
// An error is told to the page alone.
app.set("env", "test");
const COOKIE = { httpOnly: true, sameSite: "lax", path: "/" };
const REFRESH = { ...COOKIE, path: "/auth" };

/** Families of refresh tokens: `current` is the one that is good, `access` the access token. */
const families = new Map();
let csrfEpoch = 0;

const { doubleCsrfProtection, generateCsrfToken } = doubleCsrf({
  getSecret: () => "of a test",
  // A new number makes all tokens from before invalid.
  getSessionIdentifier: () => `session ${csrfEpoch}`,
  cookieName: "csrf",
  cookieOptions: { sameSite: "lax", path: "/", secure: false, httpOnly: false },
  getCsrfTokenFromRequest: (request) => request.headers["x-csrf-token"],
});

// The pages of a test are on this host, at any port.
app.use(
  cors({ origin: /^http:\/\/127\.0\.0\.1:\d+$/, credentials: true, allowedHeaders: ["content-type", "x-csrf-token"] }),
);
app.use(cookieParser());

function grant(response, id) {
  const family = { id, current: randomUUID(), access: randomUUID() };
  families.set(id, family);
  response.cookie("access", `${id}.${family.access}`, COOKIE);
  response.cookie("refresh", `${id}.${family.current}`, REFRESH);
}
const split = (cookie = "") => cookie.split(".");

app.post("/auth/login", (request, response) => {
  grant(response, randomUUID());
  generateCsrfToken(request, response, { overwrite: true });
  response.json({ user: "ann", expires_in: 3600 });
});

app.get("/auth/csrf", (request, response) => {
  response.json({ token: generateCsrfToken(request, response, { overwrite: true }) });
});

app.post("/auth/refresh", doubleCsrfProtection, (request, response) => {
  const [id, token] = split(request.cookies.refresh);
  const family = families.get(id);
  if (!token || family?.current !== token) {
    families.delete(id);
    return response.status(401).json({ message: family ? "Refresh token reused" : "Unauthorized" });
  }
  grant(response, id);
  response.sendStatus(204);
});

app.post("/auth/logout", doubleCsrfProtection, (request, response) => {
  families.delete(split(request.cookies.refresh)[0]);
  response.clearCookie("access", COOKIE).clearCookie("refresh", REFRESH).sendStatus(204);
});

function signedIn(request, response, next) {
  const [id, token] = split(request.cookies.access);
  if (token && families.get(id)?.access === token) next();
  else response.status(401).json({ message: "Unauthorized" });
}
app.get("/api/items", signedIn, (_request, response) => response.json([1]));
app.post("/api/items", doubleCsrfProtection, signedIn, (_request, response) => response.sendStatus(201));

/** What a test does to it: access tokens run out, or the tokens against forgery do. */
app.post("/test/expire", (_request, response) => {
  for (const family of families.values()) family.access = "none";
  response.sendStatus(204);
});
app.post("/test/rotate", (_request, response) => {
  csrfEpoch++;
  response.sendStatus(204);
});

const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
