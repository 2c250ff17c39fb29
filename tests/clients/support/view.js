// A view that shows the access token, or that nobody is signed in: it has to follow the session.

import { test } from "node:test";

/** A tab behind another has no animation frames to look at each. */
const POLLING = { polling: 20 }; // ms

const shows = (page, text) =>
  page.waitForFunction((text) => document.getElementById("app").textContent.trim() === text, POLLING, text);

/** Waits for a token other than this one. */
const showsAnother = (page, token) =>
  page.waitForFunction(
    (old) => ![old, "signed out"].includes(document.getElementById("app").textContent.trim()),
    POLLING,
    token,
  );

/** Declares the tests of the view of `client()`. */
export function follows(client) {
  test("a change of the session, by sign-in, refresh and logout, updates the view", async () => {
    const { page, server, tell } = client();
    const tokens = await server.tokens({ good: true });
    await tell("signIn", tokens);
    await shows(page, tokens.access_token);
    await server.revoke(tokens.access_token);
    await tell("read", 1, 1);
    await tell("allEnded");
    await showsAnother(page, tokens.access_token);
    await tell("logout");
    await shows(page, "signed out");
  });

  test("a change of the session in another tab updates the view", async () => {
    const { page, server, anotherTab } = client();
    const other = await anotherTab();
    try {
      const tokens = await server.tokens({ good: true });
      await other.tell("signIn", tokens);
      await shows(page, tokens.access_token);
      await other.tell("logout");
      await shows(page, "signed out");
    } finally {
      await other.page.close();
    }
  });
}
