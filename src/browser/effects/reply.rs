//! What came of one token request, or of one call of the app's refresh function, as [`crate::protocol::grant`] is to
//! see it.

use super::timers;
use crate::browser::tokens::{self, Tokens, Unusable};
use crate::protocol::backoff::retry_after_ms;
use crate::protocol::error::Code;
use crate::protocol::grant::{Answer, Body, GrantOutcome, classify};
use crate::protocol::refresh::Outcome;
use js_sys::Date;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/effects/token_endpoint.js")]
extern "C" {
    /// A response and its JSON, or the token response that a refresh function returned.
    pub type Received;
    /// 0 where it is a redirect.
    #[wasm_bindgen(method, getter)]
    fn status(this: &Received) -> u16;
    /// `undefined` where it is none.
    #[wasm_bindgen(method, getter)]
    fn json(this: &Received) -> JsValue;
    /// It is JSON's object.
    #[wasm_bindgen(method, getter)]
    fn is_object(this: &Received) -> bool;
    /// Its member `error`.
    #[wasm_bindgen(method, getter)]
    fn error(this: &Received) -> JsValue;
    /// It refuses the value against request forgery.
    #[wasm_bindgen(method, getter, js_name = refusesCsrf)]
    fn refuses_csrf(this: &Received) -> bool;
    /// A header of the response; `undefined` where it cannot be read.
    fn header(received: &Received, name: &str) -> JsValue;
    /// The status and the members, without those that are or hold a token.
    #[wasm_bindgen(js_name = answerOf)]
    fn answer_of(received: &Received) -> JsValue;
    /// What is told of an answer that is of no use: its status, the names of its members, and the way out.
    fn unusable(received: &Received) -> String;
}

/// What came of it.
pub struct Reply {
    pub outcome: Outcome,
    pub tokens: Option<Tokens>,
    /// What `refresh_failed` says, and what caused it.
    pub message: String,
    pub cause: JsValue,
    /// The answer's status and members, without those that are tokens.
    pub answer: JsValue,
}

impl Reply {
    #[inline(never)]
    pub fn new(class: GrantOutcome, message: &str, cause: JsValue) -> Self {
        let outcome = Outcome { class, lost: false, retry_after: None };
        Self { outcome, tokens: None, message: message.into(), cause, answer: JsValue::UNDEFINED }
    }
}

/// The string; an empty one where it is none.
#[inline(never)]
fn text(value: JsValue) -> String {
    value.as_string().unwrap_or_default()
}

/// What was received. True where `isRefused` has the last word.
pub fn read(received: &Received, in_cookies: bool) -> Result<(Reply, bool), JsValue> {
    let (status, json, error) = (received.status(), received.json(), received.error().as_string());
    let retry_after = retry_after_ms(&text(header(received, "retry-after")), timers::now() as f64, Date::parse);
    let now = timers::now();
    let response = tokens::read(&json, in_cookies)?;
    let tokens = if in_cookies { Ok(Tokens::in_cookies(response, now)) } else { Tokens::of(response, now) };
    let answer = Answer {
        status,
        opaque_redirect: status == 0,
        www_authenticate: &text(header(received, "www-authenticate")),
        body: if received.refuses_csrf() {
            Body::CsrfFailure
        } else if in_cookies && (200..300).contains(&status) {
            Body::InCookies
        } else if json.is_undefined() {
            Body::NotJson
        } else {
            Body::Json {
                error: error.as_deref(),
                usable: !matches!(tokens, Err(Unusable::NoToken | Unusable::BadToken)),
                sendable: !matches!(tokens, Err(Unusable::BadType)),
                object: received.is_object(),
            }
        },
    };
    let class = classify(&answer);
    let reply = Reply {
        outcome: Outcome { class, lost: false, retry_after: retry_after.map(|ms| ms as u64) },
        tokens: tokens.ok(),
        message: match class {
            GrantOutcome::Transient => Code::RefreshFailed.message().into(),
            GrantOutcome::Tokens | GrantOutcome::Refused | GrantOutcome::Permanent => unusable(received),
        },
        cause: JsValue::UNDEFINED,
        answer: answer_of(received),
    };
    Ok((reply, answer.may_be_refused()))
}
