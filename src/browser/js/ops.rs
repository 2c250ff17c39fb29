//! The imports of `js/ops.js` that [`super`] wraps: names on both sides are the same, and so is their order.

use super::{Lent, Val};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/ops.js")]
extern "C" {
    pub fn learn(names: &str);
    pub fn name(key: i32) -> Val;
    pub fn is(value: Lent, key: i32) -> bool;
    pub fn kind(value: Lent) -> u32;
    pub fn truthy(value: Lent) -> bool;
    pub fn same(a: Lent, b: Lent) -> bool;
    pub fn number(value: Lent) -> f64;
    pub fn numeric(value: Lent) -> f64;
    pub fn tag(value: Lent) -> Val;
    #[wasm_bindgen(catch)]
    pub fn text(value: Lent) -> Result<Val, JsValue>;
    pub fn get(target: Lent, key: i32) -> Val;
    pub fn at(target: Lent, index: i32) -> Val;
    pub fn put(target: Lent, key: i32, value: Lent);
    #[wasm_bindgen(js_name = putNumber)]
    pub fn put_number(target: Lent, key: i32, value: f64);
    pub fn drop(target: Lent, key: i32);
    pub fn bare() -> Val;
    pub fn own(value: Lent) -> Val;
    pub fn plain(value: Lent) -> Val;
    pub fn frozen(value: Lent) -> Val;
    pub fn merge(target: Lent, source: Lent);
    pub fn unknown_member(members: Lent, first: i32, last: i32) -> Val;
    pub fn list() -> Val;
    pub fn push(array: Lent, value: Lent);
    pub fn array(value: Lent) -> bool;
    #[wasm_bindgen(catch)]
    pub fn items(iterable: Lent) -> Result<Val, JsValue>;
    #[wasm_bindgen(catch)]
    pub fn pairs(headers: Lent) -> Result<Val, JsValue>;
    pub fn size(array: Lent) -> u32;
    pub fn parse(json: Lent) -> Val;
    pub fn json(value: Lent) -> Val;
    pub fn date(text: Lent) -> f64;
    pub fn global(key: i32) -> Val;
    #[wasm_bindgen(catch)]
    pub fn call(function: Lent, a: Lent, b: Lent) -> Result<Val, JsValue>;
    pub fn invoke(target: Lent, key: i32, a: Lent, b: Lent) -> Val;
    pub fn construct(key: i32, a: Lent, b: Lent) -> Val;
    pub fn bind(function: Lent, a: f64, b: Lent) -> Val;
    pub fn reject(error: Lent) -> Val;
    pub fn then(promise: Lent, done: Lent, failed: Lent) -> Val;
    pub fn mark_handled(promise: Lent);
    pub fn until(promise: Lent, signal: Lent) -> Val;
    pub fn url(value: Lent) -> Val;
    pub fn tell(listener: Lent);
}
