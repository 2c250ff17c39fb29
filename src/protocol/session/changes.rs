//! Changes of the session, by `setTokens` or by another tab: taken in, and told.

use super::Session;
use crate::protocol::decisions::Decisions;
use crate::protocol::effect::{Effect, Ending, Members, Notice, Source};
use crate::protocol::event::{Granted, Stored};
use crate::protocol::fault::Fault;
use crate::protocol::tabs::{Heard, Mark};
use crate::protocol::token::{AccessToken, Record};

impl Session {
    /// What stands in storage is not what is known.
    pub(super) fn on_record_read(&mut self, stored: Stored, now: u64) {
        let (before, epoch) = (self.record, self.epoch());
        if !self.believe(&stored, now) {
            return;
        }
        if matches!(stored, Stored::Absent)
            && let Some(tombstone) = self.decisions.on_absent(&before, now)
        {
            self.assume(&tombstone, Members::Nothing, now);
        }
        let record = self.record;
        if self.epoch() > epoch {
            self.ended_elsewhere(before.has_session(), now);
            if record.signed_in() {
                self.notify(Notice::SignIn(Source::OtherTab));
            }
            return;
        }
        self.wake_waiters(now);
        self.notify(match (before.access == record.access, before.signed_in(), record.signed_in()) {
            (false, true, true) => Notice::Refresh(Source::OtherTab),
            (false, false, true) => Notice::SignIn(Source::OtherTab),
            (true | false, _, _) => Notice::Changed,
        });
    }

    /// Another tab's signal, or what a `storage` event says: known before it can be seen in storage.
    pub(super) fn on_signal(&mut self, mark: Mark, of_end: bool, now: u64) {
        if !self.setup.place.shared() {
            // A tab whose storage was blocked may still be told of the record that it has left.
            if self.setup.cookie_possible {
                self.on_cookie_mark(mark, true, now);
            }
        } else if self.apply_remote_mark(mark, of_end, now) {
            self.push(Effect::ReadRecord);
        }
    }

    /// Whether this mark says that the session is over, before that can be seen in storage.
    pub(super) fn apply_remote_mark(&mut self, mark: Mark, of_end: bool, now: u64) -> bool {
        let was_in = self.record.has_session();
        if self.decisions.on_signal(mark, now) == Heard::Read {
            return false;
        }
        if of_end {
            let tombstone = Record { version: mark.version, ..Record::tombstone(mark.epoch) };
            self.assume(&tombstone, Members::Signalled, now);
        } else {
            // Of a later epoch nothing else is known: its own record, when it comes, is later.
            self.assume(&Record::tombstone(mark.epoch), Members::Nothing, now);
        }
        self.ended_elsewhere(was_in, now);
        true
    }

    /// Another tab's mark of the cookie's session: this tab's may be over, or have another generation. One that was
    /// `signalled` is of a tab that lives.
    #[inline(never)]
    pub(super) fn on_cookie_mark(&mut self, mark: Mark, signalled: bool, now: u64) {
        let (known, was_in) = (self.decisions.cookie(), self.record.has_session());
        if let Some(tombstone) = self.decisions.on_cookie_mark(mark, &self.record) {
            self.put(tombstone, Members::Nothing, now);
            self.ended_elsewhere(true, now);
        }
        // What was committed before this page was opened may be of a browser that has been closed since: whether the
        // cookie is still there, `refresh()` finds out.
        if (signalled || was_in) && self.decisions.has_later_generation(known) && !self.faulty(Fault::MissesGenerations)
        {
            self.take_generation(now);
        }
    }

    /// Another tab has refreshed the session's cookies, or signed in: they are this tab's too.
    fn take_generation(&mut self, now: u64) {
        let (mark, old) = (self.decisions.cookie(), self.record);
        self.generations += 1;
        let record = Record {
            epoch: mark.epoch,
            version: old.version + 1,
            signin: old.signin,
            access: Some(AccessToken(self.generations)),
            received_at: now,
            ..Record::default()
        };
        self.apply(&record, now);
        self.decisions.join(mark);
        self.push(Effect::WriteRecord(Members::Refreshed));
        self.wake_waiters(now);
        let source = Source::OtherTab;
        self.notify(if old.signed_in() { Notice::Refresh(source) } else { Notice::SignIn(source) });
    }

    /// `setTokens`.
    pub(super) fn on_set_tokens(&mut self, granted: Granted, now: u64) {
        let before = self.record;
        let overtakes =
            self.decisions.refresh().is_some_and(|run| run.presented.is_none() || granted.refresh.is_some());
        self.sign_in(granted, Decisions::next_epoch, now);
        self.notified_of.forget();
        if overtakes {
            self.use_stored(now);
        }
        if before.suspended && self.any_answers() {
            self.decisions.start_canary(&self.record);
        }
        self.commit();
        self.wake_waiters(now);
        self.notify(if before.signed_in() {
            Notice::Refresh(Source::ThisTab)
        } else {
            Notice::SignIn(Source::ThisTab)
        });
    }

    /// A sign-in, or new tokens within the session. `epoch` says that of a session which begins so.
    pub(super) fn sign_in(&mut self, granted: Granted, epoch: fn(&Decisions, &Record, u64) -> u64, now: u64) {
        let old = self.record;
        let within = old.has_session();
        let epoch = if within { old.epoch } else { epoch(&self.decisions, &old, now) };
        let record = Record {
            epoch,
            version: if within { old.version } else { 0 },
            signin: old.signin + 1,
            access: Some(granted.access),
            refresh: granted.refresh.or(if old.signed_in() { old.refresh } else { None }),
            received_at: now,
            expires_at: granted.expires_at,
            ..Record::default()
        };
        self.put_tokens(record, Members::SignIn, granted.same_text, now);
    }

    /// Takes over tokens that were stored by something else, before anything else happens.
    pub fn adopt(&mut self, granted: Granted, now: u64) {
        self.sign_in(granted, Decisions::next_epoch, now);
        self.take_change();
    }

    /// The record, or the mark, is another tab's end of the session, or it is gone.
    pub(super) fn ended_elsewhere(&mut self, was_in: bool, now: u64) {
        self.push(Effect::CloseEpoch(Ending::Elsewhere));
        self.end_calls(now);
        if was_in {
            self.notify_end(Source::OtherTab, true);
        }
    }
}
