// A back end that keeps the refresh token in an HttpOnly cookie, rotates it with each use, and revokes the family when
// one is used twice. The page has one port and the API another: one site, two origins, since a cookie knows no ports.

import { setTimeout as pause } from "node:timers/promises";
import { bearer } from "../../../www/server/index.js";
import { Doors } from "../../support/doors.js";
import { json, serve, textOf } from "../../support/http.js";
import { page } from "./server.js";

const LATENCY = 50; // ms from the rotation at the server to its answer
const LIFETIME = 600; // s

const HEADERS = "authorization, content-type";

/**
 * Families of refresh tokens: the user, the generation that is good now, and up to which one access tokens have run
 * out.
 */
class Families {
  #all = [];
  seen = {};

  get count() {
    return this.#all.length;
  }

  begin(user) {
    return this.#next(this.#all.push({ user, generation: 0, revoked: false, expired: 0 }) - 1);
  }

  #next(id) {
    const family = this.#all[id];
    family.generation++;
    const use = `${id}.${family.generation}`;
    return { cookie: `refresh.${use}`, tokens: { access_token: `access.${use}`, expires_in: LIFETIME } };
  }

  /** The next tokens of the family; nothing where it has ended, or ends with this second use. */
  exchange(cookie) {
    this.seen.tokenRequests++;
    const [, id, generation] = cookie.split(".").map(Number);
    const family = this.#all[id];
    if (!family || family.revoked) return undefined;
    if (family.generation === generation) return this.#next(id);
    this.seen.reuses++;
    family.revoked = true;
    return undefined;
  }

  revoke(cookie) {
    this.seen.revocations++;
    const family = this.#all[cookie.split(".")[1]];
    if (family) family.revoked = true;
  }

  /** Whose token it is, good or not. */
  find(token) {
    const [, id, generation] = token?.split(".") ?? [];
    const family = this.#all[id];
    return { user: family?.user ?? null, good: Boolean(family) && !family.revoked && generation > family.expired };
  }

  revokeAll() {
    for (const family of this.#all) family.revoked = true;
  }

  /** All access tokens run out. */
  expire() {
    for (const family of this.#all) family.expired = family.generation;
  }
}

/**
 * Starts both. The page is at `origin`, the API at `api`. The doors are "call", at the API; "answer", after the
 * rotation; and "asleep".
 */
export async function startCookieServer({ latency = LATENCY } = {}) {
  const families = new Families();
  const doors = new Doors();
  let calls = [];
  let revocation = "works";
  const reset = () => ((calls = []), (families.seen = { tokenRequests: 0, reuses: 0, revocations: 0 }));
  reset();

  const pages = await serve(async (_, response, { pathname }) => {
    if (pathname === "/asleep") return doors.pass("asleep").then(() => response.end());
    return (await page(pathname, response)) || response.writeHead(404).end();
  });

  const withCookie = (value) => ({
    "set-cookie": `refresh=${value}; Path=/session; HttpOnly; SameSite=Strict; Max-Age=${value && LIFETIME}`,
  });

  async function answer(request, response, pathname, cookie) {
    if (pathname === "/session/login") {
      const { cookie, tokens } = families.begin(await textOf(request));
      return json(response, 200, tokens, withCookie(cookie));
    }
    if (pathname === "/session/refresh") {
      const next = families.exchange(cookie);
      await doors.pass("answer");
      await pause(latency);
      if (!next) return json(response, 401, { error: "invalid_grant" });
      return json(response, 200, next.tokens, withCookie(next.cookie));
    }
    if (pathname === "/session/revoke") {
      if (revocation === "fails") return response.destroy();
      families.revoke(cookie);
      return json(response, 200, {}, withCookie(""));
    }
    const { user, good } = families.find(bearer(request));
    calls.push({ user, good });
    await doors.pass("call");
    return json(response, good ? 200 : 401, {});
  }

  const api = await serve(async (request, response, { pathname }) => {
    response.setHeader("access-control-allow-origin", pages.origin);
    response.setHeader("access-control-allow-credentials", "true");
    response.setHeader("access-control-allow-headers", HEADERS);
    response.setHeader("access-control-max-age", "600");
    if (request.method === "OPTIONS") return response.writeHead(204).end();
    const [, cookie = ""] = request.headers.cookie?.match(/(?:^|; )refresh=([^;]*)/) ?? [];
    return answer(request, response, pathname, cookie);
  });

  const endpoint = (path) => ({ url: `${api.origin}/session/${path}`, credentials: "include" });
  return {
    origin: pages.origin,
    api: api.origin,
    /** The options of an instance in the page. */
    options: {
      refresh: endpoint("refresh"),
      revocation: endpoint("revoke"),
      origins: [`${api.origin}/api/`],
      storage: "memory",
    },
    families: () => families.count,
    /** What the token endpoint has seen since `reset`. */
    seen: () => families.seen,
    /** Whose tokens the calls since `reset` have carried, null without one, and whether they were good. */
    calls: () => calls,
    expire: () => families.expire(),
    revokeAll: () => families.revokeAll(),
    /** "works", or "fails": a connection that breaks. */
    revocation: (how) => (revocation = how),
    shut: (door, only) => doors.shut(door, only),
    reset,
    close: () => Promise.all([pages.close(), api.close()]),
  };
}
