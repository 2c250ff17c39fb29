// Draws a run: token requests first, each a row, then a row for every call. The story in words is beside it, in a
// table. A canvas, because a hundred rows change with every frame while calls are under way.

import { describe } from "./run.js";

const COLOURS = ["sent", "refused", "wait", "good", "aborted", "accent", "band", "bad", "text", "muted", "line"];
const SHORTEST_SPAN = 300; // ms: a run of three calls should not fill the width with noise
const AXIS = 24; // px
const MOST_FOR_CROWD = 80; // px: a crowd of token requests overlaps rather than push the calls out of sight

export class Waterfall {
  #canvas;
  #hint;
  #compact;
  #run = null;
  #frame = 0;

  /** `compact` draws lower rows and no numbers; `hint` is told about the row under the pointer. */
  constructor(canvas, { compact = false, hint = null } = {}) {
    this.#canvas = canvas;
    this.#compact = compact;
    this.#hint = hint;
    new ResizeObserver(() => this.#draw()).observe(canvas.parentElement);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
    if (hint) {
      canvas.addEventListener("pointermove", (event) => this.#point(event));
      canvas.addEventListener("pointerleave", () => (hint.textContent = ""));
    }
  }

  /** Shows this run, and follows it until it ends. */
  show(run) {
    this.#run = run;
    this.#canvas.hidden = false;
    cancelAnimationFrame(this.#frame);
    const follow = () => {
      this.#draw();
      if (this.#run === run && run.end === null) this.#frame = requestAnimationFrame(follow);
    };
    follow();
  }

  /** Draws the end of it: what has become known about it since the last frame included. */
  finish(label) {
    this.#canvas.setAttribute("aria-label", label);
    this.#draw();
  }

  #layout() {
    const { calls, refreshes } = this.#run;
    const row = this.#compact ? (calls.length > 50 ? 2 : 4) : calls.length > 50 ? 5 : calls.length > 10 ? 9 : 24;
    const few = this.#compact ? 6 : 16;
    const token = refreshes.length > 4 ? Math.min(few, MOST_FOR_CROWD / refreshes.length) : few;
    const width = this.#canvas.parentElement.clientWidth;
    const left = this.#compact ? 10 : 44;
    const top = this.#compact ? 8 : 10;
    // Room for the one refresh that is to come: rows should not jump when it starts.
    const callsTop = top + Math.max(1, refreshes.length) * token + (this.#compact ? 4 : 8);
    const height = callsTop + calls.length * row + (this.#compact ? 8 : AXIS + 4);
    return { row, token, width, left, right: width - (this.#compact ? 10 : 16), top, callsTop, height };
  }

  #draw() {
    const run = this.#run;
    if (!run || run.start === null) return;
    const at = this.#layout();
    if (at.width === 0) return;
    const ratio = devicePixelRatio || 1;
    const [width, height] = [Math.round(at.width * ratio), Math.round(at.height * ratio)];
    if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height });
    const style = getComputedStyle(this.#canvas);
    const colour = Object.fromEntries(COLOURS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
    const paint = this.#canvas.getContext("2d");
    paint.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint.clearRect(0, 0, at.width, at.height);
    const until = run.end ?? performance.now();
    const scale = (at.right - at.left) / Math.max(until - run.start, SHORTEST_SPAN);
    const x = (time) => at.left + (time - run.start) * scale;
    const bar = (fill, from, to, y, high) => {
      paint.fillStyle = fill;
      paint.fillRect(x(from), y, Math.max(x(to) - x(from), 1.5), high);
    };
    const scene = { paint, run, at, x, bar, colour, until, font: style.fontFamily };
    if (!this.#compact) axis(scene, scale);
    refreshes(scene, this.#compact);
    calls(scene);
  }

  #point({ offsetY }) {
    const run = this.#run;
    if (!run) return;
    const { callsTop, row } = this.#layout();
    const call = run.calls[Math.floor((offsetY - callsTop) / row)];
    this.#hint.textContent = call ? `Call ${call.number}: ${describe(call, run)}` : "";
  }
}

function axis({ paint, run, at, x, colour, font }, scale) {
  const step = [50, 100, 250, 500, 1000, 2500, 5000, 10_000].find((ms) => ms * scale >= 64) ?? 20_000;
  const bottom = at.height - AXIS;
  paint.font = `11px ${font}`;
  paint.textAlign = "center";
  paint.textBaseline = "middle";
  for (let ms = 0; x(run.start + ms) <= at.right; ms += step) {
    const position = Math.round(x(run.start + ms)) + 0.5;
    paint.fillStyle = colour.line;
    paint.fillRect(position, at.top, 1, bottom - at.top);
    paint.fillStyle = colour.muted;
    if (position < at.right - 12)
      paint.fillText(ms < 1000 ? `${ms} ms` : `${ms / 1000} s`, Math.max(position, at.left), at.height - AXIS / 2);
  }
  paint.textAlign = "right";
  const every = run.calls.length > 10 ? 10 : 1;
  for (const { number } of run.calls) {
    if (number % every === 0) paint.fillText(String(number), at.left - 8, at.callsTop + (number - 0.5) * at.row);
  }
}

/** One refresh throws a band over the calls that wait for it; a crowd of them would hide the calls. */
function refreshes({ paint, run, at, x, bar, colour, until, font }, compact) {
  run.refreshes.forEach((one, index) => {
    const end = one.end ?? until;
    const y = at.top + index * at.token;
    const high = Math.max(at.token - (at.token > 4 ? 2 : 1), 2);
    if (run.refreshes.length <= 2) bar(colour.band, one.start, end, y, at.callsTop - y + run.calls.length * at.row);
    const refused = one.status !== null && one.status !== 200;
    if (one.sent !== null) bar(colour.sent, one.start, one.sent, y, high);
    bar(
      one.status === "aborted" ? colour.aborted : refused ? colour.refused : colour.accent,
      one.sent ?? one.start,
      end,
      y,
      high,
    );
    if (compact || run.refreshes.length > 4) return;
    const said = one.status === null ? "" : one.status === "aborted" ? ", aborted" : `, ${one.status}`;
    const words = `token request${said}`;
    paint.font = `600 11px ${font}`;
    paint.textBaseline = "middle";
    const fits = x(end) + 8 + paint.measureText(words).width < at.right;
    paint.textAlign = fits ? "left" : "right";
    paint.fillStyle = colour.text;
    paint.fillText(words, fits ? x(end) + 8 : x(one.start) - 8, y + high / 2 + 0.5);
  });
}

function calls({ run, at, bar, colour, until }) {
  run.calls.forEach((call, index) => {
    const y = at.callsTop + index * at.row;
    const high = at.row - (at.row > 8 ? 3 : at.row > 4 ? 1 : 0);
    let free = run.start;
    for (const one of call.attempts) {
      bar(colour.wait, free, one.start, y, high);
      const end = one.end ?? until;
      const answer =
        one.status === 200
          ? colour.good
          : one.status === null
            ? colour.sent
            : one.status === "aborted"
              ? colour.aborted
              : colour.refused;
      bar(colour.sent, one.start, end, y, high);
      if (one.status !== null) bar(answer, one.sent ?? one.start, end, y, high);
      free = end;
    }
    if (call.end === null && call.attempts.at(-1)?.end !== null) bar(colour.wait, free, until, y, high);
    if (call.outcome === "aborted" && call.attempts.at(-1)?.status !== "aborted")
      bar(colour.aborted, free, call.end, y, high);
  });
}
