// The page: one AuthFetch, the buttons that put it under load, and what can be seen of it.
// Tokens stay inside the instance; nothing here writes one to the document, the console or an address.

import { AuthFetch } from "authfetch";
import { compare } from "./compare.js";
import { Tiles } from "./counters.js";
import { $, element, enable, milliseconds, onPress, plural, write } from "./dom.js";
import { describe, Run } from "./run.js";
import { SessionCard } from "./session-card.js";
import { beginSignIn, finishSignIn } from "./sign-in.js";
import { Tabs } from "./tabs.js";
import { Waterfall } from "./waterfall.js";

const CLIENT = "demo";
const AHEAD = "demo.ahead";
/** `?cancelPending=false`: what that option saves can be seen beside. */
const CANCELS = new URLSearchParams(location.search).get("cancelPending") !== "false";
const NARROW = matchMedia("(max-width: 900px)");
const card = new SessionCard();
const tiles = new Tiles($("counters"), CLIENT);
const waterfall = new Waterfall($("waterfall"), { hint: $("hint") });
const tabs = new Tabs({
  lane: CLIENT,
  asked: ({ burst, ...size }) => (busy || !auth ? tabs.busy(burst) : alone(() => firedFor(burst, size))),
});

let auth = null;
/** The burst under way, if any: the underlying fetch lets it look on. */
let run = null;
let busy = false;

function open({ ahead }) {
  auth = new AuthFetch({
    refresh: { url: "/token", clientId: CLIENT },
    revocation: "/token/revocation",
    origins: ["/api/"],
    fetch: (input, init) => (run ? run.fetch(input, init) : fetch(input, init)),
    cancelPending: CANCELS,
    ...(ahead ? {} : { leeway: 0, backgroundRefresh: false }),
  });
  auth.subscribe(render);
  const elsewhere = ({ source }) => (source === "other-tab" ? "in another tab" : "in this tab");
  auth.addEventListener("signin", ({ detail }) => log("signin", elsewhere(detail)));
  auth.addEventListener("refresh", ({ detail }) => log("refresh", elsewhere(detail)));
  auth.addEventListener("refreshfailed", ({ detail }) =>
    log("refreshfailed", `after ${plural(detail.attempts, "attempt")}`),
  );
  auth.addEventListener("storageblocked", () => log("storageblocked", "the session ends with this page"));
  auth.addEventListener("logout", ({ detail }) => log("logout", `reason ${detail.reason}, ${elsewhere(detail)}`));
  render();
}

function render() {
  card.show(auth);
  const signedIn = auth.session !== null;
  tabs.show(auth.state);
  for (const id of ["fire", "fire-expired", "fire-logout", "fire-all", "leave-all"]) enable($(id), signedIn && !busy);
  for (const button of document.querySelectorAll("[data-run]")) enable(button, !busy);
  enable($("reset"), !busy);
  // The page is loaded anew with it, and must not be while calls are under way.
  $("ahead").disabled = busy;
}

function log(name, text) {
  const time = element("time", {}, new Date().toLocaleTimeString("en-GB"));
  $("log").prepend(element("li", {}, time, element("b", {}, name), element("span", {}, text)));
  while ($("log").children.length > 50) $("log").lastElementChild.remove();
}

function say(text, tone = "") {
  $("result").dataset.tone = tone;
  write($("result"), text);
}

const chosen = () => ({
  count: Number(document.querySelector("[name=count]:checked").value),
  delay: Number(document.querySelector("[name=delay]:checked").value),
});

/** One thing at a time: a second burst would be drawn into the first. */
async function alone(work) {
  busy = true;
  $("result").removeAttribute("data-done");
  render();
  try {
    await work();
  } finally {
    run = null;
    busy = false;
    render();
  }
}

/** What goes wrong is said at the top of the page, until the next press. */
async function watched(work) {
  $("notice").hidden = true;
  try {
    await work();
  } catch (error) {
    write($("notice"), error.message);
    $("notice").hidden = false;
  }
}

const on = (button, action) => onPress(button, () => watched(action));

