// What is read of an answer, which may be a mock's: any member may be missing, or throw.

import { attempt, get } from "../foreign.js";

export const statusOf = (response) => attempt(() => Number(response.status), NaN);
export const isRedirected = (response) => !!get(response, "redirected");
export const urlOf = (response) => get(response, "url");
const placeOf = (url) => url.split(/[?#]/)[0];
/** Whether it came from this page after a redirect; both URLs are absolute. */
export const isMovedTo = (response, page) => isRedirected(response) && placeOf(`${urlOf(response)}`) === placeOf(page);
/** A header as text; an empty one where there is none. */
export const headerOf = (response, name) => attempt(() => `${response.headers.get(name) ?? ""}`, "");
/** A copy for code of the app's. */
export const copyOf = (response) => attempt(() => response.clone());
