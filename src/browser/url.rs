//! URLs, resolved against the page.

use js_sys::JsString;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/url.js")]
extern "C" {
    /// A text or a URL object as a URL; `None` where it is none.
    pub fn resolve(value: &JsValue) -> Option<Url>;

    /// A URL. Its parts stay with the engine until they are read.
    #[wasm_bindgen(extends = js_sys::Object)]
    pub type Url;
    #[wasm_bindgen(method, getter)]
    pub fn protocol(this: &Url) -> JsString;
    #[wasm_bindgen(method, getter)]
    pub fn origin(this: &Url) -> JsString;
    #[wasm_bindgen(method, getter)]
    pub fn pathname(this: &Url) -> JsString;
    #[wasm_bindgen(method, getter)]
    pub fn href(this: &Url) -> JsString;
}

/// Whether its scheme is `http` or `https`.
pub fn is_http(url: &Url) -> bool {
    matches!(&*String::from(url.protocol()), "http:" | "https:")
}
