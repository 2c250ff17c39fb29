// One page over HTTP/2 in each browser, and calls under way in it whose token the API has rejected.

import assert from "node:assert/strict";
import { afterEach } from "node:test";
import { inEachBrowser } from "../../support/browser.js";
import { hasGlobal, newPage, teller } from "../../support/page.js";
import { until } from "../../support/until.js";
import { startServer } from "./server.js";

/** How many of an origin are left alone, the oldest. */
export const OLDEST = 6;

/** So many addresses, each a path of its own, whose requests wait at the door of this name where it is shut. */
export const addresses = (name, count, door = name) =>
  Array.from({ length: count }, (_, at) => `/api/${name}/${at}?door=${door}`);

class World {
  #doors = new Map();

  constructor({ server, page, errors, context }) {
    Object.assign(this, { server, page, errors, context, tell: teller(page, "requeue") });
  }

  async signIn(options = {}) {
    const { access_token, ...rest } = await this.server.tokens();
    this.token = access_token;
    await this.tell("signIn", { access_token, ...rest }, options);
  }

  /** The API rejects the session's first token from now on. */
  reject() {
    return this.server.reject(this.token);
  }

  shut(...names) {
    for (const name of names) this.#doors.set(name, this.server.shut(name));
  }

  open(...names) {
    for (const name of names) this.#doors.get(name)();
  }

  /** Opens it as soon as somebody waits there, who is refused. */
  async refuse(name) {
    const door = this.#doors.get(name);
    await until(() => door.arrived() > 0, `a request at "${name}"`);
    door("refused");
  }

  /** How each request for these has ended. */
  seen(urls) {
    return urls.map((url) => this.server.seen(url.replace(/^https:\/\/[^/]*/, "")));
  }

  /** Every one of these was seen so often, with these ends. */
  assertSeen(urls, ...outcomes) {
    assert.deepEqual(this.seen(urls), Array(urls.length).fill(outcomes));
  }

  /** Starts these calls, and waits until the server has them all. */
  async send(urls, init = {}) {
    await this.tell("start", urls, init);
    await until(() => this.seen(urls).every(({ length }) => length > 0), `${urls[0]} and the like at the server`);
  }

  /** Waits until so many requests of each were taken back. */
  takenBack(urls, times = 1) {
    const enough = (outcomes) => outcomes.filter((outcome) => outcome === "aborted").length >= times;
    return until(() => this.seen(urls).every(enough), `requests for ${urls[0]} and the like to be taken back`);
  }

  /** Waits until all these calls have ended, each so. */
  async assertEnds(urls, end, objects = 0) {
    assert.deepEqual(await this.tell("ends", urls), { ends: Array(urls.length).fill(end), objects });
  }

  /**
   * Six calls whose token is good, which wait at the door "early", and after them one at "first" and `count` at "late",
   * whose token is rejected: to open "first" is the first 401. The last are below /api/`name`/. What the token endpoint
   * answers waits at "answer".
   */
  async underWay({ count = 10, name = "late", options, init } = {}) {
    const [early, [first], late] = [addresses("early", OLDEST), addresses("first", 1), addresses(name, count, "late")];
    await this.signIn(options);
    this.shut("early", "first", "late", "answer");
    await this.send(early);
    await this.reject();
    await this.send([first, ...late], init);
    return { early, first, late, all: [...early, first, ...late] };
  }

  refreshes() {
    return this.server.refreshes().tokenRequests;
  }

  async close() {
    await this.context.close();
    await this.server.close();
  }
}

/** Declares the tests of one file in each browser; `open()` gives a world, which is closed after the test. */
export function worldInEachBrowser(title, tests) {
  const inOne = ({ browser, name }) => {
    const worlds = [];
    afterEach(async () => {
      const over = worlds.splice(0);
      for (const world of over) await world.close();
      assert.deepEqual(
        over.flatMap(({ errors }) => errors),
        [],
      );
    });
    const open = async () => {
      const server = await startServer();
      const context = await (await browser()).createBrowserContext();
      const world = new World({ server, context, ...(await newPage(context)) });
      worlds.push(world);
      await world.page.goto(server.origin);
      await hasGlobal(world.page, "requeue");
      return world;
    };
    tests({ open, name });
  };
  inEachBrowser(`${title}, in`, inOne, { acceptInsecureCerts: true });
}
