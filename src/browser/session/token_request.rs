//! One token request (RFC 6749 §6), or one call of the app's refresh function; and the revocation.
//!
//! Nothing here is decided: the answer is classified by [`crate::protocol::grant`]. No redirect is followed (a 307 would
//! carry the refresh token away), and headers and body stand under one timeout.

use crate::browser::clock::{self, Timer};
use crate::browser::debug;
use crate::browser::js::{Lent, NONE, Outcome, Val};
use crate::browser::js::keys::Key;
use crate::browser::options::{Endpoint, Refresh};
use super::shared::{Cut, Shared};
use crate::browser::tokens::{Tokens, Unusable};
use crate::browser::abort;
use crate::browser::record;
use crate::browser::js::task;
use crate::protocol::backoff::retry_after_ms;
use crate::protocol::error::Code;
use crate::protocol::grant::{Answer, Body, GrantOutcome, classify};
use crate::protocol::renewal::Reason;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/ops.js")]
extern "C" {
    /// The status and the members, without those that are or hold a token.
    #[wasm_bindgen(js_name = answerOf)]
    fn answer_of(status: u32, members: Lent, secret: Lent) -> Val;
    #[wasm_bindgen(js_name = formOf)]
    fn form_of(members: Lent) -> Val;
    #[wasm_bindgen(catch, js_name = endpointHeaders)]
    fn endpoint_headers(given: Lent, json: bool) -> Result<Val, JsValue>;
}

#[wasm_bindgen(module = "/js/fetch.js")]
extern "C" {
    /// The underlying fetch as the app's code gets it.
    fn bound(given: Lent) -> Val;
}

/// What came of it.
pub struct Reply {
    pub class: GrantOutcome,
    /// No answer came.
    pub lost: bool,
    pub retry_after: Option<u64>,
    pub tokens: Option<Tokens>,
    /// What `refresh_failed` says, and what caused it.
    pub message: String,
    pub cause: Val,
    /// The answer's status and members, without those that are tokens.
    pub answer: Val,
}

impl Reply {
    #[inline(never)]
    fn new(class: GrantOutcome, message: &str, cause: Val) -> Self {
        Self { class, lost: false, retry_after: None, tokens: None, message: message.into(), cause, answer: Val::UNDEFINED }
    }
}

const TIMED_OUT: &str = "The token request took too long; the session is kept.";
const FUNCTION_TIMED_OUT: &str = "The refresh function did not settle in time; the session is kept. If it calls this \
instance, it waits for itself: use `context.fetch`.";
const REENTERED: &str = "The refresh function called the instance that waits for it; use `context.fetch`. The session is kept.";

impl Shared {
    /// A controller that [`Self::cut`] aborts, until it is replaced.
    pub fn cuttable(&self) -> Val {
        let controller = abort::controller();
        self.was_cut.set(None);
        self.cut.replace(controller.clone());
        controller.get(Key::Signal)
    }

    /// Ends the running token request, or the pause before the next.
    pub fn cut(&self, why: Cut) {
        let controller = self.cut.take();
        if controller.is_object() {
            self.was_cut.set(Some(why));
            let reason = match why {
                Cut::Timeout => Val::construct(Key::DomException, &Val::text(TIMED_OUT), &Val::name(Key::TimeoutError)),
                Cut::Overtaken => Val::UNDEFINED,
            };
            controller.invoke(Key::Abort, &reason, &NONE);
        }
    }
}

/// Sends one token request with the stored refresh token.
pub async fn exchange(shared: &Rc<Shared>, reason: Reason) -> Reply {
    let reply = attempt(shared, reason).await;
    shared.cut.take();
    match reply {
        Ok(reply) => reply,
        Err(error) => thrown(shared, error),
    }
}

