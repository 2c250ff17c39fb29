//! What is read of an answer, which may be a mock's: any member may be missing.

use js_sys::JsString;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/call/answer.js")]
extern "C" {
    /// Its status; NaN where it has none.
    #[wasm_bindgen(js_name = statusOf)]
    pub fn status_of(response: &JsValue) -> f64;
    /// Whether it came after a redirect.
    #[wasm_bindgen(js_name = isRedirected)]
    pub fn is_redirected(response: &JsValue) -> bool;
    /// Whether it came from this page after a redirect.
    #[wasm_bindgen(js_name = isMovedTo)]
    pub fn is_moved_to(response: &JsValue, page: &JsString) -> bool;
    /// Where it came from.
    #[wasm_bindgen(js_name = urlOf)]
    pub fn url_of(response: &JsValue) -> JsValue;
    /// One of its headers; an empty text where there is none.
    #[wasm_bindgen(js_name = headerOf)]
    pub fn header_of(response: &JsValue, name: &str) -> String;
    /// A copy for code of the app's.
    #[wasm_bindgen(js_name = copyOf)]
    pub fn copy_of(response: &JsValue) -> JsValue;
}

#[wasm_bindgen(module = "/src/browser/foreign.js")]
extern "C" {
    /// Lets go of a body that nobody will read.
    #[wasm_bindgen(js_name = cancelBody)]
    pub fn cancel_body(response: &JsValue);
}

/// Whether it shows that its token was accepted, where it is no refusal.
pub fn is_proof(response: &JsValue) -> bool {
    (200.0..500.0).contains(&status_of(response)) && !is_redirected(response)
}
