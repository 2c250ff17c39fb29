// Where this runs.

/** 0 in a page, 1 in a worker, 2 on a server. Some servers have the class of a worker's globals too. */
export const host = () =>
  globalThis.document ? 0 : typeof WorkerGlobalScope === "function" && globalThis instanceof WorkerGlobalScope ? 1 : 2;
