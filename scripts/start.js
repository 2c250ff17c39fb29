// `npm start`: installs what is missing, builds what has changed, and serves the demo until it is interrupted.

import { build } from "./build.js";
import { step } from "./run.js";
import { setup } from "./setup.js";

const FIRST_PORT = Number(process.env.PORT || 8080);
const PORTS_TO_TRY = 50;

async function serve() {
  // Imported only now: on a fresh machine its packages have just been installed.
  const { startDemoServer } = await import("../www/server/index.js");
  for (let port = FIRST_PORT; ; port++) {
    try {
      return await startDemoServer({ port });
    } catch (error) {
      if (error.code !== "EADDRINUSE" || port - FIRST_PORT >= PORTS_TO_TRY) throw error;
      process.stdout.write(`  port ${port} is taken\n`);
    }
  }
}

await setup({ browsers: false });
await step("package", build);
const server = await step("demo server", serve);
process.stdout.write(`\nThe demo is at ${server.url}\nPress Ctrl+C to stop.\n`);
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, async () => {
    await server.close();
    process.exit(0);
  });
}
