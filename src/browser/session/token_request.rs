//! One token request (RFC 6749 §6), or one call of the app's refresh function.
//!
//! Nothing here is decided: the answer is read in [`super::reply`]. No redirect is followed (a 307 would carry the
//! refresh token away), and headers and body stand under one timeout.

use super::reply::{Reply, read};
use super::shared::{AbortCause, Shared};
use crate::browser::abort;
use crate::browser::clock::Timer;
use crate::browser::endpoint::{Endpoint, Refresh};
use crate::browser::js::keys::Key;
use crate::browser::js::{Lent, NONE, Outcome, Val};
use crate::browser::record;
use crate::protocol::error::Code;
use crate::protocol::grant::GrantOutcome;
use crate::protocol::renewal::Reason;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/ops.js")]
extern "C" {
    /// A promise of what was received, of its JSON, and, where `copies`, of a 4xx as it can be read again.
    fn receive(sent: Lent, copies: i32) -> Val;
    /// A promise of what it says; what it throws rejects.
    fn ask(judge: Lent, response: Lent) -> Val;
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

const LATE: &str = "It took longer than `refreshTimeout` allows.";
const TIMED_OUT: &str = "The token request took too long; the session is kept.";
const FUNCTION_TIMED_OUT: &str = "The refresh function did not settle in time; the session is kept. If it calls this \
instance, it waits for itself: use `context.fetch`.";
const NOT_SAID: &str = "Option `isRefused` threw, or did not settle in time. ";
/// What a call from within the refresh function is told, and the failure that it leads to.
pub const REENTERED: &str =
    "The refresh function called the instance that waits for it; use `context.fetch`. The session is kept.";

impl Shared {
    /// A controller that [`Self::cut`] aborts, until it is replaced.
    pub fn abortable(&self) -> Val {
        let controller = abort::controller();
        self.abort_cause.set(None);
        self.cut.replace(controller.clone());
        controller.get(Key::Signal)
    }

    /// That controller has done its work: what began meanwhile keeps its own.
    pub fn release_abortable(&self, signal: &Val) {
        let mut slot = self.cut.borrow_mut();
        if slot.get(Key::Signal).same(signal) {
            *slot = Val::UNDEFINED;
        }
    }

    /// Ends the running token request, or the pause before the next.
    pub fn cut(&self, why: AbortCause) {
        let controller = self.cut.take();
        if controller.is_object() {
            self.abort_cause.set(Some(why));
            let reason = match why {
                AbortCause::Timeout => {
                    Val::construct(Key::DomException, &Val::text(LATE), &Val::name(Key::TimeoutError))
                }
                AbortCause::Overtaken => Val::UNDEFINED,
            };
            controller.invoke(Key::Abort, &reason, &NONE);
        }
    }
}

/// Sends one token request with the stored refresh token.
pub async fn exchange(shared: &Rc<Shared>, reason: Reason) -> Reply {
    let signal = shared.abortable();
    let reply = attempt(shared, reason, &signal).await;
    shared.release_abortable(&signal);
    match reply {
        Ok(reply) => reply,
        Err(error) => thrown(shared, error),
    }
}

async fn attempt(shared: &Rc<Shared>, reason: Reason, signal: &Val) -> Outcome<Reply> {
    let judge = &shared.options.is_refused;
    shared.reentered.set(false);
    let timer = timeout(shared);
    let sent = match &shared.options.refresh {
        Refresh::Endpoint(endpoint) => request(shared, endpoint, signal),
        Refresh::Function(function) => call(shared, function, signal, reason),
        Refresh::None => Err(Val::UNDEFINED),
    }?;
    let received = receive(sent.lend(), i32::from(judge.is_function())).until(signal).wait().await?;
    drop(timer);
    let (mut reply, may_be_refused) = read(shared, &received.at(0), received.at(1));
    if may_be_refused && judge.is_function() {
        // The lock is held meanwhile: nobody is to present this refresh token before it is known what it is worth.
        let timer = timeout(shared);
        let said = ask(judge.lend(), received.at(2).lend()).until(signal).wait().await;
        drop(timer);
        match said {
            Ok(said) => reply.class = reply.class.overruled(said.truthy()),
            Err(error) => {
                reply.class = GrantOutcome::Permanent;
                reply.message.insert_str(0, NOT_SAID);
                reply.cause = error;
            }
        }
    }
    Ok(reply)
}

/// The time that one attempt has, and `isRefused` after it.
fn timeout(shared: &Rc<Shared>) -> Timer {
    let on_time = Rc::clone(shared);
    Timer::after(shared.options.refresh_timeout, move || on_time.cut(AbortCause::Timeout))
}

fn thrown(shared: &Shared, error: Val) -> Reply {
    let function = matches!(shared.options.refresh, Refresh::Function(_));
    if shared.abort_cause.get().is_some() {
        return Reply::new(GrantOutcome::Transient, if function { FUNCTION_TIMED_OUT } else { TIMED_OUT }, error);
    }
    if shared.reentered.get() {
        return Reply::new(GrantOutcome::Permanent, REENTERED, error);
    }
    let refused = error.get(Key::Name).is(Key::SessionRefusedError);
    let class = if refused { GrantOutcome::Refused } else { GrantOutcome::Transient };
    Reply { lost: !function, ..Reply::new(class, Code::RefreshFailed.message(), error) }
}

/// The body: these members, then `client_id` and the app's own; what is `undefined` is left out.
pub(super) fn body(endpoint: &Endpoint, members: &Val) -> Val {
    members.put(Key::ClientIdMember, &endpoint.client_id);
    members.merge(&endpoint.params);
    if endpoint.json { members.json() } else { form_of(members.lend()) }
}

pub(super) fn post(shared: &Shared, endpoint: &Endpoint, body: &Val, signal: &Val, keepalive: bool) -> Outcome {
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
    shared.underlying().call(&endpoint.url, &init)
}

fn request(shared: &Shared, endpoint: &Endpoint, signal: &Val) -> Outcome {
    let members = Val::bare();
    members.put_name(Key::GrantType, Key::RefreshToken);
    members.put(Key::RefreshToken, &shared.member(Key::RefreshToken));
    post(shared, endpoint, &body(endpoint, &members), signal, false)
}

/// What a function of the app's gets: the refresh token, null where it may be in a cookie, and what to send it with.
pub(super) fn context(shared: &Shared, refresh_token: &Val, signal: &Val) -> Val {
    let context = Val::bare();
    context.put(Key::RefreshTokenOfContext, &or_null(refresh_token));
    context.put(Key::Signal, signal);
    context.put(Key::Fetch, &bound(shared.options.fetch.lend()));
    context
}

pub(super) fn or_null(token: &Val) -> Val {
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
