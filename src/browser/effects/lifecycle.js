// The page: its life as events tell of it, changes in storage, and where it goes.

/** What is told is the place in this list. The first three are the document's, the others the window's. */
const KINDS = ["visibilitychange", "freeze", "resume", "pagehide", "pageshow", "online", "beforeunload", "storage"];
const OF_DOCUMENT = 3;
const UNLOAD = "beforeunload";
/** The record in `localStorage` has changed, of which the text is told too. */
const STORED = KINDS.length;

export const visible = () => globalThis.document?.visibilityState === "visible";

/** `tell` is called with the number, what has happened, whether the page can be seen, and a text. */
export const listener =
  (tell, number, name) =>
  ({ type, persisted, key, newValue, storageArea }) => {
    // Fired at the first load too, when all of this has just been done.
    if (type === "pageshow" && !persisted) return;
    const ours = key === name;
    if (type === "storage" && !ours && key !== null) return;
    // Frames of one tab share another area, whose records are not this one's.
    const stored = ours && storageArea === localStorage;
    tell(number, stored ? STORED : KINDS.indexOf(type), visible(), newValue);
  };
const listen = (listener, on, kind) => {
  const { document, window } = globalThis;
  const target = KINDS.indexOf(kind) < OF_DOCUMENT ? document : window;
  // Some servers and test runners have a part of a page only.
  if (document) target?.[on ? "addEventListener" : "removeEventListener"]?.(kind, listener);
};
/** Listens to all but `beforeunload`. True where this is the page of a tab, and no frame in it. */
export const open = (listener) => {
  for (const kind of KINDS) if (kind !== UNLOAD) listen(listener, true, kind);
  return !!globalThis.document && globalThis.parent === globalThis.window;
};
export const close = (listener) => {
  for (const kind of KINDS) listen(listener, false, kind);
};
export const watchUnload = (listener, on) => listen(listener, on, UNLOAD);

/** Goes to this URL, unless its page is this one. */
export const leave = (url) => {
  try {
    const { location } = document;
    const { origin, pathname } = new URL(url);
    if (location.origin !== origin || location.pathname !== pathname) location.assign(url);
  } catch {}
};
