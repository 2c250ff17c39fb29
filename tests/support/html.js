// The pages that tests serve, as text.

/** A page of this title. Its empty icon keeps the browser from asking for one. */
export const html = (title, rest) =>
  `<!doctype html><meta charset="utf-8"><title>${title}</title><link rel="icon" href="data:,">${rest}`;

export const moduleScript = (src) => `<script type="module" src="${src}"></script>`;

/** Lets modules import the built package by its name, where /dist/ is served. */
export const IMPORT_MAP = '<script type="importmap">{ "imports": { "authfetch": "/dist/index.js" } }</script>';
