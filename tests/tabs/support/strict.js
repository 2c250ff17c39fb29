// A token endpoint with strict rotation and reuse detection that answers at once: what counts here is how often it is
// asked.

let families = 0;

async function formOf(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return new URLSearchParams(text);
}

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
      const [, family, generation] = (await formOf(request)).get("refresh_token")?.split(".") ?? [];
      seen.tokenRequests++;
      const json = (status, body) =>
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      if (good.get(family) === Number(generation)) return json(200, next(family, Number(generation) + 1));
      if (good.delete(family)) seen.reuses++;
      return json(400, { error: "invalid_grant" });
    },
  };
}
