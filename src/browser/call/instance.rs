//! What JavaScript holds of one instance: what its calls are made of.

use crate::browser::effects::storage::Entry;
use crate::browser::fetch::Underlying;
use crate::browser::record::Texts;
use js_sys::JsString;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/call/instance.js")]
extern "C" {
    /// See `instance.js`.
    pub type Instance;
    /// With another header than Authorization it `is_strict`. A call that brings nothing but a URL is a usual one where
    /// `takes_plain`.
    pub fn instance(
        entry: &Entry,
        texts: &Texts,
        underlying: &Underlying,
        header: &JsString,
        limit: f64,
        is_strict: i32,
        takes_plain: i32,
    ) -> Instance;
}
