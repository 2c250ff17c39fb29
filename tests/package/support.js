// The package as its users get it: packed, installed into an empty folder, and served next to an API that wants a
// token.

import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before } from "node:test";
import { promisify } from "node:util";
import { fingerprint, once, root } from "../../scripts/run.js";
import { AUTHFETCH } from "../support/files.js";
import { html } from "../support/html.js";
import { CHALLENGE, json, serve, textOf } from "../support/http.js";

const execute = promisify(execFile);

/** `npm pack` into this folder: the tarball's `filename`, its `files` and its hash, `integrity`. */
export async function pack(folder, from = root) {
  const { stdout } = await execute("npm", ["pack", "--json", "--pack-destination", folder], { cwd: from });
  return JSON.parse(stdout)[0];
}

/** What `npm pack` looks at. */
const PACKED = ["package.json", "README.md", "CHANGELOG.md", "SECURITY.md", "LICENSE-MIT", "LICENSE-APACHE", "dist"];
const INSTALLED = join(root, "target", "installed");

/** `npm pack` and `npm install` of the tarball, without a network: there is nothing to download. */
async function installTarball() {
  rmSync(INSTALLED, { recursive: true, force: true });
  mkdirSync(INSTALLED, { recursive: true });
  const { filename, files } = await pack(INSTALLED);
  writeFileSync(join(INSTALLED, "package.json"), '{ "private": true, "type": "module" }\n');
  await execute("npm", ["install", "--offline", "--no-audit", "--no-fund", `./${filename}`], { cwd: INSTALLED });
  writeFileSync(join(INSTALLED, "files.json"), JSON.stringify(files));
}

/** A folder with the package in it, installed from its tarball: that is done once for what is packed. */
async function install() {
  if (!existsSync(AUTHFETCH)) throw new Error("no dist/index.js: `npm run build` first");
  const list = join(INSTALLED, "files.json");
  await once("installed", fingerprint(...PACKED), () => existsSync(list), installTarball);
  const files = JSON.parse(readFileSync(list, "utf8"));
  const folder = mkdtempSync(join(tmpdir(), "authfetch-package-"));
  cpSync(INSTALLED, folder, { recursive: true });
  return {
    folder,
    /** What the tarball holds, in order of name. */
    packed: files.map(({ path }) => path).sort(),
    /** Writes a file of the app that uses the package. */
    write(path, text) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The app with the package in it, before the tests of a file and until their end; `prepare` adds what it needs. */
export function useInstalled(prepare = () => {}) {
  const app = {};
  before(async () => prepare(Object.assign(app, await install())));
  after(() => app.remove?.());
  return app;
}

/**
 * Runs a module in a Node of its own, in the app's folder, and resolves with the JSON it printed. It has to end by
 * itself.
 */
export async function inNode(app, source) {
  const args = ["--input-type=module", "--eval", source];
  const { stdout } = await execute("node", args, { cwd: app.folder, timeout: 120_000 });
  return JSON.parse(stdout);
}

/**
 * An origin with `/api` (401 without the current token), `/token` (a refresh token is good for one refresh) and, for
 * all other paths, `page(response, pathname, request)`.
 */
export async function api(page) {
  const log = { calls: 0, refused: 0, refreshes: 0 };
  let access = "never sent";
  let refresh = "refresh-0";
  const routes = {
    "/api"(request, response) {
      log.calls++;
      const good = request.headers.authorization === `Bearer ${access}`;
      if (!good) log.refused++;
      response.writeHead(good ? 200 : 401, good ? {} : CHALLENGE).end();
    },
    async "/token"(request, response) {
      const body = new URLSearchParams(await textOf(request));
      const good = body.get("grant_type") === "refresh_token" && body.get("refresh_token") === refresh;
      log.refreshes++;
      if (good) [access, refresh] = [`access-${log.refreshes}`, `refresh-${log.refreshes}`];
      if (good) json(response, 200, { access_token: access, refresh_token: refresh, expires_in: 3600 });
      else json(response, 400, { error: "invalid_grant" });
    },
  };
  const server = await serve((request, response, url) => {
    const route = routes[url.pathname];
    return route ? route(request, response) : page(response, url.pathname, request);
  });
  return { ...server, log };
}

/**
 * An app whose `burst(tokens, late)` signs in, makes 20 calls at once when `late` ms have gone by, and resolves with
 * how they ended. It constructs as the README does.
 */
export const APP = `
import { AuthFetch } from "authfetch";
const auth = new AuthFetch({ refresh: "/token" });
globalThis.burst = async (tokens, late) => {
  auth.setTokens(tokens);
  const now = Date.now;
  Date.now = () => now() + late;
  const answers = await Promise.all(Array.from({ length: 20 }, () => auth.fetch("/api")));
  Date.now = now;
  return { statuses: answers.map(({ status }) => status), state: auth.state, token: auth.session.accessToken };
};
`;

export const HTML = (head) => html("app", head);
