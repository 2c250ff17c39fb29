//! The ends of epochs: what calls are rejected with, what listeners are told, and what the server is told of.

use super::driver::SessionDriver;
use crate::browser::abort::Epoch;
use crate::browser::error;
use crate::browser::js::keys::Key;
use crate::browser::js::slot::Slot;
use crate::browser::js::task::{deferred, settle};
use crate::browser::js::{NONE, Val};
use crate::protocol::effect::Ending;
use crate::protocol::error::Code;
use std::cell::{Cell, RefCell};
use std::mem::take;
use std::rc::Rc;

/// One end.
#[derive(Default)]
pub struct Ended {
    epoch: Rc<Epoch>,
    /// What every pending call is rejected with.
    calls: Val,
    /// What listeners are told of it, where the end was not the app's own.
    pub error: Val,
    pub reason: Val,
    /// Of a `logout()`: its promise, the refresh token and the access token.
    revocable: Val,
}

/// See the module's text.
#[derive(Default)]
pub struct Ends {
    /// The promise and the reason of the `logout()` that is being carried out.
    asked: (Slot, Slot),
    /// Those of which code of the app's does not know yet, the earliest first.
    ahead: RefCell<Vec<Ended>>,
    /// The one that is being told of.
    pub told: RefCell<Ended>,
    /// What the calls of the last ended epoch are rejected with.
    error: Slot,
    /// Its code and reason, as the record has them.
    members: Slot,
    /// A listener has asked to stay on this page, or there is nothing to tell.
    stays: Cell<bool>,
}

impl Ends {
    /// What the calls of an ended session are rejected with: one object for all of one end.
    pub fn error(&self) -> Val {
        let error = self.error.get();
        if error.is_undefined() { error::plain(Code::LoggedOut) } else { error }
    }

    /// Its code and its reason.
    pub fn members(&self) -> Val {
        self.members.get()
    }

    /// Of the `logout()` that is being told of: its promise, the refresh token and the access token.
    pub fn take_revocable(&self) -> Val {
        take(&mut self.told.borrow_mut().revocable)
    }

    /// Whether the page is not to be left for `loginUrl`.
    pub fn stay(&self, stays: bool) {
        self.stays.set(stays);
    }
}

/// Fulfils what [`deferred`] gave.
pub fn fulfil(done: &Val) {
    if done.is_object() {
        settle(done.lend(), i32::from(true), NONE.lend());
    }
}

impl SessionDriver {
    /// What the end of the running epoch aborts.
    #[inline(never)]
    pub fn epoch(&self) -> Rc<Epoch> {
        Rc::clone(&self.epoch.borrow())
    }

    /// Ends the session in this turn. The promise is fulfilled when the server has been told, or is not to be.
    pub fn log_out(self: &Rc<Self>, reason: Val, revoke: bool, redirect: bool) -> Val {
        let done = deferred();
        let promise = done.at(0);
        self.synchronize();
        self.ends.asked.0.set(done.clone());
        self.ends.asked.1.set(reason);
        self.ask(|session, now| session.log_out(revoke, redirect, now));
        if !revoke {
            fulfil(&done);
        }
        promise
    }

    /// The running epoch is over.
    pub fn close_epoch(&self, ending: Ending) {
        let (vault, ends) = (&self.vault, &self.ends);
        let mut ended = Ended { epoch: self.epoch.take(), ..Ended::default() };
        let code = match ending {
            Ending::LoggedOut { .. } => {
                let done = ends.asked.0.take();
                ended.reason = ends.asked.1.take();
                ended.revocable = Val::list();
                for value in [done, vault.member(Key::RefreshToken), vault.member(Key::AccessToken)] {
                    ended.revocable.push(&value);
                }
                Code::LoggedOut
            }
            Ending::Refused => {
                ended.error = self.refreshes.take_refusal();
                ended.reason = Val::text("refused");
                Code::SessionExpired
            }
            Ending::RetryRejected => {
                ended.error = error::plain(Code::SessionExpired);
                ended.reason = Val::text("retry_rejected");
                Code::SessionExpired
            }
            Ending::Elsewhere => {
                ended.reason = vault.member(Key::Reason);
                let expired = vault.member(Key::Code).is(Key::SessionExpired);
                if expired { Code::SessionExpired } else { Code::LoggedOut }
            }
        };
        if !ended.reason.is_text() {
            ended.reason = Val::name(Key::User);
        }
        ended.calls = if ended.error.is_undefined() { error::plain(code) } else { ended.error.clone() };
        let members = Val::bare();
        members.put(Key::Reason, &ended.reason);
        members.put(Key::Code, &Val::text(code.as_str()));
        ends.members.set(members);
        ends.error.set(ended.calls.clone());
        ends.ahead.borrow_mut().push(ended);
    }

    /// Rejects all that is pending of the earliest epoch that is over, with one object.
    pub fn end_calls(&self) {
        let mut ahead = self.ends.ahead.borrow_mut();
        if ahead.is_empty() {
            return;
        }
        let ended = ahead.remove(0);
        drop(ahead);
        let (epoch, error) = (Rc::clone(&ended.epoch), ended.calls.clone());
        self.ends.told.replace(ended);
        epoch.abort(&error);
    }

    /// Goes to the login page.
    pub fn navigate(&self) {
        let login_url = &self.options.login_url;
        if self.ends.stays.get() || !login_url.is_text() {
            return;
        }
        let location = Val::global(Key::Document).get(Key::Location);
        let (there, here) = (login_url.url(), location.get(Key::Href).url());
        let already = [Key::Origin, Key::Pathname].into_iter().all(|part| there.get(part).same(&here.get(part)));
        if !already {
            location.invoke(Key::Assign, login_url, &Val::UNDEFINED);
        }
    }
}
