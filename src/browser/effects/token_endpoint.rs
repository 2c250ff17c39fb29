//! One token request (RFC 6749 §6), or one call of the app's refresh function.
//!
//! Nothing here is decided: the answer is read in [`super::reply`]. No redirect is followed (a 307 would carry the
//! refresh token away), and headers and body stand under one timeout.

use super::reply::{Reply, read};
use crate::browser::abort;
use crate::browser::endpoint::{Endpoint, Refresh};
use crate::browser::js::keys::Key;
use crate::browser::js::{Lent, NONE, Outcome, Val, task};
use crate::browser::session::driver::SessionDriver;
use crate::browser::tokens::usable;
use crate::protocol::error::Code;
use crate::protocol::event::Event;
use crate::protocol::grant::GrantOutcome;
use crate::protocol::refresh::Reason;
use crate::protocol::session::refresh;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/ops.js")]
extern "C" {
    /// A promise of what was received, of its JSON, and, where `copies`, of a 4xx as it can be read again.
    fn receive(sent: Lent, copies: i32) -> Val;
    /// A promise of what it says; what it throws rejects.
    fn ask(judge: Lent, response: Lent) -> Val;
    /// The promise, or after `ms` an abort of the controller, and a rejection with its reason. An abort rejects too.
    pub fn within(promise: Lent, controller: Lent, ms: f64, late: &str) -> Val;
    #[wasm_bindgen(js_name = formOf)]
    fn form_of(members: Lent) -> Val;
    #[wasm_bindgen(catch, js_name = endpointHeaders)]
    fn endpoint_headers(given: Lent, json: i32) -> Result<Val, JsValue>;
}

#[wasm_bindgen(module = "/js/fetch.js")]
extern "C" {
    /// The underlying fetch as the app's code gets it.
    fn bound(given: Lent) -> Val;
}

/// What is said of what takes too long.
pub const LATE: &str = "It took longer than `refreshTimeout` allows.";
const TIMED_OUT: &str = "The token request took too long; the session is kept.";
const FUNCTION_TIMED_OUT: &str = "The refresh function did not settle in time; the session is kept. If it calls this \
instance, it waits for itself: use `context.fetch`.";
const NOT_SAID: &str = "Option `isRefused` threw, or did not settle in time. ";
/// What a call from within the refresh function is told, and the failure that it leads to.
pub const REENTERED: &str =
    "The refresh function called the instance that waits for it; use `context.fetch`. The session is kept.";

/// Sends one token request with the stored refresh token, a microtask later, and tells what has come of it.
pub fn request_token(driver: &Rc<SessionDriver>, id: u32, reason: Reason) {
    let driver = Rc::clone(driver);
    let controller = abort::controller();
    let signal = controller.get(Key::Signal);
    driver.refreshes.sends(id, controller.clone());
    task::promise(async move {
        let reply = if abort::aborted(&signal) {
            Err(Val::UNDEFINED)
        } else {
            attempt(&driver, reason, &controller, &signal).await
        };
        let reply = reply.unwrap_or_else(|error| thrown(&driver, &signal, error));
        let _ = driver.refreshes.sent(id);
        if driver.session(|session| session.refresh()) == Some(id) {
            driver.on_reply(id, reply);
        }
        Ok(Val::UNDEFINED)
    });
}

async fn attempt(driver: &SessionDriver, reason: Reason, controller: &Val, signal: &Val) -> Outcome<Reply> {
    let is_refused = &driver.options.is_refused;
    driver.reentered.set(false);
    let ms = driver.options.refresh_timeout;
    let sent = match &driver.options.refresh {
        Refresh::Endpoint(endpoint) => request(driver, endpoint, signal),
        Refresh::Function(function) => call(driver, function, signal, reason),
        Refresh::None => Err(Val::UNDEFINED),
    }?;
    let received = receive(sent.lend(), i32::from(is_refused.is_function()));
    let received = within(received.lend(), controller.lend(), ms, LATE).wait().await?;
    let (mut reply, may_be_refused) = read(driver, &received.at(0), received.at(1));
    if may_be_refused && is_refused.is_function() {
        // The lock is held meanwhile: nobody is to present this refresh token before it is known what it is worth.
        let said = ask(is_refused.lend(), received.at(2).lend());
        match within(said.lend(), controller.lend(), ms, LATE).wait().await {
            Ok(said) => reply.outcome.class = reply.outcome.class.overruled(said.truthy()),
            Err(error) => {
                reply.outcome.class = GrantOutcome::Permanent;
                reply.message.insert_str(0, NOT_SAID);
                reply.cause = error;
            }
        }
    }
    Ok(reply)
}

