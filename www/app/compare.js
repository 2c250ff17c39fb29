// The same burst three ways, each on a session of its own with a token that the API has just stopped accepting.

import { AuthFetch } from "authfetch";
import { difference, readCounters } from "./counters.js";
import { $, element, milliseconds, plural } from "./dom.js";
import { Run } from "./run.js";
import { Waterfall } from "./waterfall.js";

const bearer = (token) => ({ headers: { authorization: `Bearer ${token}` } });

function refresh(lane, refreshToken) {
  const body = new URLSearchParams({ grant_type: "refresh_token", client_id: lane, refresh_token: refreshToken });
  return { method: "POST", body };
}

/** How many sessions there have been: each run has one of its own, and looks on at its own token requests. */
let sessions = 0;

/** Each way: how a call is made, given the observed fetch, and whether a session is left to refresh afterwards. */
const WAYS = {
  authfetch(tokens, run) {
    const auth = new AuthFetch({
      name: `authfetch-compared-${++sessions}`,
      storage: "memory",
      refresh: { url: "/token", clientId: "authfetch" },
      origins: ["/api/"],
      leeway: 0,
      backgroundRefresh: false,
      fetch: run.fetch,
    });
    auth.setTokens(tokens);
    return {
      send: (url, init) => auth.fetch(url, init),
      alive: () =>
        auth.refresh().then(
          () => true,
          () => false,
        ),
      close: () => auth.close(),
    };
  },

  plain(tokens, run) {
    return { send: (url, init) => run.fetch(url, { ...init, ...bearer(tokens.access_token) }), alive: null };
  },

  /** The recipe to be found everywhere: on a 401, refresh with the refresh token in store, then send again. */
  naive(tokens, run) {
    let store = tokens;
    const send = async (url, init) => {
      const response = await run.fetch(url, { ...init, ...bearer(store.access_token) });
      if (response.status !== 401) return response;
      const refreshed = await run.fetch("/token", refresh("naive", store.refresh_token));
      if (!refreshed.ok) return response;
      store = await refreshed.json();
      return run.fetch(url, { ...init, ...bearer(store.access_token) });
    };
    return { send, alive: async () => (await fetch("/token", refresh("naive", store.refresh_token))).ok };
  },
};

/** Runs one of the ways; `started` is given the run as it begins. */
export async function measure(lane, { count, delay }, started = () => {}) {
  const [issued, before] = await Promise.all([
    fetch(`/demo/tokens?lane=${lane}`, { method: "POST" }),
    readCounters(lane),
  ]);
  const run = new Run({ lane, count, delay });
  const way = WAYS[lane](await issued.json(), run);
  const over = run.fire(way.send);
  started(run);
  await over;
  const counted = difference(await readCounters(lane), before);
  // Asked only now: it is a token request too, and must not be among those counted.
  const alive = way.alive ? await way.alive() : null;
  way.close?.();
  return { run, counted, alive };
}

/** Runs one of the ways and shows what came of it in its card. */
export async function compare(lane, { count, delay }) {
  const outcome = $(`lane-${lane}`).querySelector(".outcome");
  const canvas = element("canvas", { role: "img", "aria-label": "Under way" });
  const verdict = element("p", { class: "verdict" }, "Under way …");
  outcome.removeAttribute("data-done");
  outcome.replaceChildren(verdict, element("div", { class: "chart" }, canvas));
  // The card has grown, perhaps beyond the window: what was asked for should be in sight.
  outcome.scrollIntoView({ block: "nearest" });

  const waterfall = new Waterfall(canvas, { compact: true });
  const { run, counted, alive } = await measure(lane, { count, delay }, (run) => waterfall.show(run));
  const answered = run.count(200);
  const good = answered === count && alive !== false;
  verdict.className = `verdict ${good ? "good" : "bad"}`;
  verdict.textContent = judgement({ count, answered, alive });
  waterfall.finish(`Waterfall: ${answered} of ${count} calls answered 200`);
  outcome.append(numbers({ run, answered, counted, alive, count }));
  outcome.setAttribute("data-done", "");
}

function judgement({ count, answered, alive }) {
  if (alive === false) return answered === count ? "All answered, but the session is lost." : "The session is lost.";
  if (answered === count) return `All ${count} answered, the session intact.`;
  return answered === 0 ? `All ${count} refused.` : `${plural(count - answered, "call")} refused.`;
}

function numbers({ run, answered, counted, alive, count }) {
  const bad = (is) => ({ class: is ? "bad" : null });
  const rows = [
    ["Calls answered 200", `${answered} of ${count}`, bad(answered < count), "ok"],
    ["Calls left with 401", run.count(401), bad(run.count(401) > 0), "refused"],
    ["Token requests", counted.tokenRequests, bad(counted.tokenRequests > 1), "tokenRequests"],
    ["Reuse detections", counted.reuseDetected, bad(counted.reuseDetected > 0), "reuseDetected"],
    [
      "Session afterwards",
      alive === null ? "never refreshed" : alive ? "intact" : "lost",
      bad(alive === false),
      "session",
    ],
    ["Took", milliseconds(run.end - run.start), {}, "took"],
  ];
  return element(
    "dl",
    {},
    ...rows.flatMap(([name, value, attributes, key]) => [
      element("dt", {}, name),
      element("dd", { ...attributes, "data-value": key }, String(value)),
    ]),
  );
}
