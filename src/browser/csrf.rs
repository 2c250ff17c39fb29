//! The option `csrf`: protection against cross-site request forgery in cookie sessions.
//!
//! The value goes to `origins` and to the endpoints alone, and is read again at every send. A refusal of it is answered
//! beneath the machine, by one more send: to that the request is one, and its answer the last.

use super::fetch::Underlying;
use super::parser::Members;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/csrf.js")]
extern "C" {
    /// From now on requests carry the value, as the checked members of the option say. True where those of all methods
    /// do.
    fn protect(members: &Members, underlying: &Underlying, ms: f64) -> bool;
}

/// What the option takes.
const CSRF: &str = r#"header string a string
header ^[\w!#$%&'*+.^`|~-]+$ a header's name
cookie string a string
value string|function a string or a function
methods word "unsafe" or "all"
refetch url an http or https URL
isCsrfFailure function a function"#;

/// What an option takes that is of the other kind of session.
pub const OTHER_CREDENTIAL: &str = "nothing beside this `credential`";

/// The option, checked; true where it covers all methods.
pub fn parse(options: &Members, cookie_session: bool, underlying: &Underlying, ms: f64) -> bool {
    let value = options.get("csrf");
    if value.is_undefined() {
        return false;
    }
    if !cookie_session {
        options.refuse("csrf", &value, OTHER_CREDENTIAL);
    }
    protect(&Members::new(&value, CSRF, Some(options), "csrf", None), underlying, ms)
}
