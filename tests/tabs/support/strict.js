// A token endpoint with strict rotation and reuse detection that answers at once: what counts here is how often it is
// asked.

import { json, textOf } from "../../support/http.js";

let families = 0;

export function strictEndpoint() {
  /** The refresh token that is good, by its family; a family that is not here has been revoked. */
  const good = new Map();
  const seen = { tokenRequests: 0, reuses: 0 };

  function next(family, generation) {
    good.set(family, generation);
    return {
      access_token: `access.${family}.${generation}`,
      refresh_token: `refresh.${family}.${generation}`,
      expires_in: 600,
    };
  }

  return {
    seen,
    /** The first tokens of a new family. */
    tokens: () => next(`${++families}`, 0),
    async answer(request, response) {
      const form = new URLSearchParams(await textOf(request));
      const [, family, generation] = form.get("refresh_token")?.split(".") ?? [];
      seen.tokenRequests++;
      if (good.get(family) === Number(generation)) return json(response, 200, next(family, Number(generation) + 1));
      if (good.delete(family)) seen.reuses++;
      return json(response, 400, { error: "invalid_grant" });
    },
  };
}
