// A hundred calls with a token that the API has stopped accepting: the recipe to be found everywhere, and authfetch.

import { axis, bar, legend, svg, text } from "./svg.js";

const WIDTH = 860;
const LEFT = 20;
const ROW = 2.4;
const TOKEN_ROW = 6;
const MOST_FOR_TOKENS = 60;
const PLURAL = new Intl.PluralRules("en");
const plural = (count, word) => `${count} ${word}${PLURAL.select(count) === "one" ? "" : "s"}`;

const KINDS = { 200: "good", aborted: "aborted" };
const LEGEND = {
  sent: "queued or under way",
  refused: "401",
  aborted: "taken back",
  wait: "waiting",
  good: "200",
  accent: "token request",
};

function calls({ start, calls: all }, x, top) {
  return all.map(({ attempts, end }, index) => {
    const y = top + index * ROW;
    let free = start;
    const parts = attempts.map((one) => {
      const before = bar("wait", x(free - start), x(one.start - start), y, ROW - 0.4);
      const queued = bar("sent", x(one.start - start), x(one.end - start), y, ROW - 0.4);
      const answered = bar(
        KINDS[one.status] ?? "refused",
        x((one.sent ?? one.start) - start),
        x(one.end - start),
        y,
        ROW - 0.4,
      );
      const waited = one.start - free > 1 ? before : "";
      free = one.end;
      return waited + queued + answered;
    });
    return parts.join("") + (end - free > 1 ? bar("wait", x(free - start), x(end - start), y, ROW - 0.4) : "");
  });
}

function tokenRequests({ start, refreshes }, x, top, row) {
  return refreshes.map((one, index) =>
    bar(one.status === 200 ? "accent" : "bad", x(one.start - start), x(one.end - start), top + index * row, row * 0.8),
  );
}

function panel({ run, counted, alive, title }, x, top) {
  const row = Math.min(TOKEN_ROW, MOST_FOR_TOKENS / run.refreshes.length);
  const [tokensTop, answered] = [top + 44, run.calls.filter(({ outcome }) => outcome === 200).length];
  const callsTop = tokensTop + run.refreshes.length * row + 5;
  const end = callsTop + run.calls.length * ROW;
  const said = [
    `${plural(counted.apiRequests, "API request")}, ${plural(counted.tokenRequests, "token request")}`,
    `${answered} of ${run.calls.length} answered in ${((run.end - run.start) / 1000).toFixed(1)} s`,
    alive ? "the session goes on" : "the session is lost",
  ].join("; ");
  const kind = alive ? "good" : "bad";
  const parts = [
    text(title, LEFT, top + 14, { size: 15, weight: 600 }),
    text(said, LEFT, top + 33, { kind, size: 13, weight: 600 }),
    ...tokenRequests(run, x, tokensTop, row),
    ...calls(run, x, callsTop),
  ];
  return { parts, top: tokensTop, bottom: end, said };
}

/** The picture of these measurements: `{ title, run, counted, alive }` each. */
export function waterfall(measured) {
  const until = Math.max(...measured.map(({ run }) => run.end - run.start));
  const x = (ms) => LEFT + (ms * (WIDTH - 2 * LEFT)) / until;
  const step = [100, 250, 500, 1000, 2500, 5000].find((ms) => until / ms <= 8) ?? 10_000;
  let top = 44;
  const panels = measured.map((one) => {
    const made = panel(one, x, top);
    top = made.bottom + 40;
    return made;
  });
  const title = `A hundred calls at once with a spent token. ${measured.map(({ title }, at) => `${title}: ${panels[at].said}.`).join(" ")}`;
  return svg(
    { width: WIDTH, height: top - 8, title },
    legend(LEGEND, LEFT, 26),
    ...panels.flatMap(({ parts, top, bottom }) => [axis({ x, until, step, top, bottom }), ...parts]),
  );
}
