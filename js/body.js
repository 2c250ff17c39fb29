// Bodies that may have to be sent twice: copies of what the caller can change, and streams that are noted down as they
// pass. What is kept, for how long, and when it is sent is decided in Rust.

export const copyForm = (form) => {
  const copy = new FormData();
  for (const [name, value] of form) copy.append(name, value);
  return copy;
};
export const copyBytes = (bytes) =>
  ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength).slice()
    : new Uint8Array(bytes).slice();

/**
 * Whether a Request's body comes from a stream, which nothing tells but this: only such a Request may not become one
 * without CORS (Fetch, constructor of Request). A Request whose body does not is used up by the question.
 */
export const fromStream = (request) => {
  if (!request.body) return false;
  try {
    new Request(request, { method: "POST", mode: "no-cors" });
    return false;
  } catch {
    return true;
  }
};
/** The same request with another body: everything that a second argument resets is said again. */
export const withBody = (request, body) => {
  const { referrer, referrerPolicy } = request;
  return new Request(request, { body, duplex: "half", referrer, referrerPolicy });
};

/**
 * A stream as it goes out (`first`), and what it takes to send it again: what has passed is noted, up to `limit` bytes,
 * and the rest is still in its source. Nothing is read before it is asked for, so that its source sees what it would
 * see without us.
 */
export const passOn = (source, limit) => {
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
