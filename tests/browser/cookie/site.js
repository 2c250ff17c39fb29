// A site whose session is in cookies, behind the `fetch` option. What it is sent is noted. Each path answers what it was
// told to, the next answer first; otherwise 200, or 401 while the session is over. `/refresh` begins it anew.

const made = ({ status, body = null, headers, redirected, url, error, opaque }) => {
  if (error) throw new TypeError(error);
  const response = opaque
    ? Response.error()
    : new Response(/^(204|205|304)$/.test(status) ? null : body, { status, headers });
  if (opaque) Object.defineProperty(response, "type", { value: "opaqueredirect" });
  if (redirected) Object.defineProperty(response, "redirected", { value: true });
  if (url) Object.defineProperty(response, "url", { value: url });
  return response;
};

class Site {
  seen = [];
  answers = new Map();
  held = new Map();
  over = false;
  refused = false;

  /** The next answer of a path, as `made` takes it. */
  answer(path, answer) {
    this.answers.set(path, [...(this.answers.get(path) ?? []), answer]);
  }
  hold(path) {
    this.held.set(path, []);
  }
  release(path) {
    for (const go of this.held.get(path) ?? []) go();
    this.held.delete(path);
  }
  fetch = (input, init) => {
    const request = new Request(input, init);
    const { origin, pathname } = new URL(request.url);
    const { credentials, headers, method } = request;
    const one = { origin, path: pathname, method, credentials, init, headers: Object.fromEntries(headers), body: "" };
    this.seen.push(one);
    const body = request.clone().text();
    body.then(
      (text) => (one.body = text),
      () => {},
    );
    return new Promise((done, failed) => {
      const { signal } = request;
      const stop = () => failed(signal.reason);
      if (signal.aborted) return stop();
      signal.addEventListener("abort", stop);
      const answer = () => {
        try {
          done(made(this.next(pathname)));
        } catch (error) {
          failed(error);
        }
      };
      const held = this.held.get(pathname);
      if (held) held.push(answer);
      else answer();
    });
  };
  next(path) {
    const told = this.answers.get(path)?.shift();
    if (told) return told;
    if (path !== "/refresh") return { status: this.over ? 401 : 200, body: "{}" };
    if (this.refused) return { status: 401 };
    this.over = false;
    return { status: 204 };
  }
}

export const site = () => new Site();
/** The value of a cookie that scripts may read. */
export const setCookie = (name, value) => {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is not in every browser
  document.cookie = `${name}=${value}; path=/${value ? "" : "; max-age=0"}`;
};
export const script = (text) => new Function(`return (${text})`)();
