import { auth } from "./auth.js";

const REFUSED = 4401;

// A page cannot set headers on a WebSocket: the token is its first message, and the server answers it or closes.
function open(url, token) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.onopen = () => socket.send(token);
    socket.onmessage = () => resolve(socket);
    socket.onclose = reject;
  });
}

export async function connect(url) {
  const token = await auth.getAccessToken();
  try {
    return await open(url, token);
  } catch (closed) {
    if (closed.code !== REFUSED) throw closed;
    return open(url, await auth.getAccessToken({ rejected: token }));
  }
}
