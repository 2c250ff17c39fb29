// `npm run bench [-- --rounds N] [--browser firefox]`: what a call costs the page's main thread, next to the usual ways
// of doing it. The underlying fetch is a stub, the same for all, so that nothing but the wrapper differs. Rounds are
// interleaved and rotate their order, and medians are reported: a slow moment of the machine meets everybody. Numbers,
// never verdicts. `--before dist/index.js` names another build of the package, which then waits beside this one.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build as bundle } from "esbuild";
import { build } from "../scripts/build.js";
import { root } from "../scripts/run.js";
import { setup } from "../scripts/setup.js";
import { launch, UNWATCHED } from "../tests/support/browser.js";
import { sendFile, serve } from "../tests/support/http.js";
import { COUNTS, printMemory } from "./memory.js";
import { answerStorm, printStorm } from "./storm.js";

// Short batches, and many: on a busy machine some of them meet nobody else.
const BATCH = 500;
const BATCHES = 10;
const WIDTH = 1_000;
const WAITING = 10_000;
const WARM_UP = 2;
// They give the clock its finer steps: 5 µs in Chromium, 20 µs in Firefox.
const ISOLATED = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "9" },
    browser: { type: "string", default: "chromium" },
    before: { type: "string" },
  },
});
const rounds = Number(values.rounds);
if (!(Number.isInteger(rounds) && rounds > 0)) throw new Error("--rounds takes a whole number of 1 or more");
if (!["chromium", "firefox"].includes(values.browser)) throw new Error("--browser takes chromium or firefox");

/** The pages' files: one bundle of all contenders, and the package alone for the cold start. */
async function pages(folder) {
  const options = {
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    logLevel: "error",
    absWorkingDir: root,
  };
  const alias = {
    authfetch: join(root, "dist", "index.js"),
    "authfetch-before": resolve(values.before ?? join(root, "dist", "index.js")),
  };
  await bundle({
    ...options,
    alias,
    entryPoints: [join(root, "benches", "page.js")],
    outfile: join(folder, "page.js"),
  });
  await bundle({ ...options, entryPoints: [alias.authfetch], outfile: join(folder, "authfetch.js") });
  const external = ["./authfetch.js"];
  await bundle({
    ...options,
    external,
    entryPoints: [join(root, "benches", "start.js")],
    outfile: join(folder, "start.js"),
  });
  for (const name of ["page", "start"]) {
    writeFileSync(
      join(folder, `${name}.html`),
      `<!doctype html><title>bench</title><script type="module" src="/${name}.js"></script>`,
    );
  }
}

async function open(target, url) {
  const page = await target.newPage();
  page.on("pageerror", (error) => process.stderr.write(`page: ${error}\n`));
  await page.goto(url);
  return page;
}

const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Runs `measure` for each name in each round, another one first each time; resolves with name → numbers. */
async function interleaved(names, measure, count = rounds) {
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -WARM_UP; round < count; round++) {
    for (let at = 0; at < names.length; at++) {
      const name = names[(at + round + WARM_UP) % names.length];
      const took = await measure(name);
      if (round >= 0) results[name].push(took);
    }
  }
  return results;
}

const cell = (number) => (number >= 100 ? number.toFixed(0) : number >= 10 ? number.toFixed(1) : number.toFixed(2));

function print(title, head, rows) {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row) => row.map((text, at) => (at ? text.padStart(widths[at]) : text.padEnd(widths[at]))).join("  ");
  const rule = "-".repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  process.stdout.write(`\n${title}\n${[line(head), rule, ...rows.map(line)].join("\n")}\n`);
}

