// Firebase's Auth emulator itself, of firebase-tools, in a process of its own: nothing is downloaded for it. Its clock
// is the test's, which tells it how far that has been moved.

import { createRequire } from "node:module";
import { moveClock } from "./clock.js";

const [folder, project] = process.argv.slice(2);
const { createApp } = createRequire(`${folder}/`)("firebase-tools/lib/emulator/auth/server.js");
const app = await createApp(project);
const server = app.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
process.on("message", ({ ms }) => {
  moveClock(ms);
  process.send({ moved: ms });
});
