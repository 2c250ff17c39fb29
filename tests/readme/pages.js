// The documentation as text: the README and every page under docs/, their blocks of code, headings, links and tables.

import { existsSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";
import { root } from "../../scripts/run.js";
import { anchor } from "../../www/server/docs.js";
import { read } from "../support/files.js";

const underDocs = () =>
  readdirSync(join(root, "docs"), { recursive: true })
    .map((path) => posix.join("docs", path.replaceAll("\\", "/")))
    .filter((path) => path.endsWith(".md"))
    .sort();

/** Paths from the root. */
export const PAGES = ["README.md", ...underDocs()];

export const textOfPage = (page) => read(page);

const FENCE = /^(?:<!-- (test|recipe): ([\w.-]+) -->\n)?```(\w*)\n([\s\S]*?)^```$/gm;

/** The fenced blocks of a text: language, code, and the name that a comment right before the fence gives them. */
const blocksOf = (page) =>
  [...textOfPage(page).matchAll(FENCE)].map(([, kind, name, language, code]) =>
    kind === "recipe" ? { page, recipe: name, language, code } : { page, name, language, code },
  );

/** All blocks of all pages. */
export const blocks = PAGES.flatMap(blocksOf);

export function block(name) {
  const found = blocks.filter((one) => one.name === name);
  if (found.length !== 1) throw new Error(`the documentation has ${found.length} blocks called "${name}"`);
  return found[0];
}

/** A page without its code, in which a `#` is no heading and brackets are no link. */
const proseOf = (page) => textOfPage(page).replaceAll(/^```[\s\S]*?^```$/gm, "");

export const anchorsOf = (page) => [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchor(heading));

const LINK = /\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?(?: "([^"]*)")?\)/g;

/** The links of a page to files of the project, or to headings: `path` from the root, `anchor` and `title`. */
export const linksOf = (page) =>
  [...proseOf(page).matchAll(LINK)].map(([, path, anchor, title]) => ({
    page,
    path: path ? posix.join(posix.dirname(page), path) : page,
    anchor,
    title,
  }));

/** The tests that a page names: `path::name` in backticks, or a link to the file that has the name as its title. */
export const testsNamedIn = (page) => [
  ...[...textOfPage(page).matchAll(/`(tests\/[\w./-]+)::([^`]+)`/g)].map(([, file, name]) => ({ page, file, name })),
  ...linksOf(page)
    .filter(({ path, title }) => title && path.startsWith("tests/"))
    .map(({ path, title }) => ({ page, file: path, name: title })),
];

/** Whether a link leads somewhere: the file is there, and the heading in it. */
export function isGood({ path, anchor }) {
  if (!existsSync(join(root, path))) return false;
  return !anchor || !path.endsWith(".md") || anchorsOf(path).includes(anchor);
}

/** The table of a page under this head: name → the text of its second column. */
export function table(page, head) {
  const found = textOfPage(page).match(new RegExp(`^\\| ${head} \\|.*\\n\\|[-|]+\\n((?:\\|.*\\n)+)`, "m"));
  if (!found) throw new Error(`${page} has no table that begins with ${head}`);
  return new Map([...found[1].matchAll(/^\| `([\w-]+)[^|]*` \| (.*?) \|/gm)].map(([, name, second]) => [name, second]));
}
