// What calls that wait for a refresh hold of the page's memory, in Chromium: no other browser tells.

/** How many wait in the tables that show how time and memory grow. */
export const COUNTS = [1_000, 10_000, 40_000];

/** Bytes of both heaps, the script's and the document's, when what can be collected has been. */
async function heap(session) {
  // What is told of a first collection is let go by the next.
  for (let n = 0; n < 3; n++) await session.send("HeapProfiler.collectGarbage");
  const { usedSize, embedderHeapUsedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize + embedderHeapUsedSize;
}

/** How often as many have waited before anything is measured: by then the engine's own tables have their size. */
const WARM_UP = 3;

/**
 * For each count: what is held while they wait, and what is left afterwards. The memory of wasm never shrinks: it is
 * told how large it has become, and what each count adds.
 */
export async function printMemory(page, call, { names, print, cell }) {
  const session = await page.createCDPSession().catch(() => undefined);
  if (!session) return;
  const kib = (bytes) => (bytes / 1024).toFixed(0);
  const rows = [];
  for (const name of names) {
    const first = await call("wasmBytes");
    for (const count of COUNTS) {
      for (let n = 0; n < WARM_UP; n++) {
        await call("hold", name, count);
        await call("letGo");
      }
      const [before, wasmBefore] = [await heap(session), await call("wasmBytes")];
      await call("hold", name, count);
      const held = (await heap(session)) - before;
      await call("letGo");
      const left = (await heap(session)) - before;
      const wasm = await call("wasmBytes");
      rows.push([
        name,
        `${count}`,
        kib(held),
        cell(held / count),
        kib(left),
        kib(wasm - first),
        kib(wasm - wasmBefore),
      ]);
    }
  }
  await session.detach();
  const head = ["", "calls", "heaps hold", "bytes a call", "left afterwards", "wasm since the first", "added now"];
  print("Memory of calls that wait for one refresh, KiB", head, rows);
}
