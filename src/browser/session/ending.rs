//! The end of a session: one synchronous turn, in a fixed order.
//!
//! What a listener does meanwhile (throw, sign in, log out again) breaks none of it: everything that counts is done
//! before the first of them runs.

use super::revocation;
use super::shared::{AbortCause, Shared};
use crate::browser::clock;
use crate::browser::error;
use crate::browser::js::Val;
use crate::browser::js::keys::Key;
use crate::protocol::error::Code;
use crate::protocol::token::Record;
use std::rc::Rc;

/// How a session ends.
pub struct Ending {
    /// What the calls' error says.
    pub code: Code,
    /// What the `logout` event says.
    pub reason: Val,
    /// What every pending call is rejected with; given where the ending was not the app's own.
    pub error: Val,
    /// False: stay on this page.
    pub redirect: bool,
    /// Tell the revocation endpoint.
    pub revoke: bool,
}

impl Ending {
    /// An ending that the server's answer caused.
    pub fn verdict(reason: &str, error: Val) -> Self {
        Self { code: Code::SessionExpired, reason: Val::text(reason), error, redirect: true, revoke: false }
    }
}

impl Shared {
    /// Ends the session here and in storage. The promise is the revocation's, or `undefined`.
    pub fn end(self: &Rc<Self>, ending: Ending) -> Val {
        let (refresh_token, access_token) = (self.member(Key::RefreshToken), self.member(Key::AccessToken));
        let mut before = self.record();
        before.unconfirmed |=
            ending.revoke && before.refresh.is_none() && self.cookie_possible && self.revokes_cookie();
        let tombstone = self.ask(|machine| machine.on_end(&before, clock::now()));
        let members = Val::bare();
        members.put(Key::Reason, &ending.reason);
        members.put(Key::Code, &Val::text(ending.code.as_str()));
        // Another app's session is not ours to end.
        let alone = self.stored.borrow().another_apps;
        if !alone {
            self.save(&tombstone, members);
        }
        self.abort_all(&ending);
        if !alone {
            self.verify_tombstone();
        }
        let revoked =
            if ending.revoke { revocation::revoke(self, &refresh_token, &access_token) } else { Val::UNDEFINED };
        self.tell_end(&ending, Key::ThisTab);
        revoked
    }

    /// Rejects all that is pending with one object.
    fn abort_all(self: &Rc<Self>, ending: &Ending) {
        let error = if ending.error.is_undefined() { error::plain(ending.code) } else { ending.error.clone() };
        self.end.replace(error.clone());
        let epoch = self.epoch.take();
        self.renewal.take();
        self.told_of.take();
        self.wake_waiters();
        self.cut(AbortCause::Overtaken);
        epoch.abort(&error);
    }

    fn tell_end(self: &Rc<Self>, ending: &Ending, source: Key) {
        let was_out = self.told.borrow().state == Some(Key::StateSignedOut);
        let ended_in = self.ask(|machine| machine.epoch());
        self.notify(None, source);
        if was_out {
            return;
        }
        let detail = Val::bare();
        detail.put(Key::Reason, &ending.reason);
        detail.put_name(Key::Source, source);
        if !ending.error.is_undefined() {
            detail.put(Key::Error, &ending.error);
        }
        let login_url = &self.options.login_url;
        let go = self.events.fire(Key::Logout, &detail, login_url.is_text());
        let still_out = self.ask(|machine| machine.epoch()) == ended_in && !self.record().signed_in();
        if go && ending.redirect && still_out && login_url.is_text() {
            go_to(login_url);
        }
    }

    /// The record is another tab's end of the session, or it is gone.
    pub fn ended_elsewhere(self: &Rc<Self>, was_in: bool) {
        let reason = self.member(Key::Reason);
        let expired = self.member(Key::Code).is(Key::SessionExpired);
        let ending = Ending {
            code: if expired { Code::SessionExpired } else { Code::LoggedOut },
            reason: if reason.is_text() { reason } else { Val::name(Key::User) },
            error: Val::UNDEFINED,
            redirect: true,
            revoke: false,
        };
        self.abort_all(&ending);
        if was_in {
            self.tell_end(&ending, Key::OtherTab);
        }
    }

    /// The record without its tokens, in the same epoch: the refresh token was refused, and the session is kept.
    pub fn suspend(self: &Rc<Self>, error: &Val) {
        let record = Record { access: None, refresh: None, suspended: true, ..self.record() };
        self.save(&record, Val::bare());
        self.wake_waiters();
        let detail = Val::bare();
        detail.put(Key::Error, error);
        self.notify(None, Key::ThisTab);
        self.events.fire(Key::Suspend, &detail, false);
    }
}

fn go_to(login_url: &Val) {
    let location = Val::global(Key::Document).get(Key::Location);
    let (there, here) = (login_url.url(), location.get(Key::Href).url());
    let already = [Key::Origin, Key::Pathname].into_iter().all(|part| there.get(part).same(&here.get(part)));
    if !already {
        location.invoke(Key::Assign, login_url, &Val::UNDEFINED);
    }
}
