// An API behind HTTP/2, where a browser sends all it has at once, and another origin of it. What a request gets is
// decided as it comes, by its token; when it gets that is a test's to say: its address names the door that it waits at.

import { fileURLToPath } from "node:url";
import { startAuthorizationServer } from "../../support/authorization-server.js";
import { DIST } from "../../support/files.js";
import { html, IMPORT_MAP, moduleScript } from "../../support/html.js";
import { bytesOf, CHALLENGE, json, sendFile, serve } from "../../support/http.js";

const FILES = fileURLToPath(new URL("..", import.meta.url));
const PAGE = html("requeue", IMPORT_MAP + moduleScript("/files/support/page.js"));

const cors = ({ headers }) => ({
  "access-control-allow-origin": headers.origin ?? "*",
  "access-control-allow-headers": "authorization",
  "access-control-max-age": "600",
});

/**
 * Starts it. Its doors are those that addresses name (`?door=`); "body", between the headers and the body of what is
 * below /api/open/; "upload", before the body of a request is read; and at the token endpoint "request", where "refused"
 * is an answer too, and "answer".
 */
export async function startServer() {
  const world = await startAuthorizationServer({ http2: true });
  const { auth, doors } = world;
  let shortLived = false;

  async function api(request, response, url, headers = {}) {
    const { method, httpVersion, url: path } = request;
    const call = world.arrived(request, response, { method, httpVersion, path, bytes: 0 });
    // One endpoint takes no token.
    if (url.pathname === "/api/broken") call.bearer = undefined;
    if (["POST", "PUT"].includes(method)) {
      await doors.pass("upload");
      call.bytes = (await bytesOf(request).catch(() => "")).length;
    }
    const good = await world.verdict(call, url.searchParams.get("door") ?? undefined);
    if (good === undefined) return undefined;
    if (!good) return response.writeHead(401, { ...CHALLENGE, ...headers }).end();
    if (shortLived) {
      shortLived = false;
      await auth.destroy(call.bearer);
    }
    if (!url.pathname.startsWith("/api/open/")) return json(response, 200, { path }, headers);
    call.outcome = "open";
    response.writeHead(200, headers).write(" ");
    await doors.pass("body");
    if (call.outcome !== "open") return undefined;
    call.outcome = "ok";
    return response.end(JSON.stringify({ path }));
  }

  async function token(request, response) {
    const how = await doors.pass("request");
    // Whoever has gone meanwhile has sent nothing.
    if (request.destroyed) return undefined;
    if (how === "refused") return json(response, 400, { error: "invalid_grant" });
    return auth.callback(request, response);
  }

  world.route((request, response, url) => {
    const [, folder, path] = url.pathname.match(/^\/(files|dist)(\/.*)$/) ?? [];
    if (folder) return sendFile({ files: FILES, dist: DIST }[folder], path, response);
    if (url.pathname === "/") return response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(PAGE);
    if (url.pathname.startsWith("/api/")) return api(request, response, url);
    if (url.pathname === "/token") return token(request, response);
    return auth.callback(request, response);
  });
  const other = await serve(
    (request, response, url) =>
      request.method === "OPTIONS"
        ? response.writeHead(204, cors(request)).end()
        : api(request, response, url, cors(request)),
    { http2: true },
  );

  return {
    ...world,
    other: other.origin,
    close: () => Promise.all([world.close(), other.close()]),
    tokens: () => auth.issue({}),
    /** The API rejects this token from now on. */
    reject: (accessToken) => auth.destroy(accessToken),
    /** The next token that the API takes is rejected right after that. */
    rejectAfterOne: () => void (shortLived = true),
    shut: (door) => doors.shut(door),
    /** How each request for this path has ended, in order of arrival. */
    seen: (path) =>
      world
        .calls()
        .filter((call) => call.path === path)
        .map(({ outcome }) => outcome),
  };
}