impl SessionDriver {
    fn on_reply(self: &Rc<Self>, id: u32, mut reply: Reply) {
        let granted = reply.tokens.take().map(|tokens| self.vault.grant(tokens));
        let outcome = reply.outcome;
        self.refreshes.reply.replace(Some(reply));
        self.dispatch(Event::TokenReply(id, refresh::Reply { outcome, granted }));
    }
}

fn thrown(driver: &SessionDriver, signal: &Val, error: Val) -> Reply {
    let function = matches!(driver.options.refresh, Refresh::Function(_));
    // What a sign-in or an end has aborted comes to nobody.
    if abort::aborted(signal) {
        return Reply::new(GrantOutcome::Transient, if function { FUNCTION_TIMED_OUT } else { TIMED_OUT }, error);
    }
    if driver.reentered.get() {
        return Reply::new(GrantOutcome::Permanent, REENTERED, error);
    }
    let refused = error.get(Key::Name).is(Key::SessionRefusedError);
    let class = if refused { GrantOutcome::Refused } else { GrantOutcome::Transient };
    let mut reply = Reply::new(class, Code::RefreshFailed.message(), error);
    reply.outcome.lost = !function;
    reply
}

/// The body: these members, then `client_id` and the app's own; what is `undefined` is left out.
pub(super) fn body(endpoint: &Endpoint, members: &Val) -> Val {
    members.put(Key::ClientIdMember, &endpoint.client_id);
    members.merge(&endpoint.params);
    if endpoint.json { members.json() } else { form_of(members.lend()) }
}

pub(super) fn post(driver: &SessionDriver, endpoint: &Endpoint, body: &Val, signal: &Val, keepalive: bool) -> Outcome {
    let init = Val::bare();
    init.put_name(Key::Method, Key::MethodPost);
    init.put_name(Key::Redirect, Key::Manual);
    init.put_name(Key::Cache, Key::NoStore);
    init.put_name(Key::ReferrerPolicy, Key::NoReferrer);
    init.put(Key::Credentials, &endpoint.credentials);
    init.put(Key::Headers, &endpoint_headers(endpoint.headers.lend(), i32::from(endpoint.json))?);
    init.put(Key::Body, body);
    init.put(Key::Signal, signal);
    init.put(Key::Auth, &Val::FALSE);
    if keepalive {
        init.put(Key::Keepalive, &Val::TRUE);
    }
    driver.underlying().call(&endpoint.url, &init)
}

fn request(driver: &SessionDriver, endpoint: &Endpoint, signal: &Val) -> Outcome {
    let members = Val::bare();
    members.put_name(Key::GrantType, Key::RefreshToken);
    members.put(Key::RefreshToken, &driver.vault.member(Key::RefreshToken));
    post(driver, endpoint, &body(endpoint, &members), signal, false)
}

/// What a function of the app's gets: the refresh token, null where it may be in a cookie, and what to send it with.
pub(super) fn context(driver: &SessionDriver, refresh_token: &Val, signal: &Val) -> Val {
    let context = Val::bare();
    context.put(Key::RefreshTokenOfContext, &or_null(refresh_token));
    context.put(Key::Signal, signal);
    context.put(Key::Fetch, &bound(driver.options.fetch.lend()));
    context
}

pub(super) fn or_null(token: &Val) -> Val {
    if usable(token) { token.clone() } else { Val::NULL }
}

fn call(driver: &SessionDriver, function: &Val, signal: &Val, reason: Reason) -> Outcome {
    let context = context(driver, &driver.vault.member(Key::RefreshToken), signal);
    context.put(Key::Reason, &Val::text(reason.as_str()));
    driver.in_function.set(true);
    let result = function.call(&context.plain(), &NONE);
    driver.in_function.set(false);
    result
}
