// Angular's HttpClient over both of its backends, and a view that follows the session.

import { test } from "node:test";
import { suite } from "./support/suite.js";

function view(client) {
  const shows = (text) => client().page.waitForFunction((text) => document.getElementById("app").textContent === text, {}, text);

  test("a change of the session, by sign-in, renewal and logout, updates the view", async () => {
    const { page, server, tell } = client();
    const { access_token, ...others } = await server.tokens({ good: true });
    await tell("signIn", { access_token, ...others });
    await shows(access_token);
    await server.revoke(access_token);
    await tell("read", 1, 1);
    await tell("allEnded");
    await page.waitForFunction((old) => ![old, "signed out"].includes(document.getElementById("app").textContent), {}, access_token);
    await tell("logout");
    await shows("signed out");
  });
}

suite([
  { title: "Angular's HttpClient on fetch", driver: "angular.ts", handedOn: "wrapped", also: view },
  { title: "Angular's HttpClient on XMLHttpRequest, with an interceptor", driver: "angular-xhr.ts", handedOn: "abort", also: view },
]);
