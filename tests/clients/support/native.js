// Stands in for recipes/auth.js in a control: the same client on the browser's own fetch, to see how it ends an aborted
// call.

const native = globalThis.fetch.bind(globalThis);
const nothing = () => {};

export const auth = {
  fetch: (input, init) => native(input, init),
  getAccessToken: async () => null,
  session: null,
  subscribe: () => nothing,
  addEventListener: nothing,
  removeEventListener: nothing,
};
