//! The end of a session: one synchronous turn, in a fixed order. Everything that counts is done before any code of the
//! app's runs, so that nothing it does (throw, sign in, log out again) breaks any of it.

use super::Session;
use crate::protocol::config::OnSessionExpired;
use crate::protocol::effect::{Effect, Ending, Members, Notice, Source};
use crate::protocol::fault::Fault;
use crate::protocol::token::Record;

impl Session {
    /// `logout()`. With `revoke` the server is told, where that is set up.
    pub fn log_out(&mut self, revoke: bool, redirect: bool, now: u64) {
        self.end(Ending::LoggedOut { redirect }, revoke, now);
        self.settle_turn(now);
    }

    /// Ends the session here and in storage.
    pub(super) fn end(&mut self, ending: Ending, revoke: bool, now: u64) {
        let mut before = self.record;
        before.unconfirmed |=
            revoke && before.refresh.is_none() && self.setup.cookie_possible && self.setup.revokes_cookie;
        let tombstone = self.decisions.on_end(&before, now);
        self.push(Effect::CloseEpoch(ending));
        // Another app's session is not ours to end.
        let alone = self.another_apps;
        if !alone {
            self.put(tombstone, Members::End, now);
        }
        self.end_calls(now);
        if !alone {
            self.verify_tombstone();
        }
        if revoke {
            self.revoking = true;
            self.push(Effect::Revoke);
        }
        self.notify_end(Source::ThisTab, !matches!(ending, Ending::LoggedOut { redirect: false }));
    }

    /// Everything that is pending is rejected with one error, which the environment has since it closed the epoch.
    pub(super) fn end_calls(&mut self, now: u64) {
        self.notified_of.forget();
        self.drop_overtaken_refresh(now);
        self.wake_waiters(now);
        self.push(Effect::EndCalls);
    }

    pub(super) fn notify_end(&mut self, source: Source, redirect: bool) {
        self.notify(Notice::Logout(source));
        if redirect {
            self.page.left_in = self.epoch();
            self.push(Effect::Navigate);
        }
    }

    /// The refresh token was refused, or there is no way left to refresh a token that has expired.
    pub(super) fn refuse(&mut self, now: u64) {
        match self.setup.policy.on_session_expired {
            OnSessionExpired::Logout => self.end(Ending::Refused, false, now),
            OnSessionExpired::Hold | OnSessionExpired::PassThrough => self.suspend(now),
        }
    }

    /// The record without its tokens, in the same epoch: the session is kept.
    fn suspend(&mut self, now: u64) {
        let record = Record { access: None, refresh: None, suspended: true, ..self.record };
        self.put(record, Members::Nothing, now);
        self.wake_waiters(now);
        self.notify(Notice::Suspend);
    }

    /// The epoch of a logout that the server has not confirmed: the cookie may have outlived it.
    #[must_use]
    pub fn unconfirmed(&self) -> Option<u64> {
        let shared = self.setup.place.shared();
        let unconfirmed = if shared { self.record.unconfirmed } else { self.decisions.unconfirmed() };
        let epoch = self.mark()?.epoch;
        unconfirmed.then_some(epoch)
    }

    /// A revocation has ended; with an epoch, the server has confirmed the logout of that.
    pub(super) fn on_revoked(&mut self, confirmed: Option<u64>, now: u64) {
        self.revoking = false;
        let unconfirmed = self.unconfirmed();
        let of_another = unconfirmed != confirmed && !self.faulty(Fault::TakesAnyConfirmation);
        if confirmed.is_none() || unconfirmed.is_none() || of_another {
            return;
        }
        self.decisions.on_confirmed();
        if self.setup.place.shared() {
            let record = Record { unconfirmed: false, ..self.record };
            self.put(record, Members::Kept, now);
        } else {
            self.signal();
        }
        self.commit();
    }

    /// The server is told once more of a logout that it has not confirmed.
    pub(super) fn revoke_again(&mut self) {
        if !self.revoking && !self.faulty(Fault::ForgetsTheUnconfirmedLogout) && self.unconfirmed().is_some() {
            self.revoking = true;
            self.push(Effect::Revoke);
        }
    }
}
