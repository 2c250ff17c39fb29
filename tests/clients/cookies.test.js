// A client in a cookie session: docs/recipes/cookies.md.

import assert from "node:assert/strict";
import { test } from "node:test";
import { useBrowser } from "../support/browser.js";
import { cookieSession } from "../support/cookie-session.js";
import { html, moduleScript } from "../support/html.js";
import { json, serve } from "../support/http.js";
import { hasGlobal, newPage } from "../support/page.js";
import { bundle } from "./support/bundle.js";

const skip =
  process.env.AUTHFETCH_TEST_POLICY && "Angular compiles its templates in the page here, which needs 'unsafe-eval'";
const browser = useBrowser("chromium");

const ENTRY = `
import { auth } from "./recipes/auth.js";
import { read, write } from "./drivers/angular.ts";
Object.assign(globalThis, { auth, read, write });
`;

test("Angular's HttpClient in a cookie session", { skip }, async (t) => {
  const session = cookieSession();
  const script = await bundle(ENTRY, { auth: "cookie.js" });
  const paths = [];
  const server = await serve((request, response, { pathname }) => {
    if (pathname === "/app.js") return response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    if (pathname === "/") {
      response.writeHead(200, { "content-type": "text/html", "set-cookie": "XSRF-TOKEN=value" });
      return response.end(html("client", `<main id="app"></main>${moduleScript("/app.js")}`));
    }
    paths.push([pathname, request.headers["x-xsrf-token"], request.headers.authorization]);
    const route = session.routes[pathname];
    return route ? route(request, response) : json(response, session.isGood(request) ? 200 : 401, { n: 7 });
  });
  const { page } = await newPage(await browser());
  t.after(async () => {
    await page.close();
    await server.close();
  });
  await page.goto(`${server.origin}/`);
  await hasGlobal(page, "write");
  await page.evaluate(() => fetch("/auth/login", { method: "POST" }).then(() => auth.signedIn()));
  session.expire();
  paths.length = 0;
  const read = () => Promise.all(Array.from({ length: 5 }, (_, n) => globalThis.read(n, new AbortController().signal)));
  assert.deepEqual(await page.evaluate(read), [7, 7, 7, 7, 7]);
  assert.equal(paths.filter(([path]) => path === "/auth/refresh").length, 1);
  paths.length = 0;
  session.expire();
  await page.evaluate(() => write({ a: 1 }, new AbortController().signal));
  assert.deepEqual(paths, [
    ["/api/echo", "value", undefined],
    ["/auth/refresh", undefined, undefined],
    ["/api/echo", "value", undefined],
  ]);
});
