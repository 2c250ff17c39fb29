// A caller's request, taken down in the turn it was given in, so that it can be sent later, or again, byte for byte. A
// string or URL stays what it is; a Request is copied. Headers go out as pairs, so that names keep their case. Whether
// it is sent, and how often, is decided in Rust.

import { cancel, get, isObject } from "../foreign.js";

const { toString: classText } = Object.prototype;
const tag = (value) => classText.call(value).slice(8, -1);
export const given = (value) => value !== undefined && value !== null;

/** A member of `init`, or else of the Request; `signal: null` in `init` removes the Request's. */
export const member = ({ init, isRequest, target }, name) => {
  const own = init[name];
  return own === undefined && isRequest ? target[name] : own;
};
export const urlOf = ({ url }) => url;
export const numberOf = ({ number }) => number;
export const signalOf = ({ signal }) => signal;
export const aborted = ({ signal }) => !!get(signal, "aborted");
/** What has been thrown. */
export const errorOf = ({ error }) => error;
export const reason = ({ signal }) => get(signal, "reason");
/** The caller's own header of this name. */
export const header = ({ init: { headers }, isRequest, target }, name) => {
  if (headers === undefined) return isRequest ? target.headers.get(name) : undefined;
  const wanted = name.toLowerCase();
  return headers.find((pair) => pair && String(pair[0]).toLowerCase() === wanted)?.[1];
};
/** What goes along with the target: the caller's `init`, with a header of ours where that has a value, and our signal. */
const initWith = ({ init, isRequest, joined, target }, name, value, signal) => {
  if (isRequest) {
    if (value !== undefined) target.headers.set(name, value);
    // Its own signal is that of all its sends; any member would reset these.
    const { referrer, referrerPolicy } = target;
    return signal === joined ? undefined : { referrer, referrerPolicy, signal };
  }
  const own = { ...init };
  if (value !== undefined) own.headers = [...(init.headers ?? []), [name, value]];
  own.signal = signal;
  return own;
};
/** Whether it carries the value against request forgery: where the caller has set none. */
const takesCsrf = (it, { csrf }) =>
  csrf?.covers(member(it, "method")) && !(it.hasCsrf ??= given(header(it, csrf.header)));
/** Sends it with that value; where the value is refused, once more, if it can be. That leaves it as it was. */
const sendWithCsrf = (it, underlying, signal) => {
  const { csrf } = underlying;
  const renew = () => {
    it.copy = undefined;
    keepReplay(it, Infinity);
  };
  const once = (value) => underlying.call(it.target, initWith(it, csrf.header, value, signal));
  const again = () => {
    const can = replayable(it);
    if (can) {
      useReplay(it);
      renew();
    }
    return can;
  };
  if (it.isUsed) renew();
  return csrf.send(it.number, signal, once, again);
};
/** Sends it, with our header where there is a value for it. */
export const sendWith = (it, { header, underlying }, value, signal) =>
  takesCsrf(it, underlying)
    ? sendWithCsrf(it, underlying, signal)
    : underlying.call(it.target, initWith(it, header, value, signal));
/** The same with the token that calls carry, where it `bears` one. */
export const send = (it, instance, bears, signal) =>
  sendWith(it, instance, bears ? instance.carried.value : undefined, signal);
/** Sends it without a session, whose end it does not follow. */
export const sendBare = (it, { limit, underlying }) => {
  const signal = it.signal ?? null;
  if (!takesCsrf(it, underlying))
    return underlying.call(it.target, it.isRequest ? initWith(it, "", undefined, signal) : initOf(it));
  keepReplay(it, limit);
  return sendWithCsrf(it, underlying, signal);
};
/** None where it says nothing. */
const initOf = ({ init }) => (isObject(init) && Object.keys(init).length === 0 ? undefined : init);
/** Hands it on as it came. Where its header is our own, it came to us from what we called. */
export const pass = (it, { carried, header: name, underlying }, hasHeader) =>
  underlying.call(it.target, initOf(it), hasHeader && header(it, name) === carried?.value);

/** Whether it may be sent once at most: its 401 is its answer. */
export const isOnce = (it) => it.isOnce;
/** Whether it may reach the server twice: a GET or HEAD that may be sent again and does not outlive the page. */
export const repeatable = (it) => {
  const method = member(it, "method");
  // What is no text is read by the native function alone, and may throw.
  const isRead = method === undefined || (typeof method === "string" && /^(GET|HEAD)$/i.test(method));
  return isRead && !it.isOnce && !member(it, "keepalive");
};
export const streams = ({ isOnce, stream }) => !!stream && !isOnce;
/** Whether it can be sent again. */
export const replayable = ({ copy, isOnce, stream }) => !isOnce && (stream ? stream.kept : copy !== null);
/**
 * In the caller's turn: the copy that a second send needs, of at most `limit` bytes, and with `waits` the first one too,
 * since the caller may change the body meanwhile. The copy for the first one is held whatever its size, as the native
 * function would.
 */
