// The demo's server, on loopback only: an authorization server, an API that validates tokens, and the page's files.
// One process, one origin; the end-to-end tests start the same. No production code: it signs anybody in.

import { createServer } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { Counters } from "./counters.js";
import { authorizationServer } from "./provider.js";
import { DIST, sendFile } from "./static.js";

const HOST = "127.0.0.1";
const MOST_DELAY = 10_000;

const listen = (server, port) =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => resolve(server.address().port));
  });

function json(res, status, body, headers = {}) {
  res.writeHead(status, { "content-type": "application/json", "cache-control": "no-store", ...headers });
  res.end(body === undefined ? "" : JSON.stringify(body));
}

/** The token that a request brings. */
export const bearer = (req) => /^Bearer ([^\s]+)$/i.exec(req.headers.authorization ?? "")?.[1];

async function formOf(req) {
  let text = "";
  for await (const chunk of req) if ((text += chunk).length > 10_000) break;
  return new URLSearchParams(text);
}

/** Waits as asked, and for what holds all answers back; false when the caller has gone. */
async function wait(res, ms, held) {
  const gone = new AbortController();
  const left = new Promise((resolve) => res.once("close", () => resolve(false)));
  res.once("close", () => gone.abort());
  const asked = Math.min(Math.max(ms || 0, 0), MOST_DELAY);
  const due = Promise.all([delay(asked, true, { signal: gone.signal }), held]).then(() => true);
  return Promise.race([due.catch(() => false), left]);
}

/** `/api/items/:n`: valid tokens only. The verdict falls at the door; both kinds take the time asked for. */
async function api({ req, res, url, auth, counters, held }) {
  const lane = url.searchParams.get("lane");
  counters.add(lane, "apiRequests");
  const raw = bearer(req);
  const token = raw && (await auth.validate(raw));
  const here = await wait(res, Number(url.searchParams.get("delay")), held());
  counters.add(lane, !here ? "aborted" : token ? "ok" : "unauthorized");
  if (!here) return;
  if (token) return json(res, 200, { path: url.pathname, account: token.accountId });
  const challenge = raw ? 'Bearer realm="demo", error="invalid_token"' : 'Bearer realm="demo"';
  json(res, 401, { error: "unauthorized" }, { "www-authenticate": challenge });
}

async function login({ req, res, auth, dist }) {
  if (!(await auth.interaction(req, res))) return res.writeHead(303, { location: "/" }).end();
  if (req.method !== "POST") return sendFile(res, "/login.html", { dist });
  const form = await formOf(req);
  const account = form.get("account")?.trim();
  if (form.get("action") === "cancel")
    return auth.finish(req, res, { error: "access_denied", error_description: "You cancelled the sign-in." });
  if (!account || account.length > 40) return res.writeHead(303, { location: req.url }).end();
  await auth.finish(req, res, { login: { accountId: account } });
}

/** What only a demo offers: tokens for the runs that are compared, a token that dies now, counters that start again. */
async function demo({ req, res, url, auth, counters }) {
  if (url.pathname === "/demo/tokens")
    return json(res, 200, await auth.issue({ lane: url.searchParams.get("lane") ?? undefined, expired: true }));
  if (url.pathname === "/demo/expire") await auth.destroy(bearer(req) ?? "");
  else if (url.pathname === "/demo/reset") counters.reset();
  else return json(res, 404, { error: "not_found" });
  json(res, 204);
}

/**
 * Starts the server.
 *
 * @param {object} [options]
 * @param {number} [options.port] 0: any free one. Rejects with `EADDRINUSE` where it is taken.
 * @param {number} [options.accessTokenTTL] Whole seconds.
 * @param {string} [options.dist] The folder that is served as /dist/.
 */
export async function startDemoServer({ port = 0, accessTokenTTL = 15, dist = DIST } = {}) {
  const counters = new Counters();
  let held = null;
  const heldBack = (path) => (held && path.startsWith(held.prefix) ? held.until : null);

  // The port is the issuer's, so it must be known before the provider is made; only then are requests answered.
  const server = createServer();
  const origin = `http://${HOST}:${await listen(server, port)}`;
  const auth = authorizationServer({
    issuer: origin,
    accessTokenTTL,
    allowsOrigin: (from) => from === origin,
    counters,
    heldBack,
  });
  server.on("request", (req, res) =>
    handle(req, res).catch((error) => {
      console.error(error);
      if (!res.headersSent) json(res, 500, { error: "server_error" });
      else res.destroy();
    }),
  );

  async function handle(req, res) {
    const here = `http://${req.headers.host}`;
    if (here !== origin) {
      // The issuer has one name. Any other is a bookmark to "localhost", or a page of elsewhere that rebinds its name.
      if (here.replace("//localhost:", `//${HOST}:`) === origin)
        return res.writeHead(307, { location: origin + req.url }).end();
      return json(res, 421, { error: "misdirected", the_demo_is_at: origin });
    }
    const url = new URL(req.url, origin);
    const at = (prefix) => url.pathname.startsWith(prefix);
    const call = { req, res, url, auth, counters, dist, held: () => heldBack(url.pathname) };
    if ((at("/api/") || at("/demo/")) && ![undefined, origin].includes(req.headers.origin)) {
      return json(res, 403, { error: "forbidden_origin" });
    }
    if (url.pathname === "/api/counters") return json(res, 200, counters.read(url.searchParams.get("lane")));
    if (at("/api/")) return api(call);
    if (at("/demo/") && req.method === "POST") return demo(call);
    if (at("/login/")) return login(call);
    if (["GET", "HEAD"].includes(req.method) && (await sendFile(res, url.pathname, { dist }))) return;
    return auth.callback(req, res);
  }

  return {
    url: `${origin}/`,
    origin,
    /** What has been seen since the start or the last `reset`: of one lane, or of all together. */
    counters: (lane) => counters.read(lane),
    reset: () => counters.reset(),
    /** A new family's tokens without a browser; with `expired`, the access token is refused already. */
    issueTokens: (options = {}) => auth.issue(options),
    /** The API refuses this access token from now on. */
    expireNow: (accessToken) => auth.destroy(accessToken),
    /**
     * Holds back the answers under this path ("/api/", "/token"), not what is done for them, until the returned
     * function is called.
     */
    hold(prefix) {
      let release;
      held = { prefix, until: new Promise((resolve) => (release = resolve)) };
      return () => ((held = null), release());
    },
    close() {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}
