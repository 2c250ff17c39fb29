//! An object of options, checked by what each member is said to take. The first wrong one is kept, with what came and
//! what it takes.
//!
//! Own members only: a polluted `Object.prototype` sets no option. Values that may be secrets are never repeated.

use super::error;
use js_sys::{Function, JsString};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/parser.js")]
extern "C" {
    /// Whether the page is of the same origin.
    #[wasm_bindgen(js_name = isOwnOrigin)]
    pub fn is_own_origin(url: &JsString) -> bool;

    /// The members of an object of options.
    pub type Members;
    /// Checks the members of `value`. `takes` has a line for each: its name, its kind, and in words what it takes.
    /// With `outer` they are those of an endpoint, its option `within`, and it keeps what is wrong; a bare URL is the
    /// endpoint's `url`, and has what `inherit` has.
    #[wasm_bindgen(constructor)]
    pub fn new(
        value: &JsValue,
        takes: &str,
        outer: Option<&Members>,
        within: &str,
        inherit: Option<&Members>,
    ) -> Members;
    /// The first thing wrong: before all others a name that there is not.
    #[wasm_bindgen(method, getter)]
    fn fault(this: &Members) -> Option<JsString>;
    /// What is called `name` is `value`, which cannot be used.
    #[wasm_bindgen(method)]
    pub fn refuse(this: &Members, name: &str, value: &JsValue, takes: &str);
    /// Each of these is set, and to no use.
    #[wasm_bindgen(method, js_name = refuseEach)]
    pub fn refuse_each(this: &Members, names: &str, takes: &str);
    /// What this member is read as; `undefined` where it is absent, or refused.
    #[wasm_bindgen(method)]
    pub fn get(this: &Members, name: &str) -> JsValue;
    /// A string.
    #[wasm_bindgen(method, js_name = get)]
    pub fn text(this: &Members, name: &str) -> Option<JsString>;
    /// A function.
    #[wasm_bindgen(method, js_name = get)]
    pub fn function(this: &Members, name: &str) -> Option<Function>;
    /// A number.
    #[wasm_bindgen(method, js_name = get)]
    pub fn number(this: &Members, name: &str, default: f64) -> f64;
    /// True or false.
    #[wasm_bindgen(method, js_name = get)]
    pub fn flag(this: &Members, name: &str, default: bool) -> bool;
    /// A word, by its place among those that the option takes.
    #[wasm_bindgen(method, js_name = get)]
    pub fn word(this: &Members, name: &str, default: i32) -> i32;
}

impl Members {
    /// The first error, where there is one.
    pub fn checked(&self) -> Result<(), JsValue> {
        self.fault().map_or(Ok(()), |message| Err(error::invalid_options(&message)))
    }
}
