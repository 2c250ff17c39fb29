//! The function that an instance calls, and the one that stands where `fetch` stood.

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/fetch.js")]
extern "C" {
    /// What an instance calls: the function that it was given, or what stands in `globalThis.fetch` at each call.
    pub type Underlying;
    /// With the function that it was given, if it was.
    /// With the session in cookies, or a token that is sent.
    pub fn underlying(given: Option<&Function>, in_cookies: i32) -> Underlying;
    /// Calls it; what it throws rejects.
    pub fn call(underlying: &Underlying, input: &JsValue, init: &JsValue) -> Promise;
    /// For code of the app's: bound, so that any object may call it.
    pub fn bound(underlying: &Underlying) -> Function;
}
