// One loopback origin for one client: the demo's authorization server (rotation, reuse detection, no grace window), an
// API that wants its tokens, and the client's page. Everything the tests assert about traffic is counted here.

import { createServer } from "node:http";
import { bearer } from "../../../www/server/index.js";
import { authorizationServer } from "../../../www/server/provider.js";
import { answer } from "./routes.js";
import { openSockets } from "./sockets.js";

const LIFETIME = 600; // s: nothing runs out by the clock during a test

async function bytesOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** `also`: an origin beside its own whose pages may ask for tokens. */
export async function startServer({ also } = {}) {
  const counts = {};
  const pages = new Map();
  let log = [];
  let held = {};

  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const auth = authorizationServer({
    issuer: origin,
    accessTokenTTL: LIFETIME,
    allowsOrigin: (from) => [origin, also].includes(from),
    counters: { add: (_lane, name) => (counts[name] = (counts[name] ?? 0) + 1) },
    heldBack: () => held.renewals,
  });

  async function api(request, response, url) {
    const entry = {
      path: url.pathname + url.search,
      method: request.method,
      type: request.headers["content-type"],
      outcome: "open",
    };
    log.push(entry);
    response.once("close", () => {
      if (entry.outcome === "open") entry.outcome = "aborted";
    });
    const body = await bytesOf(request).catch(() => null);
    if (body === null) return;
    entry.body = body.toString("base64");
    entry.bearer = bearer(request);
    const good = entry.bearer !== undefined && Boolean(await auth.validate(entry.bearer));
    await held.calls;
    if (entry.outcome === "aborted") return;
    entry.outcome = good ? "ok" : "refused";
    if (good) return answer({ request, response, url, body });
    response.writeHead(401, { "www-authenticate": 'Bearer error="invalid_token"', "content-type": "application/json" });
    response.end('{"error":"unauthorized"}');
  }

  server.on("request", (request, response) => {
    const url = new URL(request.url, origin);
    const page = pages.get(url.pathname);
    if (page) return response.writeHead(200, { "content-type": page.type }).end(page.text);
    if (url.pathname.startsWith("/api/")) {
      return api(request, response, url).catch((error) => {
        console.error(error);
        response.destroy();
      });
    }
    return auth.callback(request, response);
  });

  const sockets = openSockets(server, auth.validate);

  return {
    origin,
    sockets,
    /** Serves this text under this path. */
    page: (path, type, text) => pages.set(path, { type: `${type}; charset=utf-8`, text }),
    /** Tokens of a new family; the access token is revoked already, unless `good`. */
    tokens: ({ good = false } = {}) => auth.issue({ expired: !good }),
    revoke: (token) => auth.destroy(token),
    /** The requests to the API since `reset`, in order of arrival. */
    log: () => log,
    count: (outcome) => log.filter((entry) => entry.outcome === outcome).length,
    /** What the token endpoint has seen since `reset`. */
    renewals: () => ({ tokenRequests: 0, tokenRefused: 0, reuseDetected: 0, ...counts }),
    reset() {
      log = [];
      for (const name of Object.keys(counts)) delete counts[name];
    },
    /**
     * Holds back the API's answers ("calls") or those of the token endpoint ("renewals"), not the verdicts, until the
     * returned function is called.
     */
    hold(what = "calls") {
      let release;
      held = { [what]: new Promise((resolve) => (release = resolve)) };
      return () => ((held = {}), release());
    },
    close() {
      sockets.close();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
