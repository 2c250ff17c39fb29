// docs/api.md names what the types name, no more and no less, with the same defaults.

import assert from "node:assert/strict";
import { test } from "node:test";
import { read } from "../support/files.js";
import { table as tableOf } from "./pages.js";

const types = read("js", "authfetch.d.ts");
const table = (head) => tableOf("docs/api.md", head);

/** Exported type → the head of its table. */
const TABLES = {
  AuthFetchOptions: "Option",
  CsrfOptions: "Member of `csrf`",
  TokenEndpoint: "Member \\| Default",
  AuthFetch: "Member \\| What it does",
  AuthFetchInit: "Member of `init`",
  LogoutOptions: "Member of the argument",
  Session: "Member of the session",
  TokenResponse: "Member of the tokens",
  RefreshContext: "Given to `refresh`",
  RevocationFunction: "Given to `revocation`",
  TokenStorage: "Method of `storage`",
  AuthFetchEventMap: "Event",
  AuthFetchError: "Member of the error",
};
/** These have no members: functions, and names for texts. */
const WITHOUT_MEMBERS = ["FetchLike", "RefreshFunction", "SessionRefusedError", "SessionState"];

const sorted = (names) => [...new Set(names)].sort();

function bodyOf(name) {
  const [, body] = types.match(new RegExp(`^export (?:interface|class|type) ${name}\\b[^{]*\\{\\n([^]*?)^\\}`, "m"));
  return body;
}

/** The members at the first level of an exported type, in order of name. */
function members(name) {
  const names = [...bodyOf(name).matchAll(/^ {2}(?:readonly )?(\w+)\??[:(<]/gm)].map(([, member]) => member);
  return sorted(names.filter((member) => member !== "constructor"));
}

const namesIn = (head) => [...table(head).keys()].sort();

test("each type of the package has a table, with its members and no other", () => {
  const exported = [...types.matchAll(/^export (?:interface|class|type) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(sorted(exported), sorted([...Object.keys(TABLES), ...WITHOUT_MEMBERS]));
  for (const [type, head] of Object.entries(TABLES)) assert.deepEqual(namesIn(head), members(type), type);
});

test("each state and each export has a row", () => {
  const [, states] = types.match(/^export type SessionState =([^;]*);/m);
  const named = [...states.matchAll(/^ {2}\| "([\w-]+)"/gm)].map(([, state]) => state);
  assert.deepEqual(namesIn("State"), sorted(named));
  const values = [...types.matchAll(/^export (?:class|function) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(namesIn("Export"), sorted(values));
});

test("the defaults in the tables are those of the types", () => {
  let read = 0;
  for (const type of ["AuthFetchOptions", "TokenEndpoint", "AuthFetchInit", "LogoutOptions", "TokenResponse"]) {
    // A comment, with its default, and the member after it.
    const comments = bodyOf(type).matchAll(
      /Default (\d[\d ]*|"[\w-]+"|true|false)(?:(?!\/\*\*)[\s\S])*?\n {2}(\w+)\?:/g,
    );
    for (const [, text, name] of comments) {
      const value = text.replaceAll(" ", "");
      const shown = table(TABLES[type]).get(name);
      assert.ok(shown.startsWith(`\`${value}\``), `${name}: ${value} in the types, ${shown} in docs/api.md`);
      read++;
    }
  }
  assert.ok(read >= 18, `${read} defaults were read`);
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
