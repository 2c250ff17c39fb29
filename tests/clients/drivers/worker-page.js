import { share } from "../recipes/worker-page.js";

let worker;
let asked = 0;

export function openWorker() {
  worker = new Worker("/worker.js", { type: "module" });
  share(worker);
}

/** Has the worker do this; resolves with what comes of it. */
export function inWorker(task, ...args) {
  const id = ++asked;
  const result = new Promise((resolve) =>
    worker.addEventListener("message", ({ data }) => data.id === id && resolve(data.result)),
  );
  worker.postMessage({ task, id, args });
  return result;
}
