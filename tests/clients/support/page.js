// In the page: starts calls of a client, aborts them, and says in plain data how each has ended.

/** An error and what it wraps, as data that a test can compare. */
export function described(error) {
  const chain = [];
  for (let it = error; it && chain.length < 6; it = it.cause ?? it.originalError ?? it.networkError ?? it.error) {
    const { name, code } = it;
    chain.push({
      type: it.constructor?.name,
      name,
      code,
      text: typeof it === "object" ? String(it.message ?? "") : String(it),
    });
  }
  return chain;
}

/** A later task: what comes after it is a call of its own even for a client that batches. */
const nextTask = () => new Promise((resolve) => setTimeout(resolve));

export function harness(auth, driver) {
  const { write, read = (n, signal) => auth.fetch(`/api/items/${n}`, { signal }).then((answer) => answer.json()) } =
    driver;
  const calls = [];

  function start(work) {
    const controller = new AbortController();
    const ended = work(controller.signal).then(
      (value) => ({ value }),
      (error) => ({ error: described(error) }),
    );
    return calls.push({ controller, ended }) - 1;
  }

  return {
    ...driver,
    /** Starts over, signed in with these tokens. */
    signIn(tokens) {
      calls.length = 0;
      auth.logout({ redirect: false });
      auth.setTokens(tokens);
    },
    async read(count, from) {
      for (let n = from; n < from + count; n++) {
        start((signal) => read(n, signal));
        await nextTask();
      }
    },
    write: (body) => void start((signal) => write(body, signal)),
    abort: (index) => calls[index].controller.abort(),
    ended: (index) => calls[index].ended,
    allEnded: () => Promise.all(calls.map(({ ended }) => ended)),
    logout: () => void auth.logout(),
    state: () => auth.state,
  };
}
