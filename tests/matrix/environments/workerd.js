// Cloudflare's workerd, which Wrangler bundles for and runs by Miniflare.

import { answerOf, burstModule, served } from "../support/check.js";

const HANDLER = "workerd, constructed in a handler";
const MODULE = "workerd, constructed at module scope";

/** The worker answers at the root before it is asked. */
const worker = (source, call) => `
${source}
const told = ({ message }) => new Response(message, { status: 500 });
export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    return pathname === "/burst" ? ${call}.then((found) => Response.json(found), told) : new Response("ready");
  },
};
`;

/** Constructs outside of `burst`. */
const atModuleScope = (origin) => {
  const [before, construct, after] = burstModule().split(/^( *const auth = .*)$/m);
  return `const origin = "${origin}";\n${before.replace(/^export async function.*/m, `${construct}\n$&`)}${after}`;
};

export const workerd = {
  name: "workerd",
  packages: { wrangler: 4 },
  version: "workerd",
  node: 24,
  rows: { [HANDLER]: 'import "authfetch"', [MODULE]: 'import "authfetch"' },
  async run(app, row) {
    const config = { name: "worker", main: "worker.js", compatibility_date: "2026-07-01" };
    app.write("wrangler.json", JSON.stringify(config));
    const runs = (source) => () =>
      served(async (origin) => {
        app.write("worker.js", worker(source(origin), `burst("${origin}")`));
        const server = await app.start("wrangler", (port) => ["dev", "--ip", "127.0.0.1", "--port", port]);
        try {
          return await answerOf(`${server.origin}/burst`);
        } finally {
          server.close();
        }
      });
    await row(
      HANDLER,
      runs(() => burstModule()),
    );
    await row(MODULE, runs(atModuleScope));
  },
};
