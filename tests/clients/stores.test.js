// The session as the store of a view library: the recipes in recipes/, each behind a small component.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { inEachBrowser, LIMIT } from "../support/browser.js";
import { openClient } from "./support/open.js";
import { follows } from "./support/view.js";

const LIBRARIES = {
  React: "react.js",
  Vue: "vue.js",
  "a Svelte store": "svelte.js",
  "Svelte 5's runes": "svelte-5.js",
};

const inOne = ({ browser }) => {
  for (const [title, driver] of Object.entries(LIBRARIES)) {
    describe(title, { timeout: LIMIT }, () => {
      let client;
      before(async () => (client = await openClient(await browser(), driver, { mode: "development" })));
      after(() => client?.close());

      follows(() => client);

      test("a view that is gone does not mind a change of the session", async () => {
        const { server, tell, errors } = client;
        await tell("unmount");
        await tell("signIn", await server.tokens({ good: true }));
        await tell("logout");
        assert.deepEqual(errors, []);
      });
    });
  }
};
// The limit is that of each library.
inEachBrowser("in", inOne, { timeout: Infinity });
