// A back end whose session is the cookie `session`: each refresh sets the next number, and only the last one is good.

import { json } from "./http.js";

/** The value of a cookie of this request. */
export const cookieOf = ({ headers }, name) => new RegExp(`\\b${name}=([^;]*)`).exec(headers.cookie ?? "")?.[1];

/** `csrf`: the value that `/auth/**` wants in the header X-CSRFToken; without one it is not looked at. */
export function cookieSession({ csrf } = {}) {
  let good = 0;
  const set = (response, status, body) =>
    json(response, status, body, { "set-cookie": `session=${++good}; HttpOnly; Path=/` });
  const isForged = ({ headers }) => csrf !== undefined && headers["x-csrftoken"] !== csrf;
  return {
    expire: () => void good++,
    /** Whether this request is of the session. */
    isGood: (request) => Number(cookieOf(request, "session")) === good,
    routes: {
      "/auth/login": (request, response) =>
        isForged(request) ? json(response, 403) : set(response, 200, { expires_in: 60, user: "ann" }),
      "/auth/refresh"(request, response) {
        if (isForged(request)) json(response, 403);
        else if (!cookieOf(request, "session")) json(response, 401);
        else set(response, 204);
      },
      "/auth/logout": (request, response) => json(response, isForged(request) ? 403 : 204),
    },
  };
}
