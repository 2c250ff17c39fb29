// What is read of an answer, which may be a mock's: any member may be missing, or throw.

const get = (target, name) => {
  try {
    return target[name];
  } catch {}
};

export const statusOf = (response) => Number(get(response, "status"));
export const isRedirected = (response) => !!get(response, "redirected");
export const urlOf = (response) => get(response, "url");
const placeOf = (url) => url.split(/[?#]/)[0];
/** Whether it came from this page after a redirect; both URLs are absolute. */
export const isMovedTo = (response, page) => isRedirected(response) && placeOf(`${urlOf(response)}`) === placeOf(page);
/** A header as text; an empty one where there is none. */
export const headerOf = (response, name) => {
  try {
    return `${response.headers.get(name) ?? ""}`;
  } catch {
    return "";
  }
};
/** A copy for code of the app's. */
export const copyOf = (response) => {
  try {
    return response.clone();
  } catch {}
};
/** Lets go of a body that nobody will read. */
export const cancelBody = async (response) => {
  try {
    await response.body?.cancel();
  } catch {}
};
