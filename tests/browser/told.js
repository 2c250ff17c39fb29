// What is told under `debug`: the console's lines and the timeline's measures, noted from `listen` until `stop`.

const real = { debug: console.debug, measure: performance.measure };
let lines = [];

export const listen = () => {
  lines = [];
  performance.clearMeasures();
  console.debug = (...parts) => void lines.push(parts.join(" "));
};
/** Neither of the two is fit for use. */
export const spoil = (missing) => {
  const no = () => {
    throw new Error("no");
  };
  console.debug = missing ? undefined : no;
  performance.measure = missing ? undefined : no;
};
/** Whoever reads the console gets to run code of his own. */
export const each = (run) => void (console.debug = run);
export const stop = () => {
  console.debug = real.debug;
  performance.measure = real.measure;
};

export const said = () => lines;
const measured = () => performance.getEntriesByType("measure").filter(({ name }) => name.startsWith("authfetch"));
/** Each call or refresh in the order in which they began: its kind, what was said of it, and where it went. */
export const stories = (kind) => {
  const number = ({ name }) => Number(name.split(" ").pop());
  const all = measured().filter(({ name }) => name.startsWith(`authfetch ${kind} `));
  return all.sort((a, b) => number(a) - number(b)).map(({ detail }) => detail.why.join(" | "));
};
export const places = () => measured().flatMap(({ detail }) => detail.url ?? []);
export const numbers = () => measured().map(({ name }) => name);
export const everything = () => JSON.stringify([lines, measured().map(({ name, detail }) => [name, detail])]);
