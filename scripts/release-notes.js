// What the changelog says of a release, by its tag: `node scripts/release-notes.js v1.2.3`. Fails where the tag is not
// that of the manifest's version, where the changelog has no section of it, and where the manifest does not say which
// repository it is of: npm refuses a provenance without that.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./run.js";

/** The text under the heading of this version, without the heading. */
export function section(changelog, version) {
  const sections = changelog.split(/^## /m).slice(1);
  const found = sections.find((text) => text.startsWith(`[${version}]`));
  const text = found?.replace(/^.*\n/, "").trim();
  if (!text) throw new Error(`CHANGELOG.md has nothing under a heading [${version}]`);
  return text;
}

/** The notes for `tag`. */
export function releaseNotes(tag, { version, repository }, changelog) {
  if (tag !== `v${version}`) throw new Error(`the tag is ${tag}, and package.json is of version ${version}`);
  if (!repository) throw new Error("package.json has no `repository`, which npm compares with the provenance");
  return section(changelog, version);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const read = (name) => readFileSync(join(root, name), "utf8");
  const notes = releaseNotes(process.argv[2], JSON.parse(read("package.json")), read("CHANGELOG.md"));
  process.stdout.write(`${notes}\n`);
}
