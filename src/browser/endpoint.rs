//! The options that name an endpoint or a function in its place: `refresh` and `revocation`.

use super::parser::{Members, is_own_origin};
use crate::protocol::config::Refreshable;
use js_sys::{Function, JsString, Object};
use wasm_bindgen::prelude::*;

/// How tokens are refreshed, and how the server is told of a logout.
pub enum Refresh {
    /// Not at all.
    None,
    /// By a token endpoint (RFC 6749 §6), or a revocation endpoint (RFC 7009).
    Endpoint(Endpoint),
    /// By the app's own function.
    Function(Function),
}

/// A token or revocation endpoint.
pub struct Endpoint {
    /// Its absolute URL.
    pub url: JsString,
    /// `client_id`.
    pub client_id: Option<JsString>,
    /// The body is JSON, not a form.
    pub json: bool,
    /// Extra members of the body.
    pub params: Object,
    /// Extra headers, as given.
    pub headers: JsValue,
    /// The cookie mode of the request.
    pub credentials: &'static str,
    /// As given, for what takes the same.
    given: Members,
}

const SAME_ORIGIN: &str = "same-origin";
const INCLUDE: &str = "include";

/// What an endpoint takes, of `isRefused` this.
macro_rules! endpoint {
    ($is_refused:literal) => {
        concat!(
            $is_refused,
            r#"params texts an object of strings
headers headers headers as a request takes them
credentials word "same-origin" or "include" or "omit"
url target an http or https URL
clientId string a string
encoding word "form" or "json""#
        )
    };
}

/// The option `refresh`.
pub fn refresh(options: &Members, cookie_session: bool) -> Refresh {
    let takes = if options.function("isRefused").is_some() {
        endpoint!("isRefused undefined nothing where option `isRefused` is set\n")
    } else {
        endpoint!("isRefused function a function\n")
    };
    endpoint_or_function(options, "refresh", takes, None, cookie_session)
}

/// The option `revocation`; a bare URL takes what `refresh` has.
pub fn revocation(options: &Members, refresh: &Refresh, cookie_session: bool) -> Refresh {
    let inherit = if let Refresh::Endpoint(endpoint) = refresh { Some(&endpoint.given) } else { None };
    endpoint_or_function(options, "revocation", endpoint!(""), inherit, cookie_session)
}

/// The option, or the member of `refresh`.
pub fn is_refused(options: &Members, refresh: &Refresh) -> Option<Function> {
    let Refresh::Endpoint(Endpoint { given, .. }) = refresh else { return options.function("isRefused") };
    given.function("isRefused").or_else(|| options.function("isRefused"))
}

#[inline(never)]
fn endpoint_or_function(
    options: &Members,
    name: &str,
    takes: &str,
    inherit: Option<&Members>,
    cookie_session: bool,
) -> Refresh {
    let value = options.get(name);
    if value.is_undefined() {
        return Refresh::None;
    }
    if value.is_function() {
        return Refresh::Function(value.unchecked_into());
    }
    let given = Members::new(&value, takes, Some(options), name, inherit);
    Refresh::Endpoint(Endpoint {
        url: given.get("url").unchecked_into(),
        client_id: given.text("clientId"),
        json: given.word("encoding", 0) == 1,
        params: given.get("params").unchecked_into(),
        headers: given.get("headers"),
        credentials: match given.word("credentials", cookie_session.into()) {
            1 => INCLUDE,
            2 => "omit",
            _ => SAME_ORIGIN,
        },
        given,
    })
}

/// What a refresh by this needs.
pub fn refreshable(refresh: &Refresh, cookie_session: bool) -> Refreshable {
    let endpoint = match refresh {
        Refresh::None => return Refreshable::Never,
        Refresh::Function(_) => return Refreshable::Always,
        Refresh::Endpoint(_) if cookie_session => return Refreshable::Always,
        Refresh::Endpoint(endpoint) => endpoint,
    };
    let cookie = match endpoint.credentials {
        SAME_ORIGIN => is_own_origin(&endpoint.url),
        credentials => credentials == INCLUDE,
    };
    if cookie { Refreshable::Always } else { Refreshable::WithToken }
}
