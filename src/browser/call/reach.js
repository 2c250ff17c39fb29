// What is remembered of URLs.

import { statusOf } from "./answer.js";

const KNOWN_URLS = 512;

/** 0 where nothing is remembered of this URL, 1 for no, the number of what it names for yes. */
export const recall = ({ verdicts }, url) => verdicts.get(url) ?? 0;
export const remember = ({ verdicts }, url, verdict) => {
  if (verdicts.size >= KNOWN_URLS) verdicts.clear();
  verdicts.set(url, verdict);
};
/** Warns on the console, once per origin, where the answer is a 401. */
export const watch = ({ warned }, promise, origin) =>
  void promise.then(
    (response) => {
      if (statusOf(response) !== 401 || warned.has(origin)) return;
      warned.add(origin);
      console.warn(`authfetch: 401 from ${origin}, where no token is sent. Option \`origins\` names where it may go.`);
    },
    () => {},
  );