export const keepReplay = (it, limit, waits) => {
  if (it.copy !== undefined) return;
  try {
    if (it.isRequest) it.isOnce || keepRequest(it, limit);
    else if (waits || !it.isOnce) keepBody(it, limit, waits);
  } catch {
    it.copy = null;
  }
};
const keepBody = (it, limit, waits) => {
  const { body } = it.init;
  if (!isObject(body)) return;
  if (tag(body) === "ReadableStream") return keepStream(it, body, limit);
  it.copy = copied(body, waits ? Infinity : limit);
  if (waits) it.init.body = it.copy;
};
const keepRequest = (it, limit) => {
  const { target } = it;
  if (/^(GET|HEAD)$/.test(target.method)) return;
  const copy = target.clone();
  if (fromStream(copy)) {
    cancel(copy.body);
    keepStream(it, target.body, limit);
  } else {
    // The question has used the first copy up, where there is a body to be seen.
    it.copy = copy.bodyUsed ? target.clone() : copy;
  }
};
/** A stream that something else reads already is left to the native function, which refuses it. */
const keepStream = (it, body, limit) => {
  it.copy = null;
  if (body.locked) return;
  it.stream = noteDown(body, it.isOnce ? 0 : limit);
  putBody(it, it.stream.first);
};
const putBody = (it, body) => {
  if (it.isRequest) it.target = withBody(it.target, body);
  else it.init.body = body;
};
/** The copy is not needed any more: what is noted is forgotten, a second branch is cancelled. A URL has none. */
export const releaseReplay = ({ copy, isRequest, stream }) => {
  stream?.drop();
  if (isRequest) cancel(copy?.body);
};
/** From now on the copy is what is sent, and there is no other. */
export const useReplay = (it) => {
  const { copy } = it;
  if (streams(it)) putBody(it, it.stream.again());
  else if (copy && it.isRequest) it.target = copy;
  else if (copy) it.init.body = copy;
  it.copy &&= null;
  it.isUsed = true;
  it.stream = undefined;
};
/** A stream that was never sent is cancelled with the reason. */
export const abandon = ({ init, isRequest, target }, reason) => void cancel((isRequest ? target : init).body, reason);

/** A copy of a body that the caller could change; the same object where he cannot; `null` where a copy is too large. */
const copied = (body, limit) => {
  const kind = tag(body);
  if (kind === "FormData") {
    const copy = new FormData();
    for (const [name, value] of body) copy.append(name, value);
    return copy;
  }
  if (kind === "URLSearchParams") return new URLSearchParams(body);
  const byteLength = get(body, "byteLength");
  if (typeof byteLength !== "number") return body;
  if (byteLength > limit) return null;
  return ArrayBuffer.isView(body)
    ? new Uint8Array(body.buffer, body.byteOffset, byteLength).slice()
    : new Uint8Array(body).slice();
};

/**
 * Whether a Request's body comes from a stream, which nothing tells but this: only such a Request may not become one
 * without CORS (Fetch, constructor of Request). A Request whose body does not is used up by the question.
 */
const fromStream = (request) => {
  if (!request.body) return false;
  try {
    new Request(request, { method: "POST", mode: "no-cors" });
    return false;
  } catch {
    return true;
  }
};
/** The same request with another body: everything that a second argument resets is said again. */
const withBody = (request, body) => {
  const { referrer, referrerPolicy } = request;
  return new Request(request, { body, duplex: "half", referrer, referrerPolicy });
};

/**
 * A stream as it goes out (`first`), and what it takes to send it again: what has passed is noted, up to `limit` bytes,
 * and the rest is still in its source. Nothing is read before it is asked for, so that its source sees what it would
 * see without us.
 */
const noteDown = (source, limit) => {
  const reader = source.getReader();
  let noted = [];
  let room = limit;
  let reading;
  let repeated = false;
  const note = ({ done, value }) => {
    if (done || !noted) return;
    room -= value?.byteLength;
    if (room >= 0) noted.push(value.slice());
    else noted = undefined;
  };
  const read = async () => {
    const chunk = await (reading = reader.read());
    note(chunk);
    reading = undefined;
    return chunk;
  };
  const give = (controller, { done, value }) => (done ? controller.close() : controller.enqueue(value));
  const stream = (pull, current) =>
    new ReadableStream(
      { pull, cancel: (reason) => (current() ? ((noted = undefined), reader.cancel(reason)) : undefined) },
      { highWaterMark: 0 },
    );
  const first = stream(
    async (controller) => (repeated ? controller.error() : give(controller, await read())),
    () => !repeated,
  );
  return {
    first,
    /** Whether it can be sent again. */
    get kept() {
      return !!noted;
    },
    drop: () => void (noted = undefined),
    again() {
      const chunks = noted;
      repeated = true;
      room = Infinity;
      return stream(
        async (controller) => {
          // What the first one has asked for comes to it, and is noted.
          if (reading && !chunks.length) await reading.then(() => {});
          give(controller, chunks.length ? { value: chunks.shift() } : await reader.read());
        },
        () => true,
      );
    },
  };
};
