// How a client generated from a Smithy model uses its request handler.

import { HttpRequest } from "@smithy/protocol-http";

export function sending(handler) {
  const { protocol, hostname, port } = location;
  async function send(request, abortSignal) {
    const { response } = await handler.handle(new HttpRequest({ protocol, hostname, port: Number(port), ...request }), {
      abortSignal,
    });
    return new Response(response.body).json();
  }
  return {
    read: (n, signal) => send({ method: "GET", path: `/api/items/${n}` }, signal).then(({ n }) => n),
    write(value, signal) {
      const headers = { "content-type": "application/json" };
      return send({ method: "POST", path: "/api/echo", headers, body: JSON.stringify(value) }, signal);
    },
  };
}
