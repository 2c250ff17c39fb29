import { auth } from "./auth.js";
import { finishSignIn, signIn } from "./sign-in.js";

const find = (selector) => document.querySelector(selector);

function show() {
  find("#sign-in").hidden = auth.session !== null;
  find("main").hidden = auth.session === null;
}

async function load() {
  const text = auth.fetch("/api/profile").then((response) => response.text());
  find("pre").textContent = await text.catch((error) => error.message);
}

find("#sign-in").addEventListener("click", signIn);
find("#load").addEventListener("click", load);
find("#log-out").addEventListener("click", () => auth.logout());

auth.subscribe(show); // Also where another tab has signed in or out.
if (new URLSearchParams(location.search).has("state")) await finishSignIn();
show();