function printCalls(title, results) {
  const raw = results["raw stub"];
  const leastOurs = Math.min(...results.authfetch) - Math.min(...raw);
  const byHand = median(results.handwritten.map((number, round) => number - raw[round]));
  const leastByHand = Math.min(...results.handwritten) - Math.min(...raw);
  const rows = Object.entries(results).map(([name, numbers]) => {
    const own = median(numbers);
    // Pairs of one round: what slowed the round down is in both.
    const added = median(numbers.map((number, round) => number - raw[round]));
    const spread = `${cell(Math.min(...numbers))}–${cell(Math.max(...numbers))}`;
    const least = Math.min(...numbers) - Math.min(...raw);
    const compared = [added, added / byHand, least, least / leastByHand, leastOurs / least].map(cell);
    return [name, cell(own), spread, ...(numbers === raw ? compared.map(() => "–") : compared)];
  });
  const head = ["contender", "µs a call", "min–max", "added to raw", "× by hand", "added, by minima", "× by hand"];
  print(title, [...head, "authfetch ÷ it"], rows);
}

function printRefresh(title, results) {
  const byHand = median(results.handwritten);
  const rows = Object.entries(results).map(([name, numbers]) => {
    const spread = `${cell(Math.min(...numbers))}–${cell(Math.max(...numbers))}`;
    return [
      name,
      cell(median(numbers)),
      spread,
      cell((median(numbers) * WAITING) / 1000),
      cell(median(numbers) / byHand),
    ];
  });
  print(title, ["contender", "µs a call", "min–max", "ms in all", "× handwritten"], rows);
}

/** One table for each part of the work, so that nothing slow hides behind something else. */
async function printWaiting(call) {
  const rows = values.before ? ["before", "now"] : ["now"];
  const names = rows.flatMap((which) => COUNTS.map((count) => `${which} ${count}`));
  const results = await interleaved(names, (name) =>
    call("whileWaiting", name.split(" ")[0], Number(name.split(" ")[1])),
  );
  const of = (name, part) =>
    median(results[name].map((took) => (part === "in all" ? took.wait + took.abort + took.rest : took[part])));
  for (const [part, title] of [
    ["wait", "calls wait"],
    ["abort", "half of them are aborted one by one, in scattered order"],
    ["rest", "the others are answered"],
    ["in all", "in all"],
  ]) {
    const row = (which) => {
      const took = COUNTS.map((count) => of(`${which} ${count}`, part));
      const each = took.map((ms, at) => cell((ms * 1000) / COUNTS[at]));
      return [which, ...took.map(cell), ...each];
    };
    const heads = [...COUNTS.map((count) => `${count}, ms`), ...COUNTS.map((count) => `${count}, µs a call`)];
    print(`Waiting for a refresh: ${title}`, ["", ...heads], rows.map(row));
  }
}

/** A median, and the least of the same. */
const both = (middle, least) => `${cell(middle)}, ${cell(least)}`;

/** What a call with an `init` costs beside the same call by hand. */
async function printKinds(call, kinds) {
  const names = kinds.flatMap(([kind, made]) => made.map((name) => `${name}|${kind}`));
  const one = (name) => call("inTurn", name.split("|")[0], BATCH, name.split("|")[1]);
  const results = await interleaved(names, one, rounds * BATCHES);
  const rows = kinds.map(([kind, made]) => {
    const of = (name) => results[`${name}|${kind}`];
    const added = (name) => median(of(name).map((number, round) => number - of("raw stub")[round]));
    const least = (name) => Math.min(...of(name)) - Math.min(...of("raw stub"));
    const byHand = made.filter((name) => name.startsWith("handwritten"));
    const beside = [0, 1].flatMap((at) => {
      const name = byHand[at];
      return name ? [both(added(name), least(name)), cell(least("authfetch") / least(name))] : ["–", "–"];
    });
    return [kind, cell(median(of("raw stub"))), both(added("authfetch"), least("authfetch")), ...beside];
  });
  const byHand = (name) => [name, "authfetch ÷ it, by minima"];
  const head = ["with", "raw", "authfetch adds", ...byHand("handwritten adds"), ...byHand("… ends with the session")];
  print(
    `Calls with an init, one after another (${BATCH} calls a round, median of ${rounds * BATCHES}, and the least)`,
    head,
    rows,
  );
}

