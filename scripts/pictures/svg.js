// The least of SVG that the pictures need. Each file has its colours for light and for dark, and says what it shows.

const LIGHT = {
  text: "#1b2130",
  muted: "#5a6375",
  line: "#dfe3eb",
  ground: "#ffffff",
  sent: "#cdd6ea",
  refused: "#e2677b",
  wait: "#efd08a",
  good: "#1f9d6b",
  aborted: "#99a1b0",
  accent: "#4450cf",
  bad: "#b92843",
};
const DARK = {
  text: "#e8ebf2",
  muted: "#9aa4b6",
  line: "#2a3140",
  ground: "#10141b",
  sent: "#36415a",
  refused: "#d9546a",
  wait: "#86692b",
  good: "#35b982",
  aborted: "#6d7688",
  accent: "#98a2ff",
  bad: "#ff7a8d",
};

const rules = (colours) =>
  Object.entries(colours)
    .map(([name, colour]) => `.${name}{fill:${colour}}`)
    .join("");
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const rounded = (number) => Math.round(number * 10) / 10;

/** A bar from one place to another; never so thin that it cannot be seen. */
export const bar = (kind, from, to, y, height) =>
  `<rect class="${kind}" x="${rounded(from)}" y="${rounded(y)}" width="${rounded(Math.max(to - from, 1))}" height="${rounded(height)}"/>`;

/** `anchor` as SVG has it, `weight` as CSS has it. */
export const text = (words, x, y, { kind = "text", size = 13, anchor = "start", weight = 400 } = {}) =>
  `<text class="${kind}" x="${rounded(x)}" y="${rounded(y)}" font-size="${size}" text-anchor="${anchor}" font-weight="${weight}">${escaped(words)}</text>`;

/** A time axis under what stands between `top` and `bottom`, with a line each `step` ms. */
export function axis({ x, until, step, top, bottom }) {
  const parts = [];
  for (let ms = 0; ms <= until; ms += step) {
    parts.push(bar("line", x(ms), x(ms) + 1, top, bottom - top));
    const words = ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
    parts.push(text(words, x(ms), bottom + 16, { kind: "muted", size: 11, anchor: ms === 0 ? "start" : "middle" }));
  }
  return parts.join("");
}

/** A row of squares with what each colour means. */
export function legend(entries, x, y) {
  let at = x;
  return Object.entries(entries)
    .map(([kind, words]) => {
      const square = bar(kind, at, at + 10, y - 9, 10) + text(words, at + 15, y, { kind: "muted", size: 12 });
      at += 15 + words.length * 6.4 + 18;
      return square;
    })
    .join("");
}

/** The file. `title` is what a reader who does not see it is told. */
export const svg = ({ width, height, title }, ...parts) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif">
<title>${escaped(title)}</title>
<style>${rules(LIGHT)}@media (prefers-color-scheme:dark){${rules(DARK)}}</style>
<rect class="ground" width="${width}" height="${height}" rx="8"/>
${parts.join("\n")}
</svg>
`;
