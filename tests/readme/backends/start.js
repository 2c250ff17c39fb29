// The real back ends that recipes of the documentation name.

import { dirname, join } from "node:path";
import { nodeCommand, pythonCommand, start } from "../../support/backend.js";

const from = (name) => join("tests", "readme", "backends", name);
const COMMANDS = {
  nest: () => nodeCommand("nest", { from: from("nest"), marker: join("@nestjs", "core") }),
  mcp: () => nodeCommand("mcp", { from: from("mcp"), marker: join("@modelcontextprotocol", "sdk") }),
  simplejwt: () => pythonCommand("simplejwt", { from: from("simplejwt") }),
};

/** The folder of one in JavaScript, with its packages. */
export const installedBackend = async (name) => dirname((await COMMANDS[name]())[1]);

export const startBackend = async (name) => start(await COMMANDS[name]());
