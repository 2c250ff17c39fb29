// URLs, resolved against the page.

/** `undefined` where it is none. */
export const resolve = (value) => {
  try {
    return new URL(value, globalThis.document?.baseURI ?? globalThis.location?.href);
  } catch {}
};
