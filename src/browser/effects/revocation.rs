//! A logout that the server is told of: at the revocation endpoint (RFC 7009), or by a function of the app's.
//!
//! Everything local is done before, and nothing of it delays or fails the logout.

use super::token_endpoint::{LATE, body, context, or_null, post, within};
use crate::browser::abort;
use crate::browser::debug;
use crate::browser::endpoint::Refresh;
use crate::browser::js::keys::Key;
use crate::browser::js::task;
use crate::browser::js::{NONE, Outcome, Val};
use crate::browser::session::driver::SessionDriver;
use crate::browser::session::ends::fulfil;
use crate::browser::tokens::usable;
use crate::protocol::cookie::confirms;
use crate::protocol::event::Event;
use std::rc::Rc;

/// Whether a revocation can end a session whose refresh token is in a cookie.
pub fn revokes_cookie(revocation: &Refresh) -> bool {
    match revocation {
        Refresh::None => false,
        Refresh::Endpoint(endpoint) => endpoint.credentials.is(Key::Include),
        Refresh::Function(_) => true,
    }
}

/// Tells the server of the session that has ended: the endpoint in this turn, a function after it.
pub fn revoke(driver: &Rc<SessionDriver>) -> Option<Event> {
    let unconfirmed = driver.session(|session| session.unconfirmed());
    let revocable = driver.ends.take_revocable();
    let (done, refresh_token, access_token) = (revocable.at(0), revocable.at(1), revocable.at(2));
    let controller = abort::controller();
    let signal = controller.get(Key::Signal);
    let sent = send(driver, &refresh_token, &access_token, &signal);
    let Some((sent, url)) = sent else {
        fulfil(&done);
        return Some(Event::Revoked { confirmed: None });
    };
    let driver = Rc::clone(driver);
    task::promise(async move {
        let ms = driver.options.refresh_timeout;
        let answer = within(sent.lend(), controller.lend(), ms, LATE).wait().await;
        let confirmed = unconfirmed.filter(|_| is_confirmed(&answer));
        driver.dispatch(Event::Revoked { confirmed });
        debug::revoked(driver.options.debug, answer, &url);
        fulfil(&done);
        Ok(Val::UNDEFINED)
    });
    None
}

/// What was sent, and where; none where there is nobody to be told.
fn send(driver: &SessionDriver, refresh_token: &Val, access_token: &Val, signal: &Val) -> Option<(Val, Val)> {
    match &driver.options.revocation {
        Refresh::None => None,
        Refresh::Endpoint(endpoint) => {
            if !usable(refresh_token) && !revokes_cookie(&driver.options.revocation) {
                return None;
            }
            let members = Val::bare();
            members.put(Key::Token, refresh_token);
            members.put_name(Key::TokenTypeHint, Key::RefreshToken);
            let sent = post(driver, endpoint, &body(endpoint, &members), signal, true).ok()?;
            Some((sent, endpoint.url.clone()))
        }
        Refresh::Function(function) => {
            let context = context(driver, refresh_token, signal);
            context.put(Key::AccessTokenOfSession, &or_null(access_token));
            let function = function.clone();
            let sent = task::promise(async move { function.call(&context.plain(), &NONE) });
            Some((sent, Val::UNDEFINED))
        }
    }
}

/// A function that returns no response confirms by being fulfilled.
fn is_confirmed(answer: &Outcome) -> bool {
    answer.as_ref().is_ok_and(|answer| {
        let status = answer.get(Key::Status).as_number();
        status.is_nan() || confirms(status as u16)
    })
}
