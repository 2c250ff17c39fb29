// A server of the Model Context Protocol over Streamable HTTP, by the protocol's own SDK, with one tool. Prints its
// port.

import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";

/** Session → its transport. */
const transports = new Map();

async function opened() {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => transports.set(id, transport),
  });
  const server = new McpServer({ name: "one-tool", version: "1.0.0" });
  server.registerTool("greet", { description: "Greets." }, () => ({ content: [{ type: "text", text: "Hello." }] }));
  await server.connect(transport);
  return transport;
}

const server = createServer(async (request, response) => {
  const transport = transports.get(request.headers["mcp-session-id"]) ?? (await opened());
  await transport.handleRequest(request, response);
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
