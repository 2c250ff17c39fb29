// Waiting for a condition, in Node as in a page: it imports nothing, so that both can load it. No test waits for a
// time.

/** How long a test waits for anything. */
export const PATIENCE = 60_000; // ms

/** Waits until this is so; `what` is named where it never is. Not by `Date`, which a test may have moved on. */
export async function until(condition, what = "a condition") {
  const end = performance.now() + PATIENCE;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
