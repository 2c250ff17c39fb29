// A reporter for Node's test runner that is read by scripts/test.js: one line of JSON for each test that has ended.
// Suites are not counted, nor what is skipped.

export default async function* ended(events) {
  for await (const { type, data } of events) {
    const passed = type === "test:pass";
    if (!passed && type !== "test:fail") continue;
    if (data.details?.type === "suite" || data.skip !== undefined || data.todo !== undefined) continue;
    yield `${JSON.stringify({ name: data.name, passed })}\n`;
  }
}
