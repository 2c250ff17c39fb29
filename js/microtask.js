// What the glue calls in the place of the global function, which fake timers replace too: a microtask that they hold
// back, or forget, would be the last one that Rust's futures ever asked for.

export const queueMicrotask = (run) => void Promise.resolve().then(run);
