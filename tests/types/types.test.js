// The types: they compile as apps use them, refuse what they should, and say of the package what is true of it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { root } from "../../scripts/run.js";
import { read } from "../support/files.js";

const types = () => read("dist/index.d.ts");
const load = () => import("../../dist/index.js");

/** What the regular expression finds in the text, sorted and once each. */
const names = (text, pattern) => [...new Set([...text.matchAll(pattern)].map(([, name]) => name))].sort();

/** The lines between `export class Name` and its closing brace, comments left out. */
function classBody(text, name) {
  const [, body] = text.match(new RegExp(`^export class ${name}\\b[^{]*\\{\\n(.*?)^\\}`, "ms"));
  return body.replaceAll(/\/\*\*.*?\*\//gs, "");
}

test("the whole surface compiles as apps use it, and every misuse is refused", async () => {
  const { stdout } = await promisify(execFile)(
    join(root, "node_modules", ".bin", "tsc"),
    ["-p", join(root, "tests", "types")],
    { cwd: root },
  ).catch((error) => assert.fail(error.stdout || error.message));
  assert.equal(stdout, "");
});

test("the types that are shipped are those in js/authfetch.d.ts", () => {
  assert.equal(types(), read("js/authfetch.d.ts"));
});

test("what the types export as values is exactly what the module exports", async () => {
  const values = names(types(), /^export (?:declare )?(?:abstract )?(?:class|function|const|let|var|enum) (\w+)/gm);
  assert.ok(values.length > 0);
  assert.deepEqual(values, Object.keys(await load()).sort());
});

test("each member of AuthFetch in the types is there on an instance", async () => {
  const { AuthFetch } = await load();
  const auth = new AuthFetch();
  const members = names(classBody(types(), "AuthFetch"), /^ {2}(?:readonly )?(\w+|\[Symbol\.\w+\])(?=[:(<?])/gm).filter(
    (name) => name !== "constructor",
  );
  assert.ok(members.includes("fetch") && members.includes("[Symbol.dispose]"), `the members were read: ${members}`);
  const key = (name) => (name.startsWith("[Symbol.") ? Symbol[name.slice(8, -1)] : name);
  assert.deepEqual(
    members.filter((name) => !(key(name) in auth)),
    [],
  );
});

test("an instance shows nothing that the types do not name", async () => {
  const { AuthFetch } = await load();
  const declared = classBody(types(), "AuthFetch");
  const shown = Object.keys(new AuthFetch()).concat(Object.getOwnPropertyNames(AuthFetch.prototype));
  // `free` is the glue's and does nothing; the glue's own names begin with two underscores.
  const extra = shown.filter(
    (name) => name !== "free" && !name.startsWith("__") && !new RegExp(`\\b${name}\\b`).test(declared),
  );
  assert.deepEqual(extra, []);
});

test("functions take as many arguments as they do in the types", async () => {
  const { AuthFetch, ready } = await load();
  const auth = new AuthFetch();
  assert.deepEqual([auth.fetch.length, auth.fetch.name, ready.length], [1, "fetch", 0]);
  assert.equal(auth.fetch, auth.fetch);
  assert.equal(auth.subscribe, auth.subscribe);
});

test("errors carry the name and the code that the types promise", async () => {
  const { AuthFetch, AuthFetchError, SessionRefusedError } = await load();
  const codes = names(classBody(types(), "AuthFetchError"), /\| "(\w+)"/g);
  assert.ok(codes.includes("logged_out"), `the codes were read: ${codes}`);
  for (const code of codes) {
    const error = new AuthFetchError("over", code);
    const name = code === "logged_out" || code === "session_expired" ? "AbortError" : "AuthFetchError";
    assert.deepEqual([error instanceof Error, error.code, error.name], [true, code, name]);
  }
  const cause = new Error("why");
  assert.equal(new SessionRefusedError("over", { cause }).cause, cause);
  assert.throws(
    () => new AuthFetch({ leeway: "30" }),
    (error) => error instanceof AuthFetchError && error.code === "invalid_options",
  );
});
