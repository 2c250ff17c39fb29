// In the worker: calls over the recipe, whose ends are told to the page.

import { auth, joined } from "../recipes/worker.js";

/** Its calls have addresses of their own: browsers let a second request for one wait for the first, for 20 s. */
const FIRST = 1000;
const calls = [];
const described = (promise) =>
  promise.then(
    ({ status }) => status,
    ({ name, code }) => `${name} ${code}`,
  );

const tasks = {
  state: async () => (await joined, auth.state),
  burst(count) {
    for (let n = 0; n < count; n++) calls.push(described(auth.fetch(`/api/items/${FIRST + n}`)));
  },
  outcomes: () => Promise.all(calls.splice(0)),
};

addEventListener("message", async ({ data: { task, id, args } }) => {
  if (task) postMessage({ id, result: await tasks[task](...args) });
});
