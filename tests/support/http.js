// A small HTTP server on loopback, and what its handlers need: to read a request, to answer with JSON or with a file.
// Node's own modules only.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createSecureServer } from "node:http2";
import { extname, join, normalize } from "node:path";
import { selfSigned } from "./certificate.js";

const HOST = "127.0.0.1";
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8" };

/** With a 401, as RFC 6750, section 3, has it. */
export const CHALLENGE = { "www-authenticate": 'Bearer error="invalid_token"' };

/** Of HTTP/2: a browser may have that many requests of a connection under way. */
const STREAMS = { maxConcurrentStreams: 512 };

/** A Content-Security-Policy for every answer that has none of its own. */
const POLICY = process.env.AUTHFETCH_TEST_POLICY;

const listen = (server, scheme) =>
  new Promise((resolve) => server.listen(0, HOST, () => resolve(`${scheme}://${HOST}:${server.address().port}`)));

/** The same of HTTP/2, and of nothing else, behind a certificate that a browser has to be told to take. */
function createSecure(listener) {
  const server = createSecureServer({ ...selfSigned(HOST), settings: STREAMS }, listener);
  const sessions = new Set();
  server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  server.closeAllConnections = () => sessions.forEach((session) => session.destroy());
  return server;
}

/**
 * Serves on a free port: `handler(request, response, url)`, by HTTP/1.1, or by HTTP/2 with `http2`. A handler that
 * throws breaks the connection, and is told on the console. Resolves with the `origin`, the `server`, and `close()`,
 * which ends what is open.
 */
export async function serve(handler, { http2 = false } = {}) {
  const server = (http2 ? createSecure : createServer)(async (request, response) => {
    try {
      if (POLICY) response.setHeader("content-security-policy", POLICY);
      await handler(request, response, new URL(request.url, `http://${HOST}`));
    } catch (error) {
      console.error(error);
      response.destroy();
    }
  });
  const origin = await listen(server, http2 ? "https" : "http");
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { origin, server, close };
}

/** A port that is free, for a server of another process. */
export async function freePort() {
  const { origin, close } = await serve(() => {});
  await close();
  return Number(new URL(origin).port);
}

/** The body of a request, or of a message of any other kind. */
export async function bytesOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export const textOf = async (request) => (await bytesOf(request)).toString();

/** Answers with this as JSON; with no body at all where there is none. */
export const json = (response, status, body, headers = {}) =>
  response
    .writeHead(status, { "content-type": "application/json", ...headers })
    .end(body === undefined ? "" : JSON.stringify(body));

/** Answers with the file of this path under `folder`, or 404. */
export async function sendFile(folder, pathname, response, headers = {}) {
  const path = normalize(pathname.endsWith("/") ? `${pathname}index.html` : pathname);
  try {
    const body = await readFile(join(folder, path));
    response
      .writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream", ...headers })
      .end(body);
  } catch {
    response.writeHead(404).end();
  }
}
