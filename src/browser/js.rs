//! The ground floor: the few JavaScript operations that everything else is made of.
//!
//! Duck-typed on purpose: a mock, another realm's object or a plain `{ status, json }` is as good as the real thing.
//! No operation here panics; what can throw returns the very object thrown.

use js_sys::{Array, Function, Object, Promise};
use wasm_bindgen::prelude::*;

/// The result of anything JavaScript may refuse.
pub type Outcome<T = JsValue> = Result<T, JsValue>;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = get)]
    fn reflect_get(target: &JsValue, key: &str) -> Outcome<JsValue>;
    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = set)]
    fn reflect_set(target: &JsValue, key: &str, value: &JsValue) -> Outcome<bool>;
    /// `String(value)`: runs `toString` of an object, once.
    #[wasm_bindgen(catch, js_name = String)]
    pub fn text_of(value: &JsValue) -> Outcome<JsValue>;
    #[wasm_bindgen(js_namespace = ["Object", "prototype", "toString"], js_name = call)]
    fn tag_of(value: &JsValue) -> String;
    #[wasm_bindgen(method, structural, getter, js_name = status)]
    pub fn status(this: &Response) -> f64;
    /// Anything that is used as a response.
    pub type Response;
    #[wasm_bindgen(catch, js_namespace = JSON, js_name = parse)]
    pub fn parse_json(text: &JsValue) -> Outcome<JsValue>;
    #[wasm_bindgen(catch, js_namespace = JSON, js_name = stringify)]
    pub fn to_json(value: &JsValue) -> Outcome<JsValue>;
}

#[wasm_bindgen(module = "/js/fetch.js")]
extern "C" {
    /// Marks a promise as handled: its failure is told elsewhere, or is nobody's business.
    pub fn hush(promise: &JsValue);
    /// The function found at import, for when our own stands in its place.
    #[wasm_bindgen(thread_local_v2, js_name = first)]
    pub static FIRST: JsValue;
    /// `call` as a drop-in for the native function.
    #[wasm_bindgen(js_name = dropIn)]
    pub fn drop_in(call: &JsValue) -> JsValue;
}

/// A property, inherited ones included; `undefined` where it cannot be read.
pub fn get(target: &JsValue, key: &str) -> JsValue {
    try_get(target, key).unwrap_or(JsValue::UNDEFINED)
}

/// A property, or what its getter threw.
pub fn try_get(target: &JsValue, key: &str) -> Outcome {
    reflect_get(target, key)
}

/// Sets a property of an object of ours.
pub fn set(target: &JsValue, key: &str, value: &JsValue) {
    let _ = reflect_set(target, key, value);
}

/// A copy of an object's own members, behind which no prototype stands: nothing on `Object.prototype` can widen it.
pub fn own(value: &JsValue) -> Object {
    let bare = bare();
    if value.is_object() { Object::assign(&bare, value.unchecked_ref()) } else { bare }
}

/// An object without a prototype.
pub fn bare() -> Object {
    Object::create(JsValue::NULL.unchecked_ref())
}

/// `[object Name]`: tells a class in any realm.
pub fn tag(value: &JsValue) -> String {
    tag_of(value)
}

/// Calls a method by its name, with up to two arguments.
pub fn invoke(target: &JsValue, method: &str, first: &JsValue, second: &JsValue) -> Outcome {
    match try_get(target, method)?.dyn_into::<Function>() {
        Ok(function) => function.call2(target, first, second),
        Err(other) => Err(other),
    }
}

/// A pair, as headers take it.
pub fn pair(name: &JsValue, value: &JsValue) -> Array {
    Array::of2(name, value)
}

/// The value as a promise, whatever it is.
pub fn promise(value: Outcome) -> Promise {
    match value {
        Ok(value) => Promise::resolve(&value),
        Err(error) => Promise::reject(&error),
    }
}

/// A member of the global object, looked up at each use: fake timers and mocks replace these.
pub fn global(name: &str) -> JsValue {
    get(&js_sys::global(), name)
}
