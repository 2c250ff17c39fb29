// What the console is warned of, noted from `listen` until `stop`.

const real = console.warn;
let said = [];

export const listen = () => {
  said = [];
  console.warn = (...parts) => void said.push(parts.join(" "));
};
/** A console that is not fit for use. */
export const spoil = (missing) => {
  console.warn = missing
    ? undefined
    : () => {
        throw new Error("no");
      };
};
export const stop = () => void (console.warn = real);
export const warnings = () => said;
