// Frameworks that render on a server and are built by Vite.

import { APP } from "../../package/support.js";
import { answerOf, burstModule, pageOf, served } from "../support/check.js";

/** Builds, starts, and has the page and the server's own code make the calls. */
async function builtAndServed(app, row, browser, { build, start, page, server: [title, path] }) {
  await app.run(...build);
  const server = await app.start(...start);
  try {
    await row(page, () => pageOf(browser, server.port));
    await row(title, () => served((origin) => answerOf(`${server.origin}${path}?origin=${origin}`)));
  } finally {
    server.close();
  }
}

const ICON = '<link rel="icon" href="data:,">';
const ENTRY = 'import "authfetch"';

export const nuxt = {
  name: "Nuxt",
  packages: { nuxt: 4 },
  version: "nuxt",
  node: 24,
  rows: { "Nuxt 4, page": ENTRY, "Nuxt 4, server route": ENTRY },
  async run(app, row, { browser }) {
    app.write("nuxt.config.ts", 'export default defineNuxtConfig({ compatibilityDate: "2025-07-15" });\n');
    app.write("app/app.vue", `<script setup>${APP}</script><template><main>{{ auth.state }}</main></template>\n`);
    app.write("server/routes/icon.js", "export default defineEventHandler(() => null);\n");
    app.write("server/utils/calls.js", burstModule());
    const route = "export default defineEventHandler((event) => burst(getQuery(event).origin));\n";
    app.write("server/api/burst.js", route);
    await builtAndServed(app, row, browser, {
      build: ["nuxt", ["build"]],
      start: [null, () => [".output/server/index.mjs"]],
      page: "Nuxt 4, page",
      server: ["Nuxt 4, server route", "/api/burst"],
    });
  },
};

export const sveltekit = {
  name: "SvelteKit",
  packages: { "@sveltejs/kit": "latest", "@sveltejs/vite-plugin-svelte": "latest", svelte: 5, vite: 8 },
  version: "@sveltejs/kit",
  node: 24,
  rows: { "SvelteKit, page": ENTRY, "SvelteKit, endpoint": ENTRY },
  async run(app, row, { browser }) {
    const config = 'import { sveltekit } from "@sveltejs/kit/vite";\nexport default { plugins: [sveltekit()] };\n';
    app.write("vite.config.js", config);
    const body = "<body><div>%sveltekit.body%</div></body>";
    app.write("src/app.html", `<!doctype html><html lang="en"><head>${ICON}%sveltekit.head%</head>${body}</html>\n`);
    app.write("src/routes/+page.svelte", `<script>${APP}</script>\n<main>{auth.state}</main>\n`);
    app.write("src/burst.js", burstModule());
    const answer = 'Response.json(await burst(url.searchParams.get("origin")))';
    const endpoint = `import { burst } from "../../burst.js";\nexport const GET = async ({ url }) => ${answer};\n`;
    app.write("src/routes/burst/+server.js", endpoint);
    await builtAndServed(app, row, browser, {
      build: ["vite", ["build"]],
      start: ["vite", (port) => ["preview", "--host", "127.0.0.1", "--port", port]],
      page: "SvelteKit, page",
      server: ["SvelteKit, endpoint", "/burst"],
    });
  },
};

export const astro = {
  name: "Astro",
  packages: { astro: "latest", "@astrojs/node": "latest" },
  version: "astro",
  node: 24,
  rows: { "Astro, page": ENTRY, "Astro, endpoint": ENTRY },
  async run(app, row, { browser }) {
    const adapter = 'output: "server", adapter: node({ mode: "standalone" })';
    app.write("astro.config.mjs", `import node from "@astrojs/node";\nexport default { ${adapter} };\n`);
    const head = `<html lang="en"><head><title>app</title>${ICON}</head>`;
    const constructs = 'import { AuthFetch } from "authfetch";\nconst { state } = new AuthFetch();';
    const page = `---\n${constructs}\n---\n${head}<body><main>{state}</main><script>${APP}</script></body></html>\n`;
    app.write("src/pages/index.astro", page);
    app.write("src/burst.js", burstModule());
    const answer = 'Response.json(await burst(url.searchParams.get("origin")))';
    app.write(
      "src/pages/burst.js",
      `import { burst } from "../burst.js";\nexport const GET = async ({ url }) => ${answer};\n`,
    );
    await builtAndServed(app, row, browser, {
      build: ["astro", ["build"]],
      start: [null, () => ["dist/server/entry.mjs"]],
      page: "Astro, page",
      server: ["Astro, endpoint", "/burst"],
    });
  },
};
