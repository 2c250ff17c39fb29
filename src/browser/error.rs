//! Our errors as JavaScript objects. Everybody else's pass through as the same object.

use crate::protocol::error::Code;
use js_sys::TypeError;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/errors.js")]
extern "C" {
    type AuthFetchError;
    #[wasm_bindgen(constructor)]
    fn new(message: &str, code: &str, cause: &JsValue, answer: &JsValue) -> AuthFetchError;
}

/// An error with the code's own message.
pub fn plain(code: Code) -> JsValue {
    detailed(code, code.message(), &JsValue::UNDEFINED, &JsValue::UNDEFINED)
}

/// An error that says more: what caused it, and the token endpoint's answer without token members.
pub fn detailed(code: Code, message: &str, cause: &JsValue, answer: &JsValue) -> JsValue {
    AuthFetchError::new(message, code.as_str(), cause, answer).into()
}

/// What a caller's wrong argument gets.
pub fn type_error(message: &str) -> JsValue {
    TypeError::new(message).into()
}
