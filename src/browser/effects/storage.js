// Storage areas: the browser's own, or an object of the app's, whose methods may throw.

import { attempt } from "../foreign.js";

/** The browser's own; throws where it is blocked. */
export const probe = (name) => {
  const area = globalThis[name];
  if (!area) throw new TypeError(`There is no ${name}.`);
  return area;
};
/**
 * Where one record stands: under this key of one of the browser's own areas, by its name, of an object of the app's, or
 * without an area in this page's memory. `found`: the area as it was looked up last.
 */
export const entry = (area, key) => ({ area, key, found: undefined, text: null });
/** The text in memory, which is where the record stands from now on. */
export const keep = (it, text) => {
  it.area = undefined;
  it.text = text;
};
const textIn = ({ area, found, key, text }) => {
  if (!area) return text;
  try {
    return found.getItem(key) ?? null;
  } catch {
    return null;
  }
};
/** What stands there; `null` where there is nothing, or it cannot be read. */
export const read = (it) => {
  it.found = attempt(() => (typeof it.area === "string" ? globalThis[it.area] : it.area));
  return textIn(it);
};
/** The same, where it is another text than the known one. */
export const changed = (it, known) => {
  const text = read(it);
  return text === known.text ? undefined : text;
};
/**
 * Whether the known text stands there, in the area as it was looked up last: to look it up takes as long as to read.
 * Of two equal ones the one that was read is known from now on: while the storage gives out the same one, nothing has
 * to be compared, however long a token is.
 */
export const stands = (it, known) => {
  const text = textIn(it);
  if (text !== known.text) return false;
  known.text = text;
  return true;
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
