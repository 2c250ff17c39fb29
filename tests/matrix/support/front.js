// The API that wants tokens, in front of a framework's own server: one origin for the page, with no setting of the
// framework's.

import { request as ask } from "node:http";
import { connect } from "node:net";
import { api } from "../../package/support.js";

const HOST = "127.0.0.1";

function forward(request, response, port) {
  const { method, url: path } = request;
  const headers = { ...request.headers, host: `${HOST}:${port}` };
  const forwarded = ask({ host: HOST, port, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  forwarded.once("error", () => response.destroy());
  request.pipe(forwarded);
}

/** WebSockets, by which development servers tell of changes. */
function upgrade(request, socket, head, port) {
  const headers = { ...request.headers, host: `${HOST}:${port}` };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const upstream = connect(port, HOST, () => {
    upstream.write(`${request.method} ${request.url} HTTP/1.1\r\n${lines.join("")}\r\n`);
    upstream.write(head);
    socket.pipe(upstream).pipe(socket);
  });
  for (const [one, other] of [
    [socket, upstream],
    [upstream, socket],
  ])
    one.on("error", () => {}).once("close", () => other.destroy());
}

/** `api` whose pages are those of the server on this port. */
export async function inFrontOf(port) {
  const front = await api((response, _pathname, request) => forward(request, response, port));
  front.server.on("upgrade", (request, socket, head) => upgrade(request, socket, head, port));
  return front;
}
