// What may be code of the app's, or a mock's: any member may be missing, or throw.

export const isObject = (value) => typeof value === "object" && value !== null;
/** What it gives; `otherwise` where it throws. */
export const attempt = (read, otherwise) => {
  try {
    return read();
  } catch {
    return otherwise;
  }
};
/** A member. None is read of nothing: an error that is caught takes its time too. */
export const get = (target, name) => attempt(() => target?.[name]);
/** Cancels a stream that nobody will read. */
export const cancel = async (stream, reason) => {
  try {
    await stream?.cancel?.(reason);
  } catch {}
};
/** The same of a response's body. */
export const cancelBody = (response) => void cancel(get(response, "body"));
