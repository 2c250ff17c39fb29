// Two loopback origins that tell what they were asked. A request with the token "stale" is answered 401, one with
// another token or with none as if there were no tokens: so the same code can run on the browser's own fetch and on
// ours.

import { root } from "../../../scripts/run.js";
import { DIST } from "../../support/files.js";
import { html, IMPORT_MAP, moduleScript } from "../../support/html.js";
import { bytesOf, CHALLENGE, sendFile, serve } from "../../support/http.js";

const HTML = html("conformance", IMPORT_MAP + moduleScript("/tests/conformance/support/page.js"));

/** A service worker may serve all of the origin, wherever its script lies. */
const SCOPE = { "service-worker-allowed": "/" };

/** What differs from send to send, or from browser to browser's mood, and is not the caller's. */
const VOLATILE =
  /^(host|connection|authorization|user-agent|accept-(language|encoding)|sec-.*|upgrade-insecure-.*|priority|dnt|te)$/;

/** A boundary is drawn by lot: its place is shown, not its name. */
function unbounded(type = "", body) {
  const text = body.toString("latin1");
  const [, boundary] = /^--(-+\w+)/.exec(text) ?? [];
  return boundary ? [type.replace(boundary, "…"), Buffer.from(text.replaceAll(boundary, "…"), "latin1")] : [type, body];
}

function told(request, url, raw) {
  const [type, body] = unbounded(request.headers["content-type"], raw);
  const headers = Object.entries(request.headers).filter(
    ([name]) => !VOLATILE.test(name) && !/^content-(type|length)$/.test(name),
  );
  return {
    method: request.method,
    path: url.pathname + url.search,
    type,
    headers: Object.fromEntries(headers.sort()),
    body: body.toString("base64"),
  };
}

const cors = ({ headers }) => ({
  "access-control-allow-origin": headers.origin ?? "*",
  "access-control-allow-headers": headers["access-control-request-headers"] ?? "*",
  "access-control-allow-methods": headers["access-control-request-method"] ?? "*",
  "access-control-expose-headers": "*",
});

export async function startServer() {
  let log = [];
  const held = [];
  const scripts = new Map();

  function answerer(cross) {
    const extra = (request) => (cross ? cors(request) : {});
    const routes = {
      "/echo": (call) => call.response.end(JSON.stringify(call.entry.told)),
      "/status": ({ url, response }) =>
        response.writeHead(Number(url.searchParams.get("code")), { "x-answer": "yes" }).end(),
      "/redirect": ({ url, response }) =>
        response
          .writeHead(Number(url.searchParams.get("status") ?? 302), { location: url.searchParams.get("to") })
          .end("gone"),
      // Answers nothing until it is let go.
      "/held": ({ response }) => void held.push(() => response.end("let go")),
      // Headers and a first piece come at once, the rest when it is let go.
      "/open": ({ url, response }) => {
        response.writeHead(200, { "content-type": url.searchParams.get("type") ?? "text/plain" });
        response.write(url.searchParams.get("first") ?? "first ");
        held.push((text = "last") => response.end(text));
      },
      "/large": ({ url, response }) => response.end(Buffer.alloc(Number(url.searchParams.get("bytes")), "authfetch ")),
      "/cached": ({ response, entry }) => {
        response
          .writeHead(200, { "cache-control": "max-age=600", "content-type": "text/plain" })
          .end(String(entry.number));
      },
      "/go": ({ response }) => {
        for (const release of held.splice(0)) release();
        response.end();
      },
    };
    return async (request, response, url) => {
      if (!cross && url.pathname === "/")
        return response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(HTML);
      const script = scripts.get(url.pathname);
      if (script)
        return response.writeHead(200, { "content-type": "text/javascript; charset=utf-8", ...SCOPE }).end(script);
      if (url.pathname.startsWith("/dist/")) return sendFile(DIST, url.pathname.slice("/dist".length), response, SCOPE);
      if (url.pathname.startsWith("/tests/")) return sendFile(root, url.pathname, response, SCOPE);
      for (const [name, value] of Object.entries(extra(request))) response.setHeader(name, value);
      if (cross && request.method === "OPTIONS") {
        log.push({ path: url.pathname, preflight: request.headers["access-control-request-headers"] ?? "" });
        return response.writeHead(204).end();
      }
      const { authorization } = request.headers;
      const entry = { path: url.pathname, authorization, cross, outcome: "open", number: log.length };
      if (url.pathname !== "/go") log.push(entry);
      response.once("close", () => (entry.outcome = response.writableFinished ? "answered" : "aborted"));
      const body = await bytesOf(request).catch(() => null);
      if (body === null) return;
      entry.told = told(request, url, body);
      if (authorization === "Bearer stale") return response.writeHead(401, CHALLENGE).end();
      const route = routes[url.pathname];
      return route ? route({ request, response, url, entry }) : response.writeHead(404).end();
    };
  }

  const own = await serve(answerer(false));
  const other = await serve(answerer(true));
  return {
    origin: own.origin,
    other: other.origin,
    /** The requests since `reset`, in order of arrival; those of another origin are marked `cross`. */
    log: () => log,
    reset: () => void (log = []),
    /** Serves this script under this path. */
    serve: (path, text) => void scripts.set(path, text),
    /** Lets go of what is held. */
    go: (text) => held.splice(0).forEach((release) => release(text)),
    held: () => held.length,
    close: () => Promise.all([own.close(), other.close()]),
  };
}