async function printLogout(call) {
  const which = ["the stub alone, aborted", ...(values.before ? ["before"] : []), "now"];
  const results = await interleaved(which, (name) => call("atLogout", name, WAITING));
  const rows = which.map((name) => {
    const of = (part, of = name) => median(results[of].map((took) => took[part]));
    return [name, cell(of("turnOf")), cell(of("took")), cell(of("took") / of("took", which[0]))];
  });
  print(
    `${WAITING} pending calls at logout, ms`,
    ["", "logout() itself", "until all are rejected", "× the stub"],
    rows,
  );
}

/** One cold start: a browser context of its own, hence a process of its own with no compiled module in it. */
async function coldStart(browser, origin, ahead) {
  const context = await browser.createBrowserContext();
  try {
    const page = await open(context, `${origin}/start.html`);
    return await page.evaluate((options) => globalThis.coldStart(options), { ahead });
  } finally {
    await context.close();
  }
}

async function coldStarts(browser, origin) {
  const kinds = { "new AuthFetch() at once": [], "after ready()": [] };
  for (let round = 0; round < rounds; round++) {
    for (const kind of Object.keys(kinds)) kinds[kind].push(await coldStart(browser, origin, kind === "after ready()"));
  }
  const rows = Object.entries(kinds).map(([kind, starts]) => {
    const of = (part) => cell(median(starts.map((start) => start[part])));
    return [kind, of("load"), kind === "after ready()" ? of("compile") : "–", of("first"), of("second")];
  });
  print(
    "Cold start, ms: load and evaluate the module; decode and compile; construct (with decoding and compiling where not done ahead)",
    ["", "import", "ready()", "first construction", "second"],
    rows,
  );
}

async function measure(browser, origin) {
  const page = await open(browser, `${origin}/page.html`);
  const { names, refreshers, kinds } = await page.evaluate(() => ({
    names: bench.names,
    refreshers: bench.refreshers,
    kinds: bench.kinds,
  }));
  const call = (what, ...args) => page.evaluate((of, given) => bench[of](...given), what, args);

  printCalls(
    `One after another (${BATCH} calls a round, median of ${rounds * BATCHES})`,
    await interleaved(names, (name) => call("inTurn", name, BATCH), rounds * BATCHES),
  );
  printCalls(
    `${WIDTH} at once (median of ${rounds * BATCHES} rounds)`,
    await interleaved(names, (name) => call("atOnce", name, WIDTH, WIDTH), rounds * BATCHES),
  );
  await printKinds(call, kinds);
  printRefresh(
    `${WAITING} calls wait for one refresh: from its answer until all have theirs, one retry each included`,
    await interleaved(refreshers, (name) => call("afterRefresh", name, WAITING)),
  );
  await printWaiting(call);
  await printLogout(call);
  await printStorm({ call, interleaved, median, cell, print });
  await page.close();
  const fresh = await open(browser, `${origin}/page.html`);
  const ask = (what, ...args) => fresh.evaluate((of, given) => bench[of](...given), what, args);
  await printMemory(fresh, ask, { names: ["handwritten", ...(values.before ? ["before"] : []), "now"], print, cell });
  await fresh.close();
  await coldStarts(browser, origin);
}

await setup({ browsers: true });
await build();

const folder = mkdtempSync(join(os.tmpdir(), "authfetch-bench-"));
const server = await serve(async (request, response, url) => {
  if (!(await answerStorm(request, response, url))) await sendFile(folder, url.pathname, response, ISOLATED);
});
const browser = await launch(values.browser, UNWATCHED);
try {
  await pages(folder);
  const { model } = os.cpus()[0];
  const memory = `${Math.round(os.totalmem() / 2 ** 30)} GiB`;
  process.stdout.write(
    `\n${await browser.version()}, headless · ${os.cpus().length} × ${model}, ${memory}, ${os.type()} ${os.release()}\n`,
  );
  await measure(browser, server.origin);
} finally {
  await browser.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
