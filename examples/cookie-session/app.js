import { auth, post, signIn } from "./auth.js";

const find = (selector) => document.querySelector(selector);

function show() {
  find("form").hidden = auth.session !== null;
  find("main").hidden = auth.session === null;
  find("h1").textContent = auth.session ? `Notes of ${auth.session.extra.user}` : "Welcome";
}

/** The text of an answer, or why there is none: a logout ends calls that are under way. */
async function tell(call) {
  const text = call.then((response) => response.text());
  find("pre").textContent = await text.catch((error) => error.message);
}
const load = () => tell(auth.fetch("/api/notes"));
const add = () => tell(auth.fetch("/api/notes", post({ note: "Another note" })));

find("form").addEventListener("submit", (event) => {
  event.preventDefault();
  signIn(Object.fromEntries(new FormData(event.target))).then(load, (error) => alert(error.message));
});
find("#load").addEventListener("click", load);
find("#add").addEventListener("click", () => add().then(load));
find("#log-out").addEventListener("click", () => auth.logout());

auth.subscribe(show); // Also where another tab has signed in or out.
show();
