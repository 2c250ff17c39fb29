// Files: the demo's own, and the built package under /dist/. Every page goes out under a strict
// Content-Security-Policy.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { documentation } from "./docs.js";

const WWW = fileURLToPath(new URL("..", import.meta.url));
export const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Nothing but our own files and the wasm inside the package; the import map, the one inline script, by its hash. */
function policy(html) {
  const inline = [...html.matchAll(/<script type="importmap">([\s\S]*?)<\/script>/g)];
  const hashes = inline.map(([, text]) => ` 'sha256-${createHash("sha256").update(text).digest("base64")}'`);
  return [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval'${hashes.join("")}`,
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
}

/** The path of the file that answers this URL path, or null where there can be none. */
function fileFor(pathname, dist) {
  if (pathname === "/") return join(WWW, "index.html");
  const [base, rest] = pathname.startsWith("/dist/") ? [dist, pathname.slice(6)] : [WWW, pathname.slice(1)];
  const path = normalize(rest);
  const inside =
    !path.startsWith("..") &&
    !path.startsWith(sep) &&
    !path.includes("\0") &&
    !(base === WWW && path.startsWith("server"));
  return inside && TYPES[extname(path)] ? join(base, path) : null;
}

/** What is served under this path, as `{ type, content }`, or null. */
async function fileAt(pathname, dist) {
  const path = fileFor(pathname, dist);
  const content = path && (await readFile(path).catch(() => null));
  return content ? { type: TYPES[extname(path)], content } : documentation(pathname);
}

/** Answers with a file, or with a page of the documentation; false where there is none. */
export async function sendFile(res, pathname, { dist = DIST } = {}) {
  const { type, content } = (await fileAt(pathname, dist)) ?? {};
  if (!content) return false;
  const headers = {
    "content-type": type,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  };
  if (type.startsWith("text/html")) {
    headers["content-security-policy"] = policy(content.toString());
    headers["cross-origin-opener-policy"] = "same-origin";
  }
  res.writeHead(200, headers).end(content);
  return true;
}
