// The documentation as pages: README.md and docs/, in the demo's style.

import { readFile } from "node:fs/promises";
import { dirname, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { Marked } from "marked";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PAGE = /^\/(README|SECURITY|CHANGELOG|docs\/(?:[\w-]+\/)?[\w-]+)\.md$/;
const PICTURE = /^\/docs\/pictures\/[\w-]+\.svg$/;

/** As GitHub makes an anchor of a heading. */
export const anchor = (text) =>
  text
    .toLowerCase()
    .replaceAll(/[^\w -]/g, "")
    .replaceAll(" ", "-");

/** A link to a file that is no page, a test for example, leads nowhere here: its text stays. */
const leads = (page, href) => {
  if (/^(https?:|#)/.test(href)) return true;
  return PAGE.test(posix.join(dirname(page), href.split("#")[0]));
};

function rendered(page, text) {
  let regions = 0;
  /** Wider than a narrow window, it is to be scrolled by the keyboard too; each has a name of its own. */
  const region = (name) => `tabindex="0" role="region" aria-label="${name} ${++regions}"`;
  const marked = new Marked({
    renderer: {
      heading({ depth, text, tokens }) {
        return `<h${depth} id="${anchor(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const words = this.parser.parseInline(tokens);
        return leads(page, href) ? `<a href="${href}">${words}</a>` : words;
      },
      code({ text: code }) {
        return `<pre ${region("Code")}><code>${escaped(code)}</code></pre>\n`;
      },
      table(token) {
        const rows = [token.header, ...token.rows].map((cells, index) => {
          const cell = ({ text, tokens }) => {
            const name = index === 0 && text ? "th" : "td";
            return `<${name}>${this.parser.parseInline(tokens)}</${name}>`;
          };
          return `<tr>${cells.map(cell).join("")}</tr>`;
        });
        return `<div class="scroll" ${region("Table")}><table>${rows.join("")}</table></div>\n`;
      },
    },
  });
  return marked.parse(text);
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const document = (title, body) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<link rel="icon" href="/favicon.svg">
<link rel="stylesheet" href="/style/base.css">
<link rel="stylesheet" href="/style/docs.css">
</head>
<body>
<nav aria-label="Documentation"><a href="/">Demo</a> <a href="/README.md">authfetch</a> <a href="/docs/api.md">Reference</a></nav>
<main>
${body}</main>
</body>
</html>
`;

/** The page or the picture of this path, as `{ type, content }`, or null. */
export async function documentation(pathname) {
  if (!PAGE.test(pathname) && !PICTURE.test(pathname)) return null;
  const text = await readFile(ROOT + pathname.slice(1), "utf8").catch(() => null);
  if (text === null) return null;
  if (PICTURE.test(pathname)) return { type: "image/svg+xml", content: text };
  const [, title = "authfetch"] = /^# (.*)$/m.exec(text) ?? [];
  return { type: "text/html; charset=utf-8", content: document(title, rendered(pathname, text)) };
}
