// What real back ends answer to a refresh token that they refuse, byte for byte, and what the built package makes of
// it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AuthFetch } from "../../dist/index.js";
import { read } from "../support/files.js";
import { serve } from "../support/http.js";

const ENTRIES = JSON.parse(read("tests", "refusals", "frameworks.json"));
/** The same of a CSRF value; what the package makes of them is tested in a browser, in `browser/cookie`. */
const OF_CSRF_VALUES = JSON.parse(read("tests", "browser", "cookie", "refusals.json"));
const about = ({ name, version, when, status }) => `${[name, version].filter(Boolean).join(" ")}: ${when} (${status})`;

/** The back ends whose refusals were met first; each is among the entries, or among what was not found. */
const NAMES = [
  "NestJS",
  "Express",
  "passport-jwt",
  "simplejwt",
  "dj-rest-auth",
  "Django OAuth Toolkit",
  "Authlib",
  "FastAPI",
  "Spring",
  "ASP.NET",
  "Laravel Passport",
  "Laravel Sanctum",
  "Doorkeeper",
  "Devise-JWT",
  "Keycloak",
  "Auth0",
  "Cognito",
  "Okta",
  "Entra ID",
  "Supabase",
  "Firebase",
  "oidc-provider",
  "better-auth",
];

/** An API that takes no token, and for each entry a token endpoint that answers as it does. */
const respond = ({ url }, response) => {
  const entry = ENTRIES[Number(url.match(/^\/token\/(\d+)$/)?.[1])];
  if (!entry) return response.writeHead(401).end();
  response
    .writeHead(entry.status, { ...entry.headers, "content-length": Buffer.byteLength(entry.body) })
    .end(entry.body);
};

let server;
let warnings;
const { warn } = console;
before(async () => {
  server = await serve(respond);
  console.warn = (...parts) => void warnings.push(parts.join(" "));
});
after(async () => {
  console.warn = warn;
  await server?.close();
});

/** The ways to send the refresh token there; what the answer does is the same in each. */
const WAYS = {
  form: (url) => url,
  JSON: (url) => ({ url, encoding: "json" }),
  function:
    (url) =>
    ({ fetch, refreshToken, signal }) =>
      fetch(url, { method: "POST", body: new URLSearchParams({ refreshToken }), signal }),
};

/** What one call comes to whose token is refused, and whose refresh is answered so. */
async function outcome(entry, way, options = {}) {
  warnings = [];
  const refresh = WAYS[way](`${server.origin}/token/${ENTRIES.indexOf(entry)}`);
  const auth = new AuthFetch({
    name: about(entry),
    refresh,
    origins: [server.origin],
    refreshAttempts: 1,
    backgroundRefresh: false,
    ...options,
  });
  let logouts = 0;
  auth.addEventListener("logout", () => logouts++);
  auth.setTokens({ access_token: "access-0", refresh_token: "refresh-0", expires_in: 3600 });
  const { code, transient, answer } = await auth.fetch(`${server.origin}/api`).catch((error) => error);
  const { state } = auth;
  auth.close();
  return { code, state, logouts, transient, status: answer?.status, warnings: warnings.length };
}

const ended = ({ status }) => ({
  code: "session_expired",
  state: "signed-out",
  logouts: 1,
  transient: undefined,
  status,
  warnings: 0,
});
const kept = ({ status }, transient) => ({
  code: "refresh_failed",
  state: "signed-in",
  logouts: 0,
  transient,
  status,
  warnings: transient ? 0 : 1,
});

const isJson = (text) => {
  try {
    return JSON.parse(text) !== undefined;
  } catch {
    return false;
  }
};
/** A server that fails, and a 403 that may be a firewall's: waiting may heal them, as far as anybody can tell. */
const mayHeal = ({ status, body }) => status >= 500 || (status === 403 && !isJson(body));

test("what a framework answers to a refresh token it refuses does to the session what is written beside it", async () => {
  for (const way of Object.keys(WAYS)) {
    for (const entry of ENTRIES) {
      const wanted = entry.outcome === "ends" ? ended(entry) : kept(entry, mayHeal(entry));
      assert.deepEqual(await outcome(entry, way), wanted, `${about(entry)}, ${way}`);
    }
  }
});

test("where the session is over and kept all the same, isRefused ends it", async () => {
  const over = ENTRIES.filter(({ outcome }) => outcome === "isRefused");
  assert.ok(over.length > 0);
  for (const way of Object.keys(WAYS)) {
    for (const entry of over) {
      const isRefused = (response) => response.status === entry.status;
      assert.deepEqual(await outcome(entry, way, { isRefused }), ended(entry), `${about(entry)}, ${way}`);
    }
  }
});

test("isRefused reads what the back end has sent, to the last byte", async () => {
  for (const entry of ENTRIES.filter(({ outcome }) => outcome === "isRefused")) {
    const isRefused = async (response) => (await response.text()) === entry.body;
    assert.deepEqual(await outcome(entry, "form", { isRefused }), ended(entry), about(entry));
  }
});

/** A file of a commit, or of the tag that is called like the version. */
const isFile = ({ version, source: { repo, path, commit } }) =>
  !!repo && !!path && (/^[0-9a-f]{40}$/.test(commit) || (!!version && commit === version));

test("each entry says what was asked, what was answered, where that is from and why the session does not end", () => {
  assert.deepEqual([...new Set(ENTRIES.map(({ outcome }) => outcome))].sort(), ["ends", "isRefused", "kept"]);
  for (const entry of ENTRIES) {
    const { name, version, when, status, headers, body, source, asked, outcome, why } = entry;
    assert.ok(name && when && Number.isInteger(status) && typeof body === "string", about(entry));
    assert.ok(
      Object.keys(headers).every((header) => ["content-type", "www-authenticate", "retry-after"].includes(header)),
      about(entry),
    );
    assert.ok(
      isFile(entry) || /^https:\/\//.test(source.page) || (asked && source.package),
      `${about(entry)}: no source`,
    );
    // What was asked itself can be asked again: it has a package and a version.
    if (asked) assert.ok(source.package && version, `${about(entry)}: asked, without a package or its version`);
    assert.equal(typeof asked, "boolean", about(entry));
    if (outcome !== "ends") assert.ok(why, `${about(entry)}: kept, without a reason`);
  }
});

test("each refusal of a CSRF value says what was answered, and which file of which commit makes it", () => {
  for (const entry of OF_CSRF_VALUES) {
    const { name, version, when, csrf, status, headers, body, source, asked, again } = entry;
    assert.ok(name && when && csrf && Number.isInteger(status) && typeof body === "string" && headers, about(entry));
    assert.ok(isFile(entry), `${about(entry)}: no file`);
    assert.deepEqual([typeof asked, typeof again], ["boolean", "boolean"], about(entry));
    if (asked) assert.ok(source.package && version, `${about(entry)}: asked, without a package or its version`);
  }
});

test("each back end that is asked for is among the entries, or among what was not found", () => {
  const [, notFound] = read("tests", "refusals", "README.md").match(/^## Looked for, and not found\n([\s\S]*)/m);
  const found = (name) => ENTRIES.some((entry) => entry.name.includes(name)) || notFound.includes(name);
  assert.deepEqual(
    NAMES.filter((name) => !found(name)),
    [],
  );
});
