// What an SDK's page has around it: one HTTPS origin with the page, an API that wants a token, and whatever the SDK
// signs in at. Token requests are counted as they come in, whoever answers them.

import { useBrowser } from "../../support/browser.js";
import { Doors } from "../../support/doors.js";
import { html, moduleScript } from "../../support/html.js";
import { CHALLENGE, json, serve } from "../../support/http.js";
import { hasGlobal, watch } from "../../support/page.js";
import { until } from "../../support/until.js";
import { moveClock } from "./clock.js";

/** The page in a hidden frame, as Keycloak's documentation and docs/sign-in.md have it. */
export const SILENT = "<!doctype html><script>parent.postMessage(location.href, location.origin)</script>";

/** ms: longer than any access token here lives, and shorter than the sessions that they belong to. */
export const LONG = 2 * 3_600_000;
/** ms: long enough for a new token not to have the text of the old one, and shorter than any token lives. */
export const SHORT = 5_000;

/** Chromium that knows of no host but this one: an SDK that is not pointed here asks nobody. */
export const useSdkBrowser = () =>
  useBrowser("chromium", {
    acceptInsecureCerts: true,
    protocolTimeout: 120_000,
    args: ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
  });

/** ms: how far the clock of this process has been moved on, and with it that of all pages and servers. */
let moved = 0;

class Tab {
  #asked = 0;

  constructor(page, isTokenRequest) {
    Object.assign(this, { page, errors: watch(page) });
    page.on("request", (request) => {
      const like = { method: request.method(), headers: request.headers() };
      if (isTokenRequest(like, new URL(request.url()))) this.#asked++;
    });
  }

  /** How many token requests it has sent since it was last asked so: `reset` begins anew. */
  asked(reset = false) {
    return reset ? (this.#asked = 0) : this.#asked;
  }

  /** Calls a function of the page's `app`. */
  tell(name, ...args) {
    return this.page.evaluate(async (name, args) => await app[name](...args), name, args);
  }

  is(state) {
    const told = () => this.tell("state").catch(() => undefined);
    return until(async () => (await told()) === state, `"${state}" in the page: ${this.errors.map(String)}`);
  }
}

/**
 * Starts it. `script` is the page's; `backEnd(world)` resolves with `{ isTokenRequest(request, url), answer(request,
 * response, url), close() }`.
 */
export async function startWorld(t, browser, { script, backEnd }) {
  let behind;
  const good = new Set();
  const tabs = [];
  const world = {
    tokenRequests: 0,
    doors: new Doors(),
    /** Calls that get no answer. */
    held: 0,
    /** Answers token requests in the place of the back end, from now on. */
    instead: undefined,
    accept: (token) => good.add(token),
    /** How far the clock has been moved so far; `moving` is told of each further move, where the back end has a clock. */
    moved: () => moved,
    moving: undefined,
    reset() {
      world.tokenRequests = 0;
      for (const tab of tabs) tab.asked(true);
    },
  };

  function api(request, response) {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
    if (!good.has(token)) return json(response, 401, {}, CHALLENGE);
    if (!request.url.includes("/held/")) return json(response, 200, [{ id: 1 }]);
    world.held++;
  }

  const { origin, server, close } = await serve(
    async (request, response, url) => {
      if (url.pathname === "/app.js") return response.writeHead(200, { "content-type": "text/javascript" }).end(text);
      if (url.pathname === "/" && request.method === "GET") {
        const page = html("An SDK's page", moduleScript("/app.js"));
        return response.writeHead(200, { "content-type": "text/html" }).end(page);
      }
      if (["/silent-check-sso.html", "/silent.html"].includes(url.pathname))
        return response.writeHead(200, { "content-type": "text/html" }).end(SILENT);
      if (url.pathname.startsWith("/api/items")) return api(request, response);
      if (!behind.isTokenRequest(request, url)) return behind.answer(request, response, url);
      world.tokenRequests++;
      await world.doors.pass("token");
      // It may do something else, and leave the answer to the back end.
      await world.instead?.(response);
      return response.headersSent ? undefined : behind.answer(request, response, url);
    },
    { http2: true },
  );
  Object.assign(world, { origin, server });
  behind = await backEnd(world);
  const text = typeof script === "function" ? await script(world) : script;
  const context = await (await browser()).createBrowserContext();
  world.context = context;
  t.after(async () => {
    await context.close();
    await close();
    await behind.close?.();
  });

  /** Opens the page in one more tab of the profile. */
  world.tab = async () => {
    const page = await context.newPage();
    const tab = new Tab(page, behind.isTokenRequest);
    if (moved) await page.evaluateOnNewDocument(`(${moveClock})(${moved})`);
    await page.goto(`${origin}/`);
    await hasGlobal(page, "app").catch((error) => {
      throw new Error(`the page's script did not run to its end: ${tab.errors.map(String)}`, { cause: error });
    });
    tabs.push(tab);
    return tab;
  };

  /** So much time passes, for the server as for all tabs, and the API takes no token that was issued before. */
  world.later = async (ms) => {
    moved += ms;
    moveClock(ms);
    good.clear();
    await world.moving?.(ms);
    for (const { page } of tabs.filter(({ page }) => !page.isClosed())) {
      await page.evaluate(`(${moveClock})(${ms})`);
      await page.evaluateOnNewDocument(`(${moveClock})(${ms})`);
    }
  };
  return world;
}
