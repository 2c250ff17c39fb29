// One refresh, shared by the calls of two tabs.

import { axis, bar, legend, svg, text } from "./svg.js";

const WIDTH = 860;
const LEFT = 120;
const RIGHT = 20;
const ROW = 9;
const LEGEND = { sent: "under way", refused: "401", wait: "waiting", good: "200", accent: "token request" };

/** The picture of these tabs, `{ origin, run }` each: times of a run are counted from its page's origin. */
export function sharedRefresh(tabs) {
  const begin = Math.min(...tabs.map(({ origin, run }) => origin + run.start));
  const until = Math.max(...tabs.map(({ origin, run }) => origin + run.end)) - begin;
  const x = (ms) => LEFT + (ms * (WIDTH - LEFT - RIGHT)) / until;
  const step = [20, 50, 100, 250, 500].find((ms) => until / ms <= 8) ?? 1000;
  const parts = [];
  let top = 56;
  const first = top;
  tabs.forEach(({ origin, run }, index) => {
    const at = (time) => x(origin + time - begin);
    parts.push(text(`Tab ${index + 1}`, 20, top + 14, { weight: 600 }));
    parts.push(text(`${run.calls.length} calls`, 20, top + 31, { kind: "muted", size: 12 }));
    for (const one of run.refreshes) {
      parts.push(bar("accent", at(one.start), at(one.end), top, 14));
      parts.push(text("the one token request", at(one.end) + 6, top + 11, { kind: "accent", size: 12, weight: 600 }));
    }
    if (run.refreshes.length === 0) {
      const words = "no token request: it reads the new tokens from the storage";
      parts.push(text(words, at(run.start) + 4, top + 11, { kind: "muted", size: 12 }));
    }
    top += 20;
    for (const { attempts, end } of run.calls) {
      let free = run.start;
      for (const one of attempts) {
        if (one.start - free > 1) parts.push(bar("wait", at(free), at(one.start), top, ROW - 2));
        parts.push(bar(one.status === 200 ? "good" : "refused", at(one.start), at(one.end), top, ROW - 2));
        free = one.end;
      }
      if (end - free > 1) parts.push(bar("wait", at(free), at(end), top, ROW - 2));
      top += ROW;
    }
    top += 22;
  });
  const requests = tabs.reduce((sum, { run }) => sum + run.refreshes.length, 0);
  const title = `Two tabs whose token has run out, ${tabs[0].run.calls.length} calls each: ${requests} token request. Each call is answered 401 once, waits for the refresh of whichever tab is first, and is sent again with the new token.`;
  return svg(
    { width: WIDTH, height: top + 12, title },
    legend(LEGEND, 20, 28),
    axis({ x, until, step, top: first, bottom: top - 14 }),
    ...parts,
  );
}