async fn attempt(shared: &Rc<Shared>, reason: Reason) -> Outcome<Reply> {
    let signal = shared.cuttable();
    let on_time = Rc::clone(shared);
    let _timer = Timer::after(shared.options.refresh_timeout, move || on_time.cut(Cut::Timeout));
    shared.reentered.set(false);
    let sent = match &shared.options.refresh {
        Refresh::Endpoint(endpoint) => request(shared, endpoint, &signal),
        Refresh::Function(function) => call(shared, function, &signal, reason),
        Refresh::None => Err(Val::UNDEFINED),
    }?;
    let value = sent.until(&signal).wait().await?;
    let is_response = !value.get(Key::Status).as_number().is_nan()
        && (value.get(Key::Text).is_function() || value.get(Key::Json).is_function());
    if matches!(shared.options.refresh, Refresh::Function(_)) && !is_response {
        return Ok(read(shared, 200, true, value, false, None));
    }
    let opaque = value.get(Key::Type).is(Key::Opaqueredirect);
    let status = if opaque { 0 } else { value.get(Key::Status).as_number() as u16 };
    let lenient = match &shared.options.refresh {
        Refresh::Endpoint(endpoint) => endpoint.json,
        Refresh::Function(_) | Refresh::None => true,
    };
    let retry_after = value.get(Key::Headers).invoke(Key::Get, &Val::name(Key::RetryAfter), &NONE);
    let retry_after = retry_after_ms(&retry_after.as_text(), clock::now() as f64, |_| retry_after.date()).map(|ms| ms as u64);
    let (parsed, empty) = if status == 0 {
        (Val::UNDEFINED, true)
    } else if value.get(Key::Text).is_function() {
        let text = value.invoke0(Key::Text).until(&signal).wait().await?;
        (text.parse(), !text.truthy())
    } else {
        (value.invoke0(Key::Json).until(&signal).wait().await.unwrap_or_default(), false)
    };
    Ok(read(shared, status, lenient, parsed, empty, retry_after))
}

fn thrown(shared: &Shared, error: Val) -> Reply {
    let function = matches!(shared.options.refresh, Refresh::Function(_));
    if shared.was_cut.get().is_some() {
        return Reply::new(GrantOutcome::Passing, if function { FUNCTION_TIMED_OUT } else { TIMED_OUT }, error);
    }
    if shared.reentered.get() {
        return Reply::new(GrantOutcome::Misconfigured, REENTERED, error);
    }
    let refused = error.get(Key::Name).is(Key::SessionRefusedError);
    let class = if refused { GrantOutcome::Refused } else { GrantOutcome::Passing };
    Reply { lost: !function, ..Reply::new(class, Code::RefreshFailed.message(), error) }
}

/// The body: these members, then `client_id` and the app's own; what is `undefined` is left out.
fn body(endpoint: &Endpoint, members: &Val) -> Val {
    members.put(Key::ClientIdMember, &endpoint.client_id);
    members.merge(&endpoint.params);
    if endpoint.json { members.json() } else { form_of(members.lend()) }
}

fn post(shared: &Shared, endpoint: &Endpoint, body: &Val, signal: &Val, keepalive: bool) -> Outcome {
    let init = Val::bare();
    init.put_name(Key::Method, Key::MethodPost);
    init.put_name(Key::Redirect, Key::Manual);
    init.put_name(Key::Cache, Key::NoStore);
    init.put_name(Key::ReferrerPolicy, Key::NoReferrer);
    init.put(Key::Credentials, &endpoint.credentials);
    init.put(Key::Headers, &endpoint_headers(endpoint.headers.lend(), endpoint.json)?);
    init.put(Key::Body, body);
    init.put(Key::Signal, signal);
    init.put(Key::Auth, &Val::FALSE);
    if keepalive {
        init.put(Key::Keepalive, &Val::TRUE);
    }
    shared.underlying().call(&endpoint.url, &init)
}

fn request(shared: &Shared, endpoint: &Endpoint, signal: &Val) -> Outcome {
    let members = Val::bare();
    members.put_name(Key::GrantType, Key::RefreshToken);
    members.put(Key::RefreshToken, &shared.member(Key::RefreshToken));
    post(shared, endpoint, &body(endpoint, &members), signal, false)
}

