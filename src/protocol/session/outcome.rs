//! What a refresh ends with: stored, newer tokens used, failed, refused, or overtaken by the end of its session.

use super::Session;
use super::refresh::Refresh;
use crate::protocol::decisions::Decisions;
use crate::protocol::effect::{Effect, Members, Notice, Settled, Source};
use crate::protocol::error::Code;
use crate::protocol::event::{Granted, Timer};
use crate::protocol::fault::Fault;
use crate::protocol::refresh::{Cooldown, Keep};
use crate::protocol::token::Record;

/// The refresh whose outcome listeners are being told: to them it runs still, or they could go round for ever.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Notified {
    id: Option<u32>,
    /// They are being told of a failure.
    pub(super) failing: bool,
}

impl Notified {
    pub(super) const fn forget(&mut self) {
        self.id = None;
    }

    /// The refresh that a listener gets who asks for another.
    pub(super) const fn id(self) -> Option<u32> {
        self.id
    }
}

impl Session {
    /// The tokens are stored, and whoever waited for them goes.
    pub(super) fn store(&mut self, granted: Granted, keep: Keep, now: u64) {
        let Some(refresh) = self.refresh else { return };
        if refresh.without_session {
            let joins = !self.faulty(Fault::JoinsNoEpoch);
            let epoch = if joins { Decisions::epoch_by_cookie } else { Decisions::next_epoch };
            self.sign_in(granted, epoch, now);
        } else {
            self.store_refreshed(granted, keep, now);
        }
        self.close(refresh, true);
        if keep == Keep::New && self.any_answers() && !self.faulty(Fault::SendsNoCanary) {
            self.decisions.start_canary(&self.record);
        }
        let throttled = self.record.retry_at;
        self.wake_waiters(now);
        let settled = if throttled > 0 { Settled::Throttled } else { Settled::Refreshed };
        self.push(Effect::SettleRefresh(refresh.id, settled));
        let source = Source::ThisTab;
        self.notify(if refresh.without_session { Notice::SignIn(source) } else { Notice::Refresh(source) });
    }

    /// With [`Keep::Stored`] only the refresh token is new.
    fn store_refreshed(&mut self, granted: Granted, keep: Keep, now: u64) {
        let old = self.record;
        let refresh = granted.refresh.or(old.refresh);
        match keep {
            Keep::New => {
                let mut record = self.decisions.refreshed(&old, granted.same_text, now, granted.expires_at);
                record.rejected &= !self.faulty(Fault::ForgetsTheRejectedText);
                let record = Record { access: Some(granted.access), refresh, ..record };
                self.put_tokens(record, Members::Refreshed, granted.same_text, now);
            }
            Keep::Stored if self.faulty(Fault::DropsTheRotatedToken) => {}
            Keep::Stored => self.put(Record { refresh, ..old }, Members::RefreshToken, now),
        }
    }

    /// Somebody else has stored newer tokens.
    pub(super) fn use_stored(&mut self, now: u64) {
        self.leave(true, Settled::UsedStored, now);
    }

    /// The refresh is over, and whoever waits asks again.
    pub(super) fn leave(&mut self, refreshed: bool, settled: Settled, now: u64) {
        self.leave_untold(refreshed, settled, now);
        self.notify(Notice::Changed);
    }

    fn leave_untold(&mut self, refreshed: bool, settled: Settled, now: u64) {
        let Some(refresh) = self.refresh else { return };
        self.close(refresh, refreshed);
        self.wake_waiters(now);
        // Whoever asked for a sign-in has one.
        let signed_in = refresh.without_session && self.record.signed_in();
        let settled = if settled == Settled::Ended && signed_in { Settled::UsedStored } else { settled };
        self.push(Effect::SettleRefresh(refresh.id, settled));
    }

    pub(super) fn fail(&mut self, cooldown: Cooldown, transient: bool, now: u64) {
        let Some(refresh) = self.refresh else { return };
        let Refresh { id, again, .. } = refresh;
        let attempts = self.decisions.refresh().map_or(1, |refresh| refresh.attempts);
        let Cooldown { until, retry_after_set } = cooldown;
        self.push(Effect::SettleRefresh(id, Settled::Failed(transient)));
        if self.record.signed_in() {
            self.amend(|record| (record.retry_at, record.retry_after_set) = (until, retry_after_set), now);
        }
        self.close(refresh, false);
        self.wake_waiters(now);
        self.notify(Notice::Changed);
        self.notify(Notice::RefreshFailed { attempts: attempts as u16, again });
    }

    pub(super) fn refused(&mut self, now: u64) {
        let Some(refresh) = self.refresh else { return };
        let code = if refresh.without_session { Code::SignedOut } else { Code::SessionExpired };
        self.finish(refresh, false);
        self.notified_of.forget();
        self.push(Effect::SettleRefresh(refresh.id, Settled::Refused(code)));
        if refresh.without_session {
            self.notify(Notice::Changed);
        } else {
            self.refuse(now);
        }
        // Not before: the next holder of the lock is to find the end.
        self.release_after_refresh();
    }

    /// A refresh whose session has ended, or that a sign-in has overtaken, is over in the same turn.
    pub(super) fn drop_overtaken_refresh(&mut self, now: u64) {
        let Some(Refresh { id, .. }) = self.refresh else { return };
        let runs = self.decisions.refresh().is_some_and(|refresh| refresh.id == id);
        if !runs && !self.faulty(Fault::KeepsTheOvertakenRefresh) {
            // What has ended it is told of by itself.
            self.leave_untold(false, Settled::Ended, now);
            self.notified_of.forget();
        }
    }

    /// Nothing of it goes on, and its lock is handed over. Its promise is still to be settled.
    fn close(&mut self, refresh: Refresh, refreshed: bool) {
        self.finish(refresh, refreshed);
        self.release_after_refresh();
    }

    /// Nothing of it goes on: its request is aborted.
    fn finish(&mut self, refresh: Refresh, refreshed: bool) {
        (self.refresh, self.reply) = (None, None);
        self.decisions.finish(refresh.id, refreshed);
        self.notified_of = Notified { id: Some(refresh.id), ..self.notified_of };
        if refresh.sends() {
            self.push(Effect::WatchUnload(false));
            if !self.faulty(Fault::LeavesTheRequest) {
                self.push(Effect::AbortRequest(refresh.id));
            }
        }
        for timer in [Timer::BackOff, Timer::Grace] {
            self.push(Effect::ClearTimer(timer));
        }
    }

    /// A listener may try a failed refresh again, once: to one that is told of the failure of that, it is the last
    /// word.
    pub(super) const fn before_notice(&mut self, notice: Notice) {
        if let Notice::RefreshFailed { again, .. } = notice {
            if !again {
                self.notified_of.id = None;
            }
            self.notified_of.failing = true;
        }
    }

    pub(super) fn after_notice(&mut self, notice: Notice) {
        if matches!(notice, Notice::RefreshFailed { .. }) {
            self.notified_of.failing = false;
        }
        let failure_follows = matches!(self.notices.first(), Some(Effect::Notify(Notice::RefreshFailed { .. })));
        if !failure_follows {
            self.notified_of.id = None;
        }
    }
}
