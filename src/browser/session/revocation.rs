//! A logout that the server is told of: at the revocation endpoint (RFC 7009), or by a function of the app's.
//!
//! Everything local is done before, and nothing of it delays or fails the logout.

use super::shared::Shared;
use super::token_request::{body, context, or_null, post};
use crate::browser::abort;
use crate::browser::clock::Timer;
use crate::browser::debug;
use crate::browser::endpoint::Refresh;
use crate::browser::js::keys::Key;
use crate::browser::js::task;
use crate::browser::js::{NONE, Outcome, Val};
use crate::browser::record;
use crate::protocol::cookie::confirms;
use std::rc::Rc;

impl Shared {
    /// Whether a revocation can end a session whose refresh token is in a cookie.
    pub fn revokes_cookie(&self) -> bool {
        match &self.options.revocation {
            Refresh::None => false,
            Refresh::Endpoint(endpoint) => endpoint.credentials.is(Key::Include),
            Refresh::Function(_) => true,
        }
    }
}

/// Tells the server of an ended session: the endpoint in this turn, a function after it. The promise is fulfilled in
/// any case, when the timeout is over at the latest.
pub fn revoke(shared: &Rc<Shared>, refresh_token: &Val, access_token: &Val) -> Val {
    let controller = abort::controller();
    let signal = controller.get(Key::Signal);
    let (sent, url) = match &shared.options.revocation {
        Refresh::None => return Val::UNDEFINED,
        Refresh::Endpoint(endpoint) => {
            if !record::usable(refresh_token) && !shared.revokes_cookie() {
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
    let (timeout, unconfirmed) = (shared.options.refresh_timeout, shared.unconfirmed());
    let shared = Rc::clone(shared);
    shared.revoking.set(true);
    task::promise(async move {
        let late = Timer::after(timeout, move || {
            controller.invoke0(Key::Abort);
        });
        let answer = sent.until(&signal).wait().await;
        drop(late);
        shared.revoking.set(false);
        if let Some(epoch) = unconfirmed
            && is_confirmed(&answer)
        {
            shared.confirmed(epoch);
        }
        debug::revoked(shared.options.debug, answer, &url);
        Ok(Val::UNDEFINED)
    })
}

/// A function that returns no response confirms by being fulfilled.
fn is_confirmed(answer: &Outcome) -> bool {
    answer.as_ref().is_ok_and(|answer| {
        let status = answer.get(Key::Status).as_number();
        status.is_nan() || confirms(status as u16)
    })
}
