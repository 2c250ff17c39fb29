// One loopback origin for the tabs of one profile: the demo's authorization server (rotation, reuse detection, no grace
// window), an API that wants its tokens, and the page that every tab shows. What the tests assert about traffic is
// counted here.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { Counters } from "../../../www/server/counters.js";
import { bearer } from "../../../www/server/index.js";
import { authorizationServer } from "../../../www/server/provider.js";
import { DIST } from "../../../www/server/static.js";
import { strictEndpoint } from "./strict.js";

const TABS = fileURLToPath(new URL("..", import.meta.url));
const LIFETIME = 600; // s: nothing runs out by the server's clock during a test

const HTML = `<!doctype html><meta charset="utf-8"><title>tab</title><link rel="icon" href="data:,">
<script type="importmap">{ "imports": { "authfetch": "/dist/index.js" } }</script><script type="module" src="/files/support/page.js"></script>`;
const LOGIN = `<!doctype html><meta charset="utf-8"><title>login</title><link rel="icon" href="data:,"><h1>Login</h1>`;

/**
 * Doors at which requests wait: "request", before the token endpoint sees it; "answer", after its work; "call", at the
 * API.
 */
export class Doors {
  #shut = new Map();

  /** Shuts one, for so many requests; the returned function opens it. `arrived` counts those that came to it. */
  shut(name, only = Infinity) {
    let open;
    const door = { left: only, arrived: 0, until: new Promise((resolve) => (open = resolve)) };
    this.#shut.set(name, door);
    const release = (how = "go") => (this.#shut.get(name) === door && this.#shut.delete(name), open(how));
    return Object.assign(release, { arrived: () => door.arrived });
  }

  async pass(name) {
    const door = this.#shut.get(name);
    if (!door || door.left-- <= 0) return "go";
    door.arrived++;
    return door.until;
  }
}

/**
 * The page of every tab, the files of this folder and the package; false where it is none of them. No `no-store` on the
 * page: it may go into the back-forward cache.
 */
export async function page(pathname, response) {
  const html = { "/": HTML, "/frame": HTML, "/login": LOGIN }[pathname];
  const [, folder, name] = pathname.match(/^\/(files|dist)\/(.*)$/) ?? [];
  if (!html && !folder) return false;
  const type = html ? "text/html; charset=utf-8" : { ".js": "text/javascript" }[extname(name)];
  const body = html ?? (await readFile(join(folder === "dist" ? DIST : TABS, normalize(`/${name}`))));
  response.writeHead(200, { "content-type": type }).end(body);
  return true;
}

/** Starts the server. `tokenLifetime` is in whole seconds. */
export async function startServer({ tokenLifetime = LIFETIME } = {}) {
  const counters = new Counters();
  const doors = new Doors();
  const renewals = new Set();
  const strict = strictEndpoint();
  let calls = [];
  let tokenEndpoint = "works";
  let revocation = "works";

  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  /** The door after the token endpoint's work; "cut" there loses the answer. */
  async function heldBack() {
    if ((await doors.pass("answer")) === "cut") for (const response of renewals) response.destroy();
  }
  const auth = authorizationServer({
    issuer: origin,
    accessTokenTTL: tokenLifetime,
    allowsOrigin: (from) => from === origin,
    counters,
    heldBack,
  });

  async function token(request, response) {
    renewals.add(response);
    response.once("close", () => renewals.delete(response));
    const how = tokenEndpoint === "busy" ? "busy" : await doors.pass("request");
    // Whoever has gone meanwhile has sent nothing.
    if (how === "cut" || request.destroyed || response.destroyed) return response.destroy();
    if (how === "busy") return response.writeHead(503).end();
    // Once there are headers no browser asks again by itself.
    if (how === "torn") return response.writeHead(200, { "content-length": 100 }).write("{", () => response.destroy());
    return auth.callback(request, response);
  }

  async function api(request, response, url) {
    const call = { path: url.pathname, bearer: bearer(request), outcome: "open" };
    calls.push(call);
    response.once("close", () => call.outcome === "open" && (call.outcome = "aborted"));
    const good = Boolean(call.bearer && (await auth.validate(call.bearer)));
    await doors.pass("call");
    if (call.outcome === "aborted") return;
    call.outcome = good ? "ok" : "refused";
    response.writeHead(good ? 200 : 401, good ? {} : { "www-authenticate": 'Bearer error="invalid_token"' }).end();
  }

  async function handle(request, response) {
    const url = new URL(request.url, origin);
    const at = (prefix) => url.pathname.startsWith(prefix);
    if (await page(url.pathname, response)) return undefined;
    if (at("/api/")) return api(request, response, url);
    if (url.pathname === "/asleep") return doors.pass("asleep").then(() => response.end());
    if (url.pathname === "/strict/token") return strict.answer(request, response);
    if (url.pathname === "/token") return token(request, response);
    if (url.pathname === "/token/revocation" && revocation === "fails") return response.destroy();
    return auth.callback(request, response);
  }
  server.on("request", (request, response) =>
    handle(request, response).catch((error) => {
      console.error(error);
      response.destroy();
    }),
  );

  return {
    origin,
    strict,
    /** Tokens of a new family, or with `expired` tokens that the API refuses already. */
    tokens: (options = {}) => auth.issue(options),
    expire: (accessToken) => auth.destroy(accessToken),
    /** "works"; "busy", a 503; and of the other "fails", a connection that breaks. */
    tokenEndpoint: (how) => (tokenEndpoint = how),
    revocation: (how) => (revocation = how),
    /**
     * See `Doors`: shut until the returned function is called with "go", "busy" (a 503), "cut" (the connection breaks)
     * or "torn" (in mid-answer).
     */
    shut: (door, only) => doors.shut(door, only),
    /** The requests to the API since `reset`, and how many ended so. */
    calls: () => calls,
    count: (outcome) => calls.filter((call) => call.outcome === outcome).length,
    /** What the token endpoint has seen since `reset`, of one client or of all. */
    renewals(lane) {
      const { tokenRequests, tokenRefused, reuseDetected } = counters.read(lane);
      return { tokenRequests, tokenRefused, reuseDetected };
    },
    revocations: () => counters.read().revocations,
    reset() {
      counters.reset();
      calls = [];
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
