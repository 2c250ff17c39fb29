// Timers by number, each looked up when it is set, so that fake timers work.

/** `tell` is called with the number of the timer that has fired. */
export const timers = (tell) => ({ tell, ids: new Map() });
export const set = ({ tell, ids }, number, ms) => {
  clearTimeout(ids.get(number));
  ids.set(
    number,
    setTimeout(() => tell(number), ms),
  );
};
export const clear = ({ ids }, number) => clearTimeout(ids.get(number));
