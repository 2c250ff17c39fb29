// Serves an app on loopback, sends it a refresh, and prints the answer as an entry of ../frameworks.json.
// Packages are resolved from the folder that it is started in, where they are installed.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const reported = ["content-type", "www-authenticate", "retry-after"];

export const required = createRequire(pathToFileURL(`${process.cwd()}/`));
export const load = (name) => import(pathToFileURL(required.resolve(name)));

const version = (name) => JSON.parse(readFileSync(`${process.cwd()}/node_modules/${name}/package.json`)).version;

/** Prints what `name`, which the package `pkg` brings, answers to a refresh. */
export async function ask(name, pkg, when, url, init = {}) {
  const answer = await fetch(url, { method: "POST", redirect: "manual", ...init });
  const headers = Object.fromEntries([...answer.headers].filter(([key]) => reported.includes(key)));
  const body = await answer.text();
  const answered = { status: answer.status, headers, body };
  const source = { package: `npm:${pkg}` };
  console.log(JSON.stringify({ name, version: version(pkg), when, ...answered, source, asked: true }));
}

export const json = (value) => ({ body: JSON.stringify(value), headers: { "content-type": "application/json" } });
export const form = (value, headers) => ({ body: new URLSearchParams(value), headers });
