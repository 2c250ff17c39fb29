// What the API answers to an accepted token, in the manner of each kind of client: `n` in, `n` out, and a written body
// back.

import { initTRPC } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { json } from "../../support/http.js";

const trpc = initTRPC.create();
const router = trpc.router({
  item: trpc.procedure.input(Number).query(({ input }) => ({ n: input })),
  write: trpc.procedure.input((value) => value).mutation(({ input }) => input),
});

/** Two operations without a schema: the clients under test do not look at one. */
function graphql({ response, body }) {
  const { query, variables } = JSON.parse(body);
  const data = /\bmutation\b/.test(query)
    ? { write: { __typename: "Note", text: variables.text } }
    : { item: { __typename: "Item", id: String(variables.n), n: variables.n } };
  json(response, 200, { data });
}

async function remoteProcedure({ request, response, url, body }) {
  const init = { method: request.method, headers: { "content-type": request.headers["content-type"] ?? "" } };
  if (request.method !== "GET") init.body = body;
  const answer = await fetchRequestHandler({ endpoint: "/api/trpc", req: new Request(url, init), router });
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
}

/** As PostgREST answers: rows for a filter, the representation of what is inserted. */
function rest({ request, response, url, body }) {
  if (request.method === "GET")
    return json(response, 200, [{ n: Number(url.searchParams.get("n").replace("eq.", "")) }]);
  return json(response, 201, [].concat(JSON.parse(body)));
}

/** SignalR's first request: where the connection is to be made. */
function negotiate({ response }) {
  const availableTransports = [{ transport: "WebSockets", transferFormats: ["Text"] }];
  json(response, 200, { negotiateVersion: 1, connectionId: "c", connectionToken: "t", availableTransports });
}

/** Answers a request whose token has been accepted. */
export function answer(call) {
  const { response, url, body } = call;
  const at = (prefix) => url.pathname.startsWith(prefix);
  if (at("/api/items/")) return json(response, 200, { n: Number(url.pathname.split("/").at(-1)) });
  if (url.pathname === "/api/echo") return json(response, 200, JSON.parse(body));
  if (url.pathname === "/api/upload") return json(response, 200, { bytes: body.length });
  if (url.pathname === "/api/graphql") return graphql(call);
  if (at("/api/trpc/")) return remoteProcedure(call);
  if (at("/api/rest/v1/")) return rest(call);
  if (url.pathname === "/api/hub/negotiate") return negotiate(call);
  return json(response, 404, { error: "not_found" });
}
