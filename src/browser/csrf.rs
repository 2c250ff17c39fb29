//! The option `csrf`: protection against cross-site request forgery in cookie sessions.
//!
//! The value goes to `origins` and to the endpoints alone, and is read again at every send. A refusal of it is answered
//! beneath the machine, by one more send: to that the request is one, and its answer the last.

use super::fetch::Underlying;
use super::parser::Members;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/csrf.js")]
extern "C" {
    /// What carries the value, of the checked members of the option.
    fn csrf(members: &Members, underlying: &Underlying, ms: f64) -> JsValue;
    /// Whether it goes along with requests of all methods.
    #[wasm_bindgen(js_name = isOfAll)]
    fn is_of_all(csrf: &JsValue) -> bool;
}

/// What the option takes.
const CSRF: &str = r#"header string a string
header ^[\w!#$%&'*+.^`|~-]+$ a header's name
cookie string a string
value string|function a string or a function
methods word "unsafe" or "all"
refetch url an http or https URL
isCsrfFailure function a function"#;

/// The option, checked; `undefined` where it is not set. True where it covers all methods.
pub fn parse(options: &Members, cookie_session: bool, underlying: &Underlying, ms: f64) -> (JsValue, bool) {
    let value = options.get("csrf");
    if value.is_undefined() {
        return (value, false);
    }
    if !cookie_session {
        options.refuse("csrf", &value, r#"nothing without `credential: "cookie"`"#);
    }
    let given = Members::new(&value, CSRF, Some(options), "csrf", None);
    let csrf = csrf(&given, underlying, ms);
    let of_all = is_of_all(&csrf);
    (csrf, of_all)
}
