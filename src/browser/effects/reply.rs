//! What came of one token request, or of one call of the app's refresh function, as [`crate::protocol::grant`] is to
//! see it.

use super::timers;
use crate::browser::endpoint::Refresh;
use crate::browser::js::keys::Key;
use crate::browser::js::{Lent, NONE, Val};
use crate::browser::session::driver::SessionDriver;
use crate::browser::tokens::{Tokens, Unusable};
use crate::protocol::backoff::retry_after_ms;
use crate::protocol::error::Code;
use crate::protocol::grant::{Answer, Body, GrantOutcome, classify};
use crate::protocol::refresh::Outcome;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/ops.js")]
extern "C" {
    /// The status and the members, without those that are or hold a token.
    #[wasm_bindgen(js_name = answerOf)]
    fn answer_of(status: i32, members: Lent, secret: Lent) -> Val;
    /// What is told of an answer that is of no use: its status, the names of its members, and the way out.
    fn unusable(status: i32, members: Lent) -> String;
}

/// What came of it.
pub struct Reply {
    pub outcome: Outcome,
    pub tokens: Option<Tokens>,
    /// What `refresh_failed` says, and what caused it.
    pub message: String,
    pub cause: Val,
    /// The answer's status and members, without those that are tokens.
    pub answer: Val,
}

impl Reply {
    #[inline(never)]
    pub fn new(class: GrantOutcome, message: &str, cause: Val) -> Self {
        let outcome = Outcome { class, lost: false, retry_after: None };
        Self { outcome, tokens: None, message: message.into(), cause, answer: Val::UNDEFINED }
    }
}

/// What was received: a response and its JSON, or the token response that a refresh function returned. True where
/// `isRefused` has the last word.
pub fn read(driver: &SessionDriver, value: &Val, json: Val) -> (Reply, bool) {
    let is_function = |name| value.get(name).is_function();
    let status = value.get(Key::Status).as_number();
    let is_response = !status.is_nan() && (is_function(Key::Text) || is_function(Key::Json));
    let (status, json) = if matches!(driver.options.refresh, Refresh::Function(_)) && !is_response {
        (200, value.clone())
    } else if value.get(Key::Type).is(Key::Opaqueredirect) {
        (0, json)
    } else {
        (status as u16, json)
    };
    let headers = value.get(Key::Headers);
    let header = |name| headers.invoke(Key::Get, &Val::name(name), &NONE);
    let retry_after = header(Key::RetryAfter);
    let retry_after = retry_after_ms(&retry_after.as_text(), timers::now() as f64, |_| retry_after.date());
    let object = json.is_object() && !json.is_array();
    let members = json.own();
    let error = members.get(Key::Error);
    let text = error.as_text();
    let tokens = Tokens::read(&members, timers::now());
    let answer = Answer {
        status,
        opaque_redirect: status == 0,
        www_authenticate: &header(Key::WwwAuthenticate).as_text(),
        body: if json.is_undefined() {
            Body::NotJson
        } else {
            Body::Json {
                error: error.is_text().then_some(text.as_str()),
                usable: !matches!(tokens, Err(Unusable::NoToken | Unusable::BadToken)),
                sendable: !matches!(tokens, Err(Unusable::BadType)),
                object,
            }
        },
    };
    let class = classify(&answer);
    let secret = driver.vault.member(Key::RefreshToken);
    let body = if object { members } else { Val::NULL };
    let reply = Reply {
        outcome: Outcome { class, lost: false, retry_after: retry_after.map(|ms| ms as u64) },
        tokens: tokens.ok(),
        message: match class {
            GrantOutcome::Transient => Code::RefreshFailed.message().into(),
            GrantOutcome::Tokens | GrantOutcome::Refused | GrantOutcome::Permanent => {
                unusable(status.into(), body.lend())
            }
        },
        cause: Val::UNDEFINED,
        answer: answer_of(status.into(), body.lend(), secret.lend()),
    };
    (reply, answer.may_be_refused())
}
