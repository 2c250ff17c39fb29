// One loopback origin for one client: its page, and an API that answers in the manner of its kind.

import { startAuthorizationServer } from "../../support/authorization-server.js";
import { bytesOf, CHALLENGE, json } from "../../support/http.js";
import { answer } from "./routes.js";
import { openSockets } from "./sockets.js";

/** `also`: an origin beside its own whose pages may ask for tokens. */
export async function startServer({ also } = {}) {
  const pages = new Map();
  const world = await startAuthorizationServer({ also });
  const { auth } = world;

  async function api(request, response, url) {
    const { method, headers } = request;
    const path = url.pathname + url.search;
    const call = world.arrived(request, response, { path, method, type: headers["content-type"] });
    const body = await bytesOf(request).catch(() => null);
    if (body === null) return undefined;
    call.body = body.toString("base64");
    const good = await world.verdict(call);
    if (good === undefined) return undefined;
    return good ? answer({ request, response, url, body }) : json(response, 401, { error: "unauthorized" }, CHALLENGE);
  }

  world.route((request, response, url) => {
    const page = pages.get(url.pathname);
    if (page) return response.writeHead(200, { "content-type": page.type }).end(page.text);
    return url.pathname.startsWith("/api/") ? api(request, response, url) : auth.callback(request, response);
  });

  const sockets = openSockets(world.server, auth.validate);

  return {
    ...world,
    sockets,
    /** Serves this text under this path. */
    page: (path, type, text) => pages.set(path, { type: `${type}; charset=utf-8`, text }),
    /** Tokens of a new family; the access token is revoked already, unless `good`. */
    tokens: ({ good = false } = {}) => auth.issue({ expired: !good }),
    revoke: (token) => auth.destroy(token),
    /**
     * Holds back the answers of the API ("call") or of the token endpoint ("answer"), not the verdicts, until the
     * returned function is called.
     */
    hold: (door = "call") => world.doors.shut(door),
    close() {
      sockets.close();
      return world.close();
    },
  };
}
