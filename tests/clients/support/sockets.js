// Two kinds of WebSocket beside the API: a plain one whose first message is the token, and a SignalR hub, whose token
// is in the URL.

import { WebSocketServer } from "ws";

const REFUSED = 4401;
/** SignalR ends each of its JSON messages with this. */
const END = "\u001e";

function plain(socket, validate) {
  socket.once("message", async (token) => {
    if (!(await validate(String(token)))) return socket.close(REFUSED);
    socket.on("message", (text) => socket.send(`echo ${text}`));
    socket.send("welcome");
  });
}

function hub(socket) {
  const send = (message) => socket.send(JSON.stringify(message) + END);
  socket.on("message", (text) => {
    for (const part of String(text).split(END).filter(Boolean)) {
      const { protocol, type, invocationId, arguments: given } = JSON.parse(part);
      if (protocol) send({});
      // An invocation, and its completion.
      if (type === 1) send({ type: 3, invocationId, result: `echo ${given[0]}` });
    }
  });
}

/** Takes the upgrades under /api/socket and /api/hub. */
export function openSockets(server, validate) {
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", async (request, connection, head) => {
    const url = new URL(request.url, "http://localhost");
    const good = url.pathname === "/api/socket" || (await validate(url.searchParams.get("access_token") ?? ""));
    if (!good) return connection.end("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n");
    sockets.handleUpgrade(request, connection, head, (socket) =>
      url.pathname === "/api/socket" ? plain(socket, validate) : hub(socket),
    );
  });
  return {
    /** Breaks every connection off, as a network does. */
    breakOff() {
      for (const socket of sockets.clients) socket.terminate();
    },
    close: () => sockets.clients.forEach((socket) => socket.terminate()),
  };
}
