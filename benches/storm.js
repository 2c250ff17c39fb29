// A storm: many calls at once whose token the API takes no more. Real requests over HTTP/1.1, of which a browser works
// on six of an origin at a time, to a server that takes its time for each.

import { CHALLENGE, json, textOf } from "../tests/support/http.js";

/** Milliseconds for which each request is at the server. */
const LATENCY = 20;
const COUNTS = [10, 100, 1_000];
const KINDS = { "with cancelPending": true, without: false };

const requests = { api: 0, token: 0 };

/** The server's half; false where the request is none of its own. */
export async function answerStorm(request, response, { pathname }) {
  if (!pathname.startsWith("/storm/")) return false;
  await textOf(request);
  await new Promise((resolve) => setTimeout(resolve, LATENCY));
  const isToken = pathname === "/storm/token";
  requests[isToken ? "token" : "api"]++;
  if (isToken) json(response, 200, { access_token: "new", refresh_token: "next" });
  else if (request.headers.authorization === "Bearer new") json(response, 200, {});
  else json(response, 401, {}, CHALLENGE);
  return true;
}

/** One table: how long a storm takes, and how many requests it makes. */
export async function printStorm({ call, interleaved, median, cell, print }) {
  const names = COUNTS.flatMap((count) => Object.keys(KINDS).map((kind) => `${kind}|${count}`));
  const made = {};
  const results = await interleaved(names, async (name) => {
    const [kind, count] = name.split("|");
    Object.assign(requests, { api: 0, token: 0 });
    const took = await call("storm", KINDS[kind], Number(count));
    made[name] = { ...requests };
    return took;
  });
  const rows = COUNTS.map((count) => {
    const [on, off] = Object.keys(KINDS).map((kind) => `${kind}|${count}`);
    const [with_, without] = [median(results[on]), median(results[off])];
    const sent = (name) => `${made[name].api} + ${made[name].token}`;
    return [String(count), cell(with_), cell(without), cell(with_ / without), sent(on), sent(off)];
  });
  const head = ["calls", "with, ms", "without, ms", "with ÷ without", "requests with (API + token)", "without"];
  print(`A storm: calls at once with a rejected token, ${LATENCY} ms a request, HTTP/1.1`, head, rows);
}