/** The server forgets the token; the page keeps it, and does not know. */
async function expire() {
  const { accessToken } = auth.session;
  await fetch("/demo/expire", { method: "POST", headers: { authorization: `Bearer ${accessToken}` } });
  if (auth.session?.accessToken === accessToken) card.expiredEarly();
}

async function burst({ onend = () => {}, ...size } = {}) {
  run = new Run({ lane: CLIENT, ...chosen(), ...size });
  run.onend = onend;
  $("rows").replaceChildren();
  say(`${run.calls.length} calls under way …`);
  // In one column what there is to see is below the buttons.
  if (NARROW.matches) $("counters-title").closest("section").scrollIntoView();
  const over = run.fire((url, init) => auth.fetch(url, init));
  waterfall.show(run);
  await tiles.during(over);
  const text = summary(run);
  say(text, run.count(200) + run.count("aborted") === run.calls.length ? "good" : "bad");
  waterfall.finish(text);
  $("rows").replaceChildren(...run.calls.map((call) => row(call, run)));
  $("result").setAttribute("data-done", "");
}

function row(call, { start }) {
  return element(
    "tr",
    { "data-outcome": call.outcome },
    element("td", {}, String(call.number)),
    element("td", {}, describe(call, { start })),
    element("td", {}, milliseconds(call.end - start)),
  );
}

function summary(run) {
  const [answered, aborted, all] = [run.count(200), run.count("aborted"), run.calls.length];
  const left = all - answered - aborted;
  const parts = [`${answered} of ${all} answered 200`];
  if (run.refusedFirst > 0 && !aborted) parts.push(`${run.refusedFirst} of them after a 401`);
  if (run.refreshes.length > 0) parts.push(plural(run.refreshes.length, "token request"));
  if (aborted > 0) parts.push(`${aborted} aborted by the logout`);
  if (left > 0) parts.push(`${left} ended otherwise`);
  return `${parts.join(", ")}, in ${milliseconds(run.end - run.start)}.`;
}

const firedWhenExpired = () => alone(async () => (await expire(), await burst()));

/** Logs out once a quarter of the calls has been answered: some have yet to be sent again, others are on their way. */
const firedAndLeft = () =>
  alone(async () => {
    await expire();
    let answered = 0;
    const enough = Math.ceil(chosen().count / 4);
    await burst({ onend: () => ++answered === enough && auth.logout() });
  });

/** A burst that several tabs fire together. */
async function firedFor(name, options) {
  await burst(options);
  tabs.report(name, run);
}

/** With `leave`, this tab logs out when the first of its calls has been answered. */
const firedInAll = ({ leave }) =>
  alone(async () => {
    await expire();
    const onend = () => void (leave && auth.session && auth.logout());
    await tabs.fireInAll(chosen(), (name) => firedFor(name, { onend }));
  });

on($("sign-in"), () => beginSignIn(CLIENT));
on($("log-out"), () => auth.logout().then(() => tiles.read()));
on($("expire"), expire);
on($("fire"), () => alone(() => burst()));
on($("fire-expired"), firedWhenExpired);
on($("fire-logout"), firedAndLeft);
on($("fire-all"), () => firedInAll({ leave: false }));
on($("leave-all"), () => firedInAll({ leave: true }));
on($("reset"), () => fetch("/demo/reset", { method: "POST" }).then(() => tiles.read()));
for (const button of document.querySelectorAll("[data-run]")) {
  on(button, () => alone(() => compare(button.dataset.run, chosen())));
}
// A session has the options of its first instance in a page, so another choice needs another page.
$("ahead").addEventListener("change", ({ target }) => {
  sessionStorage.setItem(AHEAD, target.checked ? "on" : "off");
  history.replaceState({ focus: "ahead" }, "");
  location.reload();
});

await watched(async () => {
  $("ahead").checked = sessionStorage.getItem(AHEAD) === "on";
  if (history.state?.focus) $(history.state.focus).focus();
  history.replaceState(null, "");
  open({ ahead: $("ahead").checked });
  const tokens = await finishSignIn(CLIENT);
  if (tokens) auth.setTokens(tokens);
  await tiles.read();
});
document.documentElement.dataset.ready = "";
