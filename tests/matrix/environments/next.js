// A Next app, built by each of its bundlers: a page, a route handler, and middleware at the edge.

import { APP } from "../../package/support.js";
import { answerOf, burstModule, pageOf, served } from "../support/check.js";

const LAYOUT = `
export default function Layout({ children }) {
  return <html lang="en"><head><link rel="icon" href="data:," /></head><body>{children}</body></html>;
}
`;

/** The component constructs at module scope, on the server too, and shows what it is told of the session. */
const PAGE = `"use client";
import { useSyncExternalStore } from "react";
${APP}
export default function Page() {
  const session = useSyncExternalStore(auth.subscribe, () => auth.session, () => null);
  return <main id="app">{session ? session.accessToken : "signed out"}</main>;
}
`;

const ROUTE = `
import { burst } from "../../burst.js";
export const GET = async (request) => Response.json(await burst(request.nextUrl.searchParams.get("origin")));
`;

const MIDDLEWARE = `
import { NextResponse } from "next/server";
import { burst } from "./burst.js";
export const config = { matcher: "/edge" };
const told = ({ message }) => new NextResponse(message, { status: 500 });
export const middleware = ({ nextUrl }) =>
  burst(nextUrl.searchParams.get("origin")).then((found) => NextResponse.json(found), told);
`;

const BUNDLERS = { Turbopack: ["--turbopack"], webpack: ["--webpack"] };
const titles = (bundler) => [`${bundler}, page`, `${bundler}, route handler`, `${bundler}, edge middleware`];
const rows = Object.keys(BUNDLERS).flatMap((bundler) => titles(bundler).map((title) => `Next 16, ${title}`));

/** Builds the app and starts it. */
async function open(app, flags) {
  await app.run("next", ["build", ...flags]);
  return app.start("next", (port) => ["start", "--hostname", "127.0.0.1", "--port", port]);
}

export const next = {
  name: "Next",
  packages: { next: 16, react: 19, "react-dom": 19 },
  version: "next",
  node: 24,
  rows: Object.fromEntries(rows.map((row) => [row, 'import "authfetch"'])),
  async run(app, row, { browser }) {
    app.write("app/layout.js", LAYOUT);
    app.write("app/page.js", PAGE);
    app.write("app/route/route.js", ROUTE);
    app.write("burst.js", burstModule());
    for (const [bundler, flags] of Object.entries(BUNDLERS)) {
      const [page, route, edge] = titles(bundler).map((title) => `Next 16, ${title}`);
      app.write("middleware.js", MIDDLEWARE);
      const opened = await open(app, flags).catch(async (error) => {
        // What the edge does not take must not stand for the rest of the app.
        await row(edge, () => Promise.reject(error));
        app.delete("middleware.js");
        return open(app, flags);
      });
      const asked = (path) => () => served((origin) => answerOf(`${opened.origin}${path}?origin=${origin}`));
      await row(page, () => pageOf(browser, opened.port));
      await row(route, asked("/route"));
      if (app.has("middleware.js")) await row(edge, asked("/edge"));
      opened.close();
    }
  },
};
