//! What a renewal ends with, for everybody who waits for it: stored, adopted, failed, refused, or overtaken by an end.

use super::ending::Ending;
use super::renewing::Run;
use super::reply::Reply;
use super::shared::Shared;
use crate::browser::clock;
use crate::browser::debug;
use crate::browser::error;
use crate::browser::js::keys::Key;
use crate::browser::js::{Lent, NONE, Outcome, Val};
use crate::protocol::config::OnSessionExpired;
use crate::protocol::error::Code;
use crate::protocol::grant::GrantOutcome;
use crate::protocol::renewal::{Cooldown, Keep};
use crate::protocol::session::Session;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/ops.js")]
extern "C" {
    fn warn(warned: Lent, text: &str);
}

const NEVER_ACCEPTED: &str =
    "Several renewals in a row brought tokens with which no call was accepted; the session is kept.";

impl Run {
    /// Clears the slot: only its owner does. What was in it is what a listener gets who asks for another renewal.
    fn close(&self, renewed: bool) {
        let shared = &self.shared;
        shared.ask(|machine| machine.finish(self.id, renewed));
        let mut slot = shared.renewal.borrow_mut();
        if let Some((_, promise)) = slot.take_if(|(owner, _)| *owner == self.id) {
            shared.told_of.replace(Some(promise));
        }
    }

    pub(super) fn store(&self, reply: &Reply, keep: Keep) -> Outcome {
        let shared = &self.shared;
        let now = clock::now();
        let Some(tokens) = &reply.tokens else {
            return self.failed(reply, Cooldown { until: now, retry_after_set: false });
        };
        let blocked = if self.without_session {
            shared.sign_in(tokens, Session::epoch_by_cookie, now)
        } else {
            shared.renewed(tokens, keep, now)
        };
        if !shared.record().signed_in() {
            return self.ended();
        }
        self.close(true);
        if keep == Keep::New && shared.anybody_waits() {
            let record = shared.record();
            shared.ask(|machine| machine.start_canary(&record));
        }
        let retry_at = shared.record().retry_at;
        if retry_at > 0 {
            let error = error::failed(Code::RefreshFailed, NEVER_ACCEPTED, &NONE, &NONE, true);
            shared.failure.replace((retry_at, error));
        }
        shared.wake_waiters();
        shared.storage_blocked(blocked);
        shared.notify(Some(if self.without_session { Key::Signin } else { Key::Refresh }), Key::ThisTab);
        shared.told_of.take();
        debug::end(self.number, Key::EndedNew);
        Ok(shared.session())
    }

    /// The slot is cleared, and whoever waits asks again.
    fn leave(&self, renewed: bool) {
        self.close(renewed);
        self.shared.wake_waiters();
        self.shared.notify(None, Key::ThisTab);
    }

    pub(super) fn adopt(&self) -> Outcome {
        self.leave(true);
        self.shared.told_of.take();
        debug::end(self.number, Key::EndedNewer);
        Ok(self.shared.session())
    }

    pub(super) fn ended(&self) -> Outcome {
        self.leave(false);
        self.shared.told_of.take();
        debug::end(self.number, Key::EndedWith);
        let session = self.shared.session();
        if self.without_session && session.is_object() { Ok(session) } else { Err(self.shared.ended()) }
    }

    pub(super) fn failed(&self, reply: &Reply, cooldown: Cooldown) -> Outcome {
        let shared = &self.shared;
        let attempts = shared.ask(|machine| machine.renewal().map_or(1, |run| run.attempts));
        let transient = reply.class == GrantOutcome::Transient;
        let error = error::failed(Code::RefreshFailed, &reply.message, &reply.cause, &reply.answer, transient);
        shared.failure.replace((cooldown.until, error.clone()));
        if shared.record().signed_in() {
            let Cooldown { until, retry_after_set } = cooldown;
            shared.amend(|record| (record.retry_at, record.retry_after_set) = (until, retry_after_set));
        }
        self.leave(false);
        let detail = Val::bare();
        detail.put(Key::Error, &error);
        detail.put_number(Key::Attempts, attempts.into());
        // A listener may try again, once: to one that is told of the failure of that, it is the last word.
        if !self.again {
            shared.told_of.take();
        }
        shared.tells_failure.set(true);
        shared.events.fire(Key::Refreshfailed, &detail, false);
        shared.tells_failure.set(false);
        shared.told_of.take();
        if !transient {
            warn(shared.warned.lend(), &reply.message);
        }
        debug::end(self.number, Key::EndedKept);
        Err(error)
    }

    pub(super) fn refused(&self, reply: &Reply) -> Outcome {
        let code = if self.without_session { Code::SignedOut } else { Code::SessionExpired };
        let error = error::detailed(code, code.message(), &reply.cause, &reply.answer);
        if self.without_session {
            return self.signed_out(error);
        }
        self.close(false);
        self.shared.told_of.take();
        self.shared.refuse(error.clone());
        debug::end(self.number, Key::EndedRefused);
        Err(error)
    }

    /// There is no session, and the cookie brings none.
    pub(super) fn signed_out(&self, error: Val) -> Outcome {
        self.close(false);
        self.shared.told_of.take();
        self.shared.notify(None, Key::ThisTab);
        debug::end(self.number, Key::EndedRefused);
        Err(error)
    }
}

impl Shared {
    /// The refresh token was refused, or there is no way left to renew a token that has run out.
    pub fn refuse(self: &Rc<Self>, error: Val) {
        match self.options.policy.on_session_expired {
            OnSessionExpired::Logout => {
                self.end(Ending::verdict("refused", error));
            }
            OnSessionExpired::Hold | OnSessionExpired::PassThrough => self.suspend(&error),
        }
    }
}
