// What tests call in an SDK's page, the same with the package and without.

const app = (call, signIn, more) => {
  globalThis.app = {
    call,
    calls: (count) => Promise.all(Array.from({ length: count }, (_, at) => call(`/api/items/${at}`))),
    // The page may leave meanwhile.
    signIn: (...args) => void signIn(...args),
    ...more,
  };
};

/** A call's status, or the code of its error. */
export function together({ auth, signIn, ...more }) {
  const call = (url) =>
    auth.fetch(url).then(
      ({ status }) => status,
      ({ code, message }) => code ?? message,
    );
  app(call, signIn, { state: () => auth.state, logout: () => void auth.logout(), ...more });
}

/** A call's status, or the message of its error. */
export function alone({ signIn, isSignedIn, token }) {
  async function call(url) {
    try {
      const { status } = await fetch(url, { headers: { Authorization: `Bearer ${await token()}` } });
      return status;
    } catch ({ message }) {
      return message;
    }
  }
  app(call, signIn, { state: async () => ((await isSignedIn()) ? "signed-in" : "signed-out") });
}
