// docs/api.md names what the types name, no more and no less, with the same defaults.

import assert from "node:assert/strict";
import { test } from "node:test";
import { read } from "../support/files.js";
import { table as tableOf } from "./pages.js";

const types = read("js", "authfetch.d.ts");
const table = (head) => tableOf("docs/api.md", head);

/** The members at the first level of an exported interface, in order of name. */
function members(name) {
  const [, body] = types.match(new RegExp(`^export interface ${name}\\b[^{]*\\{\\n([^]*?)^\\}`, "m"));
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??:/gm)].map(([, member]) => member).sort();
}

const namesIn = (head) => [...table(head).keys()].sort();

test("the table of options has every option, and no other", () => {
  assert.deepEqual(namesIn("Option"), members("AuthFetchOptions"));
  assert.deepEqual(namesIn("Member \\| Default"), members("TokenEndpoint"));
});

test("the defaults in the table of options are those of the types", () => {
  const ofTypes = [...types.matchAll(/Default (\d[\d ]*|"\w+"|true|false)[\s\S]*?\n {2}(\w+)\?:/g)].map(
    ([, value, name]) => [name, value.replaceAll(" ", "")],
  );
  assert.ok(ofTypes.length >= 12, `${ofTypes.length} defaults were read`);
  for (const [name, value] of ofTypes) {
    if (!members("AuthFetchOptions").includes(name)) continue;
    const shown = table("Option").get(name);
    assert.ok(shown.startsWith(`\`${value}\``), `${name}: ${value} in the types, ${shown} in docs/api.md`);
  }
});

test("the table of events has every event and what its detail holds", () => {
  assert.deepEqual(namesIn("Event"), members("AuthFetchEventMap"));
  for (const [, name, detail] of types.matchAll(/^ {2}(\w+): CustomEvent<\{ (.*) \}>;/gm)) {
    const told = [
      ...table("Event")
        .get(name)
        .matchAll(/`(\w+)`/g),
    ].map(([, member]) => member);
    assert.deepEqual(
      told,
      [...detail.matchAll(/(\w+)\??: /g)].map(([, member]) => member),
      name,
    );
  }
});

test("the table of errors has every code, and the name it goes by", async () => {
  const codes = [...types.matchAll(/^ {4}\| "(\w+)"/gm)].map(([, code]) => code);
  assert.deepEqual(namesIn("Code"), codes.sort());
  const { AuthFetchError } = await import("../../dist/index.js");
  for (const code of codes) {
    assert.equal(`\`${new AuthFetchError("over", code).name}\``, table("Code").get(code), code);
  }
});
