//! What `debug: true` tells: why each call and each refresh went as it did, on the console and on the performance
//! timeline.
//!
//! Nothing is decided here. It is told after what it tells of: a console is an app's code too, and may do anything.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/debug.js")]
extern "C" {
    /// The number of a call or a refresh that has begun.
    #[wasm_bindgen(js_name = begin)]
    fn start(kind: &str, input: &JsValue) -> u32;
    #[wasm_bindgen(js_name = note)]
    fn say(number: i32, text: &str);
    #[wasm_bindgen(js_name = end)]
    fn finish(number: i32, text: &str);
    #[wasm_bindgen(js_name = follow)]
    fn listen(number: i32, promise: &Promise) -> Promise;
    #[wasm_bindgen(js_name = revoked)]
    fn tell_of_revocation(told: i32, failed: i32, answer: &JsValue, url: &JsValue);
}

/// The number of what nothing is told of.
const SILENT: u32 = 0;

/// The input of what has none.
pub static NO_INPUT: JsValue = JsValue::UNDEFINED;

/// A call's or a refresh's number, where it is to be told of.
pub fn begin(told: bool, kind: &str, input: &JsValue) -> u32 {
    if told { start(kind, input) } else { SILENT }
}

/// Tells why something is so.
#[inline(never)]
pub fn note(number: u32, why: &str) {
    if number != SILENT {
        say(number as i32, why);
    }
}

/// Tells how it ended.
#[inline(never)]
pub fn end(number: u32, how: &str) {
    if number != SILENT {
        finish(number as i32, how);
    }
}

/// The same promise's outcome, which is told.
pub fn follow(number: u32, promise: Promise) -> Promise {
    if number == SILENT { promise } else { listen(number as i32, &promise) }
}

/// Tells how a revocation has ended; of an error status, and of a function that failed, once without `told` too.
/// `url` is `undefined` where only a function of the app's knows it.
pub fn revoked(told: bool, answer: Result<JsValue, JsValue>, url: &JsValue) {
    let failed = answer.is_err();
    let answer = answer.unwrap_or_else(|error| error);
    tell_of_revocation(told.into(), failed.into(), &answer, url);
}
