import { launch } from "../support/browser.js";
import { hasGlobal, newPage, teller } from "../support/page.js";
import { startServer } from "./support/server.js";
import { World, addresses } from "./support/suite.js";
const which = process.argv[2] ?? "firefox", exp = process.argv[3];
const b = await launch(which, { acceptInsecureCerts: true });
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
async function open() {
  const server = await startServer();
  const context = await b.createBrowserContext();
  const w = new World({ server, context, ...(await newPage(context)) });
  await w.page.goto(server.origin); await hasGlobal(w.page, "requeue"); return w;
}
const states = (w, urls) => w.page.evaluate(async (urls) => Promise.race([Promise.all(urls.map((u) => Promise.race([globalThis.requeue.ends([u]).then((e) => String(e.ends[0])), new Promise((r) => setTimeout(r, 1500, "PENDING"))])))]), urls);
const exps = {
  async head() {
    for (const init of [{}, { signals: true }, { method: "HEAD" }, { method: "HEAD", signals: true }]) {
      const w = await open();
      const { first, late } = await w.underWay({ init, options: { debug: true } });
      w.open("first"); await sleep(1500);
      console.log(JSON.stringify(init), JSON.stringify(w.seen([first, ...late]).map(String)), w.renewals());
      console.log((await w.tell("said")).filter((l) => /first|late\/[09]/.test(l)).join("\n"));
      await w.close();
    }
  },
  async expired() {
    const w = await open();
    const { first, late, early } = await w.underWay({ init: { signals: process.argv[4] === "signals" }, options: { debug: true, cancelPending: process.argv[5] !== "off" } });
    w.shut("request"); w.open("first"); await sleep(1500); w.open("late"); w.refuse("request"); await sleep(1000);
    console.log(await w.tell("state"), await states(w, [...early, first, ...late]));
    console.log(JSON.stringify(w.seen([...early, first, ...late]).map(String)), w.renewals());
    console.log((await w.tell("said")).filter((l) => /first|(late|early)\/[019]/.test(l)).join("\n"));
    await w.close();
  },
};
await exps[exp]();
await b.close();
process.exit();
