// Revocation functions, and a console whose warnings are noted from `listen` until `stop`.

const { warn } = console;
let lines = [];

export const listen = () => {
  lines = [];
  console.warn = (...parts) => void lines.push(parts.join(" "));
};
export const stop = () => void (console.warn = warn);
export const warnings = () => lines;

/** A function that notes what it is given, and does as `how` says. */
export const noting = (how) => {
  const seen = [];
  const revocation = (context) => {
    seen.push(context);
    if (how === "throws") throw new Error("of-the-function");
    if (how === "rejects") return Promise.reject(new Error("of-the-function"));
    if (how === "never settles") return new Promise(() => {});
    if (how === "fetches") return context.fetch("/revoke?secret=of-the-query", { method: "POST" });
    return how === "returns nothing" ? undefined : Promise.resolve("done");
  };
  return Object.assign(revocation, { seen });
};
