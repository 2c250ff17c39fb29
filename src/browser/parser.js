// An object of options, checked by what Rust says that each member takes.

const { keys, values } = Object;
const { isArray } = Array;
const classText = (value) => Object.prototype.toString.call(value);
const typeOf = (value) => (value === null ? "null" : typeof value);
const isText = (value) => typeof value === "string";
/** What came, in a message: of an object its class alone, since it may bear a secret. */
const shown = (value) =>
  isText(value) ? JSON.stringify(value) : /object|function/.test(typeOf(value)) ? classText(value) : String(value);

const isUrl = (value) => isText(value) || classText(value) === "[object URL]";
/** `null` where there is no page to resolve a string against. */
const httpUrl = (value) => {
  if (!isUrl(value)) return;
  try {
    const url = new URL(value, globalThis.document?.baseURI ?? globalThis.location?.href);
    return /^https?:$/.test(url.protocol) ? url : undefined;
  } catch {
    return isText(value) && globalThis.location === undefined ? null : undefined;
  }
};
const ownOrigin = () => globalThis.location?.origin ?? "null";
export const isOwnOrigin = (url) => httpUrl(url)?.origin === ownOrigin();

const isMethod = (target, name) => {
  try {
    return typeof target[name] === "function";
  } catch {}
};
/** The place of a word among those that are quoted. */
const word = (value, takes) => {
  const at = takes.split(/, | or /).indexOf(shown(value));
  return at < 0 ? undefined : at;
};
/** Any string stands where there is no page: the request itself will tell. */
const url = (value) => {
  const url = httpUrl(value);
  return url === null ? value : url?.href;
};

/** What a member of a kind is read as; `undefined` where it is not of that kind, or absent. */
const KINDS = {
  __proto__: null,
  word,
  area: (value, takes) =>
    ["getItem", "setItem", "removeItem"].every((name) => isMethod(value, name)) ? value : word(value, takes),
  texts: (value = {}) =>
    typeOf(value) === "object" && values((value = { __proto__: null, ...value })).every(isText) ? value : undefined,
  /** What came instead may bear a secret. */
  headers: (value, _, refuse) => (/object|undefined/.test(typeOf(value)) ? value : refuse()),
  url,
  /** One that may not be absent. */
  target: (value, _, refuse) => url(value) ?? refuse(value),
  /** By default the page's own origin, unless that is opaque. */
  urls: (value = /^http/.test(ownOrigin()) ? [ownOrigin()] : [], _, refuse) => {
    if (typeof value === "function") return value;
    const urls = [];
    if (!isArray(value)) refuse(value);
    else
      for (const entry of value) {
        const url = httpUrl(entry);
        if (url) urls.push(url);
        // Where there is no page a relative prefix matches nothing, and is right where there is one.
        else if (url === undefined) refuse(entry);
      }
    return urls;
  },
};
/** Any other kind is types by name, a pattern, or the least number. */
const fits = (value, kind) =>
  RegExp(kind).test(isText(value) && kind[0] === "^" ? value : typeOf(value)) ||
  (typeof value === "number" && value >= kind);

export class Members {
  /** What the members are read as. */
  #read = { __proto__: null };
  given;
  fault;

  constructor(value, takes, outer, within, inherit) {
    const bare = outer && isUrl(value);
    const given = (this.given = { __proto__: null, ...(bare ? { url: value } : value) });
    if (bare) for (const name of ["clientId", "credentials"]) given[name] = inherit?.given[name];
    if (outer) this.refuse = (name, ...rest) => outer.refuse(bare ? within : `${within}.${name}`, ...rest);
    const known = [...takes.matchAll(/(\w+) (\S+) (.+)/g)];
    const unknown = keys(given).find((key) => !known.some(([, name]) => name === key));
    if (unknown !== undefined) this.refuse(unknown, undefined, "no such name");
    for (const [, name, kind, text] of known) {
      const value = given[name];
      const refuse = (value) => this.refuse(name, value, text);
      const taken = KINDS[kind] ? KINDS[kind](value, text, refuse) : fits(value, kind) ? value : undefined;
      if (taken === undefined && value !== undefined) refuse(value);
      this.#read[name] = taken;
    }
  }
  refuse(name, value, takes) {
    this.fault ??= `Option \`${name}\`: got ${shown(value)}, takes ${takes}.`;
  }
  /** What is called so is set to no use: of words, any but the first and the third. */
  refuseEach(names, takes) {
    for (const name of names.split(" ")) {
      const value = this.given[name];
      if (value !== undefined && value !== false && !(name === "storage" && this.#read[name] !== 1))
        this.refuse(name, value, takes);
    }
  }
  get(name, fallback) {
    return this.#read[name] ?? fallback;
  }
}
