// The other tabs of this page: who is there, what came of each one's calls, and a burst in all of them at once.
// They talk over a channel of the demo's own, and never about a token: the session is shared beneath, by the package.

import { difference, readCounters } from "./counters.js";
import { $, element, plural, write } from "./dom.js";

const LONGEST = 20_000; // ms: a tab that is asleep reports when it wakes
const ID = crypto.randomUUID();

export class Tabs {
  #channel = new BroadcastChannel("demo.tabs");
  #me = { id: ID, opened: performance.timeOrigin, state: "starting", said: "", burst: null };
  #others = new Map();
  #lane;
  #asked;
  #waiting = () => {};

  /** `asked(burst)` is called when another tab wants calls fired in this one. */
  constructor({ lane, asked }) {
    this.#lane = lane;
    this.#asked = asked;
    this.#channel.onmessage = ({ data }) => this.#hear(data);
    addEventListener("pagehide", () => this.#channel.postMessage({ kind: "gone", id: ID }));
    addEventListener("pageshow", () => this.#ask());
    this.#ask();
  }

  /** This tab's session has changed. */
  show(state) {
    this.#tell({ state });
  }

  /** What came of a burst in this tab. */
  report(burst, run) {
    const [answered, aborted, all] = [run.count(200), run.count("aborted"), run.calls.length];
    const parts = [aborted ? `${answered} answered, ${aborted} aborted` : `${answered} of ${all} answered 200`];
    if (run.refreshes.length > 0) parts.push("refreshed for all");
    else if (run.refusedFirst > 0 && !aborted) parts.push("went on with another tab’s refresh");
    this.#tell({ burst, said: `${parts.join(", ")}.`, answered, aborted });
  }

  /** This tab has calls of its own under way, and takes no part. */
  busy(burst) {
    this.#tell({ burst, said: "Busy with calls of its own.", answered: null });
  }

  /** Fires in all tabs at once, in this one by `fire`, and says what the server counted meanwhile. */
  async fireInAll({ count, delay }, fire) {
    const burst = crypto.randomUUID();
    const before = await readCounters(this.#lane);
    write($("tabs-result"), `${plural(count, "call")} in each of ${plural(this.#all().length, "tab")} under way …`);
    delete $("tabs-result").dataset.done;
    this.#channel.postMessage({ kind: "fire", burst, count, delay });
    await fire(burst);
    await this.#reported(burst);
    const counted = difference(await readCounters(this.#lane), before);
    const reports = this.#all().filter((tab) => tab.burst === burst && tab.answered !== null);
    const sum = (what) => reports.reduce((total, tab) => total + tab[what], 0);
    const parts = [
      `${sum("answered")} of ${reports.length * count} calls of ${plural(reports.length, "tab")} answered 200`,
    ];
    if (sum("aborted") > 0) parts.push(`${sum("aborted")} aborted by the logout`);
    parts.push(plural(counted.tokenRequests, "token request"), plural(counted.reuseDetected, "reuse detection"));
    write($("tabs-result"), `${parts.join(", ")}.`);
    const ended = sum("answered") + sum("aborted") === reports.length * count;
    $("tabs-result").dataset.tone = ended && counted.reuseDetected === 0 ? "good" : "bad";
    $("tabs-result").dataset.done = "";
  }

  /** Every tab that was there has told what came of this burst, or has gone. */
  async #reported(burst) {
    const late = new Promise((done) => setTimeout(done, LONGEST, true));
    while (this.#all().some((tab) => tab.burst !== burst)) {
      if (await Promise.race([late, new Promise((done) => (this.#waiting = done))])) return;
    }
  }

  #all() {
    return [this.#me, ...this.#others.values()].sort((one, other) => one.opened - other.opened);
  }

  #ask() {
    this.#channel.postMessage({ kind: "who" });
    this.#tell({});
  }

  #tell(news) {
    Object.assign(this.#me, news);
    this.#channel.postMessage({ kind: "here", tab: this.#me });
    this.#draw();
  }

  #hear({ kind, id, tab, ...burst }) {
    if (kind === "who") return this.#tell({});
    if (kind === "fire") return void this.#asked(burst);
    if (kind === "gone") this.#others.delete(id);
    if (kind === "here") this.#others.set(tab.id, tab);
    this.#draw();
    this.#waiting();
  }

  #draw() {
    const rows = this.#all().map(({ id, state, said }, at) =>
      element(
        "li",
        { "data-tab": id === ID ? "this" : "other" },
        element("b", {}, `Tab ${at + 1}`, id === ID ? element("span", { class: "muted" }, " this one") : null),
        element("span", { class: "badge", "data-state": state }, state.replace("-", " ")),
        element("span", { class: "small muted", "data-said": "" }, said),
      ),
    );
    $("tabs").replaceChildren(...rows);
  }
}
