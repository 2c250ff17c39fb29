// What `debug: true` says: a line on the console for each decision, and a measure on the performance timeline for each
// call and each refresh. Of a URL it says origin and path alone, of an error our own code alone: a token can be in all
// the rest.

const OURS = /^(logged_out|session_expired|refresh_failed|signed_out)$/;
/** What is under way, by its number. */
const traces = new Map();
let last = 0;

/** A console or a timeline that throws, or is missing, is felt by no call. */
const attempt = (say) => {
  try {
    return say();
  } catch {}
};
const place = (input) => {
  const { origin, pathname } = new URL(
    typeof input === "string" ? input : (input.url ?? input.href),
    globalThis.document?.baseURI,
  );
  return origin === "null" ? undefined : origin + pathname;
};

/** The number of a call, or of a refresh; where it goes, if that is known. */
export const begin = (kind, input) => {
  const url = attempt(() => place(input));
  traces.set(++last, { name: `${kind} ${last}`, url, start: attempt(() => performance.now()), why: [] });
  return last;
};
/** Without a number it is the session's own. */
export const note = (number, text) => {
  const { name, url, why } = traces.get(number) ?? {};
  why?.push(text);
  attempt(() => console.debug("authfetch", name ? `${name}${url ? ` ${url}` : ""}: ${text}` : text));
};
export const end = (number, text) => {
  note(number, text);
  const { name, url, start, why } = traces.get(number);
  traces.delete(number);
  attempt(() => performance.measure(`authfetch ${name}`, { start, detail: { url, why } }));
};
/** The same outcome, told on its way. */
export const follow = (number, promise) =>
  Promise.resolve(promise).then(
    (value) => (end(number, `delivered ${value?.status ?? ""}`.trim()), value),
    (error) => {
      end(number, OURS.test(error?.code) ? `rejected ${error.code}` : "rejected");
      throw error;
    },
  );

/** What has been warned of. */
const warned = new Set();
/**
 * How a revocation has ended. An error is warned of once, since nobody else sees it; of a request that failed the
 * browser tells by itself.
 */
export const revoked = (told, failed, answer, url) => {
  const redirected = !failed && attempt(() => answer.type) === "opaqueredirect";
  const status = failed ? undefined : redirected ? "a redirect" : attempt(() => answer.status);
  const at = attempt(() => place(url ?? (answer.url || undefined)));
  const text = `revocation${at ? ` ${at}` : ""}: ${failed ? "failed" : status ? `answered ${status}` : "done"}`;
  if (told) note(0, text);
  if (!(redirected || status >= 400 || (failed && !url)) || warned.has(text)) return;
  warned.add(text);
  attempt(() => console.warn(`authfetch: ${text}. The server may not know it.`));
};
