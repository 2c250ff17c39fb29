//! Our errors as JavaScript objects. Everybody else's pass through as the same object.

use super::js::{Lent, Val};
use crate::protocol::error::Code;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/errors.js")]
extern "C" {
    fn failure(message: &str, code: &str, cause: Lent, answer: Lent, transient: bool) -> Val;
    #[wasm_bindgen(js_name = typeError)]
    fn refusal(message: &str) -> Val;
}

/// An error with the code's own message.
pub fn plain(code: Code) -> Val {
    detailed(code, code.message(), &Val::UNDEFINED, &Val::UNDEFINED)
}

/// An error that says more: what caused it, and the token endpoint's answer without token members.
pub fn detailed(code: Code, message: &str, cause: &Val, answer: &Val) -> Val {
    failed(code, message, cause, answer, false)
}

/// The same; of `refresh_failed` it says whether waiting may heal it. Where nothing else is said, it may not.
#[inline(never)]
pub fn failed(code: Code, message: &str, cause: &Val, answer: &Val, transient: bool) -> Val {
    failure(message, code.as_str(), cause.lend(), answer.lend(), transient)
}

/// What a caller's wrong argument gets.
pub fn type_error(message: &str) -> Val {
    refusal(message)
}
