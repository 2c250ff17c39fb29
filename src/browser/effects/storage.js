// Storage areas: the browser's own, or an object of the app's, whose methods may throw.

/** The browser's own; throws where it is blocked. */
export const probe = (session) => {
  const name = session ? "sessionStorage" : "localStorage";
  const area = globalThis[name];
  if (!area) throw new TypeError(`There is no ${name}.`);
  return area;
};
/** What the browser's own holds, in one step, since each call asks; `null` where it cannot be read. */
export const stored = (session, key) => {
  try {
    return (session ? sessionStorage : localStorage).getItem(key);
  } catch {
    return null;
  }
};
/**
 * Whether it holds another text than the one that is known. Of two equal ones the one that was read is known from now
 * on: while the storage gives out the same one, nothing has to be compared, however long a token is.
 */
export const differs = (session, key, known) => {
  const text = stored(session, key);
  if (text !== known.text) return true;
  known.text = text;
  return false;
};
export const remove = (area, key) => {
  try {
    area.removeItem(key);
  } catch {}
};
/** Tries twice, since removing may have made room. What blocks it is thrown, and nothing is left behind. */
export const write = (area, key, text) => {
  for (let again = true; ; again = false) {
    try {
      return void area.setItem(key, text);
    } catch (error) {
      remove(area, key);
      if (!again) throw error;
    }
  }
};
export const take = (area, key) => {
  try {
    return area.getItem(key);
  } catch {
  } finally {
    remove(area, key);
  }
};
