// A loopback server for pages in a browser: what the benches and the package's tests share. Nothing here knows the
// package.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

export { launch } from "../tests/support/browser.js";

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8" };

/** Answers with the file of that path under `folder`, or 404. */
export async function sendFile(folder, request, response, headers = {}) {
  const { pathname } = new URL(request.url, "http://localhost");
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

/** Serves on a free loopback port; resolves with the origin and `close()`. */
export async function serve(handler) {
  const server = createServer(handler);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, close };
}
