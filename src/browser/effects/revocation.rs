//! A logout that the server is told of: at the revocation endpoint (RFC 7009), or by a function of the app's.

use super::token_endpoint::{Request, post};
use crate::browser::endpoint::Refresh;
use crate::browser::fetch::bound;
use crate::browser::options::Options;
use crate::protocol::cookie::confirms;
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/effects/token_endpoint.js")]
extern "C" {
    /// Calls the app's revocation function, a microtask later.
    #[wasm_bindgen(js_name = revoke)]
    fn call(
        request: &Request,
        call: &Function,
        fetch: &JsValue,
        refresh_token: &JsValue,
        access_token: &JsValue,
    ) -> Promise;
    /// The promise, or a rejection as soon as the request has taken too long or is aborted.
    pub fn within(request: &Request, ms: f64, sent: &Promise) -> Promise;
    /// The status of a response; NaN where it is none.
    #[wasm_bindgen(js_name = statusOf)]
    fn status_of(answer: &JsValue) -> f64;
}

/// Whether a revocation can end a session whose refresh token is in a cookie.
pub fn revokes_cookie(options: &Options) -> bool {
    match &options.revocation {
        Refresh::None => false,
        Refresh::Endpoint(endpoint) => endpoint.credentials == "include" || options.policy.by_cookie(),
        Refresh::Function(_) => true,
    }
}

/// Tells the server of the session that has ended: the endpoint in this turn, a function after it. None where there is
/// nobody to be told.
pub fn revoke(
    options: &Options,
    request: &Request,
    refresh_token: &JsValue,
    access_token: &JsValue,
) -> Option<Promise> {
    match &options.revocation {
        Refresh::None => None,
        Refresh::Endpoint(_) if refresh_token.is_undefined() && !revokes_cookie(options) => None,
        Refresh::Endpoint(endpoint) => Some(post(options, endpoint, request, refresh_token, true)),
        Refresh::Function(function) => {
            Some(call(request, function, &bound(&options.fetch), refresh_token, access_token))
        }
    }
}

/// Where the server was told of it; `undefined` where only a function of the app's knows.
pub fn url(options: &Options) -> JsValue {
    match &options.revocation {
        Refresh::Endpoint(endpoint) => endpoint.url.clone().into(),
        Refresh::Function(_) | Refresh::None => JsValue::UNDEFINED,
    }
}

/// A function that returns no response confirms by being fulfilled.
pub fn is_confirmed(answer: &Result<JsValue, JsValue>) -> bool {
    answer.as_ref().is_ok_and(|answer| {
        let status = status_of(answer);
        status.is_nan() || confirms(status as u16)
    })
}
