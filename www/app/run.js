// One burst of calls and what became of each: when it was sent, refused, sent again, answered or aborted.
// It looks on from the underlying fetch, beneath whatever refreshes; it decides nothing.

const LONGEST_REFINING = 250; // ms

let runs = 0;
const now = () => performance.now();

/** A request on the wire: `status` is a number, "aborted" or "failed"; null while there is no answer. */
const attempt = () => ({ start: now(), sent: null, end: null, status: null });

export class Run {
  /** Called with the call that has just ended. */
  onend = () => {};
  start = null;
  end = null;
  /** Token requests, in order of their start. */
  refreshes = [];
  #id = `r${++runs}`;

  constructor({ lane, count, delay }) {
    this.lane = lane;
    this.delay = delay;
    this.calls = Array.from({ length: count }, (_, at) => ({ number: at + 1, attempts: [], end: null, outcome: null }));
  }

  /** The fetch that is looked on at. Requests that are not this run's pass through. */
  fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input, location.href);
    const list = this.end === null ? this.#listOf(url) : null;
    if (!list) return fetch(input, init);
    const one = attempt();
    list.push(one);
    try {
      const response = await fetch(input, init);
      one.status = response.status;
      return response;
    } catch (error) {
      one.status = error?.name === "AbortError" ? "aborted" : "failed";
      throw error;
    } finally {
      one.end = now();
    }
  };

  /** Makes all calls at once with `send` and resolves when the last one has ended, one way or another. */
  async fire(send) {
    this.start = now();
    const observer = new PerformanceObserver((entries) => this.#refine(entries.getEntries()));
    observer.observe({ type: "resource" });
    await Promise.all(this.calls.map((call) => this.#make(call, send)));
    this.end = now();
    await this.#refined();
    observer.disconnect();
  }

  /** Resource Timing is told a moment after the answer; of some requests it is never told. */
  async #refined() {
    const answered = [...this.refreshes, ...this.calls.flatMap(({ attempts }) => attempts)].filter(
      ({ status }) => status > 0,
    );
    const until = now() + LONGEST_REFINING;
    while (answered.some(({ sent }) => sent === null) && now() < until)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  async #make(call, send) {
    try {
      // A refresh should not queue behind the calls that need it for one of the few connections to a host.
      const response = await send(`/api/items/${call.number}?lane=${this.lane}&delay=${this.delay}&run=${this.#id}`, {
        priority: "low",
      });
      await response.arrayBuffer();
      call.outcome = response.status;
    } catch (error) {
      call.outcome = error?.name === "AbortError" ? "aborted" : "failed";
    }
    call.end = now();
    this.onend(call);
  }

  #listOf({ pathname, searchParams }) {
    if (pathname === "/token") return this.refreshes;
    if (searchParams.get("run") !== this.#id) return null;
    return this.calls[Number(pathname.split("/").pop()) - 1].attempts;
  }

  /** A browser opens six connections to a host (HTTP/1.1) and queues the rest: Resource Timing knows until when. */
  #refine(entries) {
    for (const { name, startTime, requestStart } of entries) {
      if (!requestStart || startTime < this.start - 1) continue;
      const open = (this.#listOf(new URL(name)) ?? []).filter(({ sent }) => sent === null);
      const far = (one) => Math.abs(one.start - startTime);
      const nearest = open.sort((a, b) => far(a) - far(b))[0];
      if (nearest) nearest.sent = Math.max(nearest.start, requestStart);
    }
  }

  /** How many calls ended so. */
  count(outcome) {
    return this.calls.filter((call) => call.outcome === outcome).length;
  }

  /** How many were refused at first, whatever came of them. */
  get refusedFirst() {
    return this.calls.filter(({ attempts }) => attempts[0]?.status === 401).length;
  }
}

/** A call's story in words. */
export function describe({ attempts, outcome, end }, { start }) {
  const parts = [];
  let at = start;
  for (const one of attempts) {
    const waited = Math.round(one.start - at);
    if (waited >= 5 || parts.length > 0) parts.push(`waited ${waited} ms`);
    if (one.end !== null) parts.push(`${one.status} after ${Math.round(one.end - one.start)} ms`);
    at = one.end ?? one.start;
  }
  if (outcome === "aborted" && attempts.at(-1)?.status !== "aborted")
    parts.push(`waited ${Math.round(end - at)} ms`, "aborted");
  if (outcome === null) parts.push("under way");
  if (outcome === "failed" && attempts.at(-1)?.status !== "failed") parts.push("failed");
  return parts.join(", ");
}
