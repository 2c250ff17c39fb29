// One loopback origin with the demo's authorization server (oidc-provider: rotation, reuse detection, no grace window),
// and the log of an API that wants its tokens. What tests assert about traffic is counted here; the paths, answers and
// pages are the suite's own.

import { Counters } from "../../www/server/counters.js";
import { bearer } from "../../www/server/index.js";
import { authorizationServer } from "../../www/server/provider.js";
import { Doors } from "./doors.js";
import { serve } from "./http.js";

const LIFETIME = 600; // s: nothing runs out by the server's clock during a test

/** What the token endpoint has seen of one refresh, and of none. */
export const ONE_REFRESH = { tokenRequests: 1, tokenRefused: 0, reuseDetected: 0 };
export const NO_REFRESH = { ...ONE_REFRESH, tokenRequests: 0 };

/**
 * Starts it. `lifetime` is that of the access tokens, in whole seconds; `also` an origin beside its own whose pages may
 * ask for tokens; `answering(how)` is called when the token endpoint has done its work and the door "answer" has been
 * passed. With `http2` it speaks that alone. Requests go to the function that `route` is given; what that leaves is for
 * `auth.callback`.
 */
export async function startAuthorizationServer({ lifetime = LIFETIME, also, answering = () => {}, http2 } = {}) {
  const counters = new Counters();
  const doors = new Doors();
  let calls = [];
  let handle;

  const { server, origin, close } = await serve((...request) => handle(...request), { http2 });
  const auth = authorizationServer({
    issuer: origin,
    accessTokenTTL: lifetime,
    allowsOrigin: (from) => [origin, also].includes(from),
    counters,
    heldBack: async () => answering(await doors.pass("answer")),
  });
  handle = auth.callback;

  return {
    server,
    origin,
    auth,
    doors,
    close,
    route: (handler) => void (handle = handler),

    /** Takes a request to the API into the log: its token, and how it ends: "open", "aborted", "ok" or "refused". */
    arrived(request, response, more) {
      const call = { ...more, bearer: bearer(request), outcome: "open" };
      calls.push(call);
      // Of a request of HEAD over HTTP/2 that is taken back, the stream alone tells.
      const told = request.stream ?? response;
      told.once("close", () => call.outcome === "open" && (call.outcome = "aborted"));
      return call;
    },
    /** Whether its token was good, when this door has been passed; nothing where the caller has gone meanwhile. */
    async verdict(call, door = "call") {
      const good = Boolean(call.bearer && (await auth.validate(call.bearer)));
      await doors.pass(door);
      if (call.outcome === "aborted") return undefined;
      call.outcome = good ? "ok" : "refused";
      return good;
    },

    /** The requests to the API since `reset`, in order of arrival, and how many ended so. */
    calls: () => calls,
    count: (outcome) => calls.filter((call) => call.outcome === outcome).length,
    /** What the token endpoint has seen since `reset`, of one client or of all. */
    refreshes(lane) {
      const { tokenRequests, tokenRefused, reuseDetected } = counters.read(lane);
      return { tokenRequests, tokenRefused, reuseDetected };
    },
    revocations: () => counters.read().revocations,
    reset() {
      counters.reset();
      calls = [];
    },
  };
}