/// What a function of the app's gets: the refresh token, null where it may be in a cookie, and what to send it with.
fn context(shared: &Shared, refresh_token: &Val, signal: &Val) -> Val {
    let context = Val::bare();
    context.put(Key::RefreshTokenOfContext, &or_null(refresh_token));
    context.put(Key::Signal, signal);
    context.put(Key::Fetch, &bound(shared.options.fetch.lend()));
    context
}

fn or_null(token: &Val) -> Val {
    if record::usable(token) { token.clone() } else { Val::NULL }
}

fn call(shared: &Rc<Shared>, function: &Val, signal: &Val, reason: Reason) -> Outcome {
    let context = context(shared, &shared.member(Key::RefreshToken), signal);
    context.put(Key::Reason, &Val::text(reason.as_str()));
    shared.in_function.set(true);
    let result = function.call(&context.plain(), &NONE);
    shared.in_function.set(false);
    result
}

/// What an answer's JSON says, or the token response that a refresh function returned.
fn read(shared: &Shared, status: u16, lenient: bool, json: Val, empty: bool, retry_after: Option<u64>) -> Reply {
    let object = json.is_object() && !json.is_array();
    let members = json.own();
    let error = members.get(Key::Error);
    let text = error.as_text();
    let tokens = Tokens::read(&members, clock::now());
    let class = classify(&Answer {
        status,
        opaque_redirect: status == 0,
        lenient,
        body: if empty {
            Body::Empty
        } else if json.is_undefined() {
            Body::NotJson
        } else {
            Body::Json {
                error: error.is_text().then_some(text.as_str()),
                error_is_other_type: !(error.is_undefined() || error.is_text()),
                usable: !matches!(tokens, Err(Unusable::NoToken | Unusable::BadToken)),
                sendable: !matches!(tokens, Err(Unusable::BadType)),
                object,
            }
        },
    });
    let mut message = String::from(Code::RefreshFailed.message());
    if class == GrantOutcome::Misconfigured {
        message = String::from("The token endpoint's answer cannot be used; the session is kept. Its members: ");
        message.push_str(&members.names().as_text());
    }
    let secret = shared.member(Key::RefreshToken);
    let body = if object { members } else { Val::NULL };
    let answer = answer_of(status.into(), body.lend(), secret.lend());
    Reply { retry_after, tokens: tokens.ok(), answer, ..Reply::new(class, &message, Val::UNDEFINED) }
}

/// Tells the server of an ended session: the revocation endpoint (RFC 7009) in this turn, a function of the app's after it,
/// when all that is local is done. The promise is fulfilled in any case, when the timeout is over at the latest.
pub fn revoke(shared: &Rc<Shared>, refresh_token: &Val, access_token: &Val) -> Val {
    let controller = abort::controller();
    let signal = controller.get(Key::Signal);
    let (sent, url) = match &shared.options.revocation {
        Refresh::None => return Val::UNDEFINED,
        Refresh::Endpoint(endpoint) => {
            if !record::usable(refresh_token) && !endpoint.credentials.is(Key::Include) {
                return Val::UNDEFINED;
            }
            let members = Val::bare();
            members.put(Key::Token, refresh_token);
            members.put_name(Key::TokenTypeHint, Key::RefreshToken);
            (post(shared, endpoint, &body(endpoint, &members), &signal, true), endpoint.url.clone())
        }
        Refresh::Function(function) => {
            let context = context(shared, refresh_token, &signal);
            context.put(Key::AccessTokenOfSession, &or_null(access_token));
            let function = function.clone();
            (Ok(task::promise(async move { function.call(&context.plain(), &NONE) })), Val::UNDEFINED)
        }
    };
    let Ok(sent) = sent else { return Val::UNDEFINED };
    let (timeout, told) = (shared.options.refresh_timeout, shared.options.debug);
    task::promise(async move {
        let late = Timer::after(timeout, move || {
            controller.invoke0(Key::Abort);
        });
        let answer = sent.until(&signal).wait().await;
        drop(late);
        debug::revoked(told, answer, &url);
        Ok(Val::UNDEFINED)
    })
}
