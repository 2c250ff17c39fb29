//! Futures as promises, and promises as futures.

use futures::future::{FutureExt, LocalBoxFuture};
use js_sys::Promise;
use std::future::Future;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

#[wasm_bindgen(module = "/src/browser/promise.js")]
extern "C" {
    /// A promise that [`settle`] settles.
    pub fn pending() -> Promise;
    /// Rejects it with `value` where `rejects`, else fulfils it.
    #[wasm_bindgen(js_name = settle)]
    fn settle_as(promise: &Promise, rejects: i32, value: &JsValue);

    /// Marks a promise as handled, so that nobody is told of its rejection.
    #[wasm_bindgen(js_name = markHandled)]
    pub fn mark_handled(promise: &JsValue);
}

/// Settles a [`pending`] promise with what has come of it.
pub fn settle(promise: &Promise, outcome: &Result<JsValue, JsValue>) {
    let (Ok(value) | Err(value)) = outcome;
    settle_as(promise, outcome.is_err().into(), value);
}

/// A promise of what the future gives; it begins a microtask later. Smaller than `future_to_promise` by 0.9 KB.
pub fn promise(future: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    start(future.boxed_local())
}

// One instance for every kind of future.
#[inline(never)]
fn start(future: LocalBoxFuture<'static, Result<JsValue, JsValue>>) -> Promise {
    let promise = pending();
    let settled = promise.clone();
    spawn_local(async move { settle(&settled, &future.await) });
    promise
}

/// Waits for a promise; any other value is there a microtask later.
#[inline(never)]
pub fn wait(value: &JsValue) -> JsFuture {
    Promise::resolve(value).into()
}
