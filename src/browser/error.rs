//! Our errors as JavaScript objects. Everybody else's pass through as the same object.

use crate::protocol::error::Code;
use js_sys::{JsString, TypeError};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/errors.js")]
extern "C" {
    /// See the contract.
    type AuthFetchError;
    #[wasm_bindgen(constructor)]
    fn new(message: &JsString, code: &str, cause: &JsValue, answer: &JsValue, transient: i32) -> AuthFetchError;
}

static NONE: JsValue = JsValue::UNDEFINED;

/// An error with the code's own message.
pub fn plain(code: Code) -> JsValue {
    detailed(code, code.message(), &NONE, &NONE)
}

/// An error that says more: what caused it, and the token endpoint's answer without token members.
pub fn detailed(code: Code, message: &str, cause: &JsValue, answer: &JsValue) -> JsValue {
    failed(code, message, cause, answer, false)
}

/// The same; of `refresh_failed` it says whether waiting may heal it. Where nothing else is said, it may not.
#[inline(never)]
pub fn failed(code: Code, message: &str, cause: &JsValue, answer: &JsValue, transient: bool) -> JsValue {
    AuthFetchError::new(&message.into(), code.as_str(), cause, answer, transient.into()).into()
}

/// What the constructor throws.
pub fn invalid_options(message: &JsString) -> JsValue {
    AuthFetchError::new(message, Code::InvalidOptions.as_str(), &NONE, &NONE, 0).into()
}

/// What a caller's wrong argument gets.
pub fn type_error(message: &str) -> JsValue {
    TypeError::new(message).into()
}
