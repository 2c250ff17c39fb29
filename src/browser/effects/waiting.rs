//! Calls that wait.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/effects/waiting.js")]
extern "C" {
    /// The calls that wait, by number.
    pub type Waiting;
    pub fn waiting() -> Waiting;
    /// A promise that is fulfilled when this call is woken, or its signal is aborted.
    pub fn wait(waiting: &Waiting, id: i32, signal: &JsValue) -> Promise;
    pub fn wake(waiting: &Waiting, id: i32);
    /// A promise that is fulfilled when the other one is settled, or the signal is aborted.
    pub fn until(promise: &Promise, signal: &JsValue) -> Promise;
}
