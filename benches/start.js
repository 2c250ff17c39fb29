// What a page pays before its first call, measured in a page that has never seen the package. Milliseconds.

const timed = async (work) => {
  const start = performance.now();
  const value = await work();
  return { value, took: performance.now() - start };
};

globalThis.coldStart = async ({ ahead }) => {
  const { value, took: load } = await timed(() => import("./authfetch.js"));
  const { AuthFetch, ready } = value;
  const compile = ahead ? (await timed(ready)).took : 0;
  const before = performance.now();
  new AuthFetch({ refresh: "/token" });
  const first = performance.now() - before;
  const again = performance.now();
  new AuthFetch({ refresh: "/token", name: "another" });
  return { load, compile, first, second: performance.now() - again };
};
