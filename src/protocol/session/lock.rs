//! The lock between tabs, around each token request: whoever holds it has read what its last holder wrote.
//!
//! ```text
//!            granted               mark read              caught up               done          committed
//! Waiting ───────────▶ ReadingMark ─────────▶ CatchingUp ───────────▶ InUse ─────────▶ HandingOver ─────▶ released
//!   ▲  │ page put away                                      │
//!   │  ▼                                                    │ lost meanwhile
//! Parked                 Waiting ◀──────────────────────────┘
//! ```

use super::Session;
use super::locks::{Held, Lock, Purpose, Step, Ticket};
use crate::protocol::effect::Effect;
use crate::protocol::event::{MarkFor, Timer};
use crate::protocol::fault::Fault;
use crate::protocol::tabs::{CATCH_UP_MS, LOOK_MS, Mark, caught_up};

impl Session {
    /// Whether no lock is held, waited for or being handed over.
    #[must_use]
    pub fn holds_no_lock(&self) -> bool {
        self.locks.is_empty()
    }

    /// The running refresh asks for the lock. False where no other tab can be in its way.
    pub(super) fn acquire_lock(&mut self) -> bool {
        let needed = self.setup.place.shared() || (self.by_cookie() && !self.faulty(Fault::TakesNoLockForTheCookie));
        if needed {
            match self.locks.refresh_ticket() {
                Some(ticket) => self.wait_for_lock(ticket),
                None => {
                    let ticket = self.locks.add(Purpose::Refresh, Step::Waiting);
                    self.wait_for_lock(ticket);
                }
            }
        }
        needed
    }

    fn wait_for_lock(&mut self, ticket: Ticket) {
        let parked = self.locks.parked;
        let Some(lock) = self.locks.get(ticket) else { return };
        // Whoever holds it by now has not kept it for too long.
        (lock.held, lock.steals) = (Held::No, false);
        lock.step = if parked { Step::Parked } else { Step::Waiting };
        if !parked {
            self.push(Effect::AcquireLock { ticket, steal: false });
        }
    }

    pub(super) fn on_lock_granted(&mut self, ticket: Ticket) {
        match self.locks.get(ticket) {
            Some(lock) if lock.step == Step::Waiting => {
                (lock.held, lock.step) = (Held::Yes, Step::ReadingMark);
                self.push(Effect::ReadMark(MarkFor::Lock(ticket)));
            }
            Some(_) => {}
            None => self.push(Effect::ReleaseLock(ticket)),
        }
    }

    /// A refresh takes the lock from a holder that keeps it for too long, and goes on without where it cannot.
    pub(super) fn on_lock_unavailable(&mut self, ticket: Ticket) {
        let Some(lock) = self.locks.get(ticket).filter(|lock| lock.step == Step::Waiting) else { return };
        if lock.purpose == Purpose::Refresh && !lock.steals {
            lock.steals = true;
            self.push(Effect::AcquireLock { ticket, steal: true });
        } else {
            lock.step = Step::ReadingMark;
            self.push(Effect::ReadMark(MarkFor::Lock(ticket)));
        }
    }

    pub(super) fn on_lock_lost(&mut self, ticket: Ticket) {
        let ignored = self.faulty(Fault::IgnoresTheStolenLock);
        if let Some(lock) = self.locks.get(ticket).filter(|lock| lock.held == Held::Yes && !ignored) {
            lock.held = Held::Lost;
        }
    }

    /// The holder knows how far its predecessor has come.
    pub(super) fn on_committed_mark(&mut self, ticket: Ticket, mark: Mark, now: u64) {
        let shared = self.setup.place.shared();
        let waits = shared && !caught_up(&self.record, mark) && !self.faulty(Fault::SkipsCatchUp);
        let Some(lock) = self.locks.get(ticket).filter(|lock| lock.step == Step::ReadingMark) else { return };
        if waits {
            lock.step = Step::CatchingUp(mark);
            self.push(Effect::SetTimer(Timer::CatchUp(ticket), LOOK_MS));
            self.push(Effect::SetTimer(Timer::GiveUp(ticket), CATCH_UP_MS));
        } else {
            if !shared {
                self.on_cookie_mark(mark, false, now);
            }
            self.use_lock(ticket, now);
        }
    }

    pub(super) fn on_catch_up_timer(&mut self, ticket: Ticket) {
        if self.locks.get(ticket).is_some_and(|lock| matches!(lock.step, Step::CatchingUp(_))) {
            self.push(Effect::SetTimer(Timer::CatchUp(ticket), LOOK_MS));
        }
    }

    /// The write was lost with its tab. An epoch that began is over all the same.
    pub(super) fn on_catch_up_over(&mut self, ticket: Ticket, now: u64) {
        if let Some(&mut Lock { step: Step::CatchingUp(mark), .. }) = self.locks.get(ticket) {
            self.apply_remote_mark(mark, false, now);
            self.use_lock(ticket, now);
        }
    }

    /// Whoever has caught up goes on.
    pub(super) fn go_on_with_locks(&mut self, now: u64) {
        while let Some(ticket) = self.locks.all.iter().find_map(|lock| match lock.step {
            Step::CatchingUp(mark) if caught_up(&self.record, mark) => Some(lock.ticket),
            _ => None,
        }) {
            self.use_lock(ticket, now);
        }
    }

    fn use_lock(&mut self, ticket: Ticket, now: u64) {
        let Some(lock) = self.locks.get(ticket) else { return };
        if matches!(lock.step, Step::CatchingUp(_)) {
            lock.step = Step::InUse;
            self.push(Effect::ClearTimer(Timer::CatchUp(ticket)));
            self.push(Effect::ClearTimer(Timer::GiveUp(ticket)));
        }
        let Some(lock) = self.locks.get(ticket) else { return };
        lock.step = Step::InUse;
        match lock.purpose {
            Purpose::Refresh if lock.held == Held::Lost => self.wait_for_lock(ticket),
            Purpose::Refresh => self.attempt(now),
            Purpose::VerifyEnd | Purpose::HandOver => self.hand_over(ticket),
        }
    }

    /// Whether the lock of the running refresh is held, or none is needed: the next request may go at once.
    pub(super) fn may_go_on(&self) -> bool {
        self.locks.of_refresh().is_some_and(|lock| lock.held != Held::Lost)
    }

    /// Releases the lock of the running refresh, once the next holder can know how far the record has come.
    pub(super) fn release_after_refresh(&mut self) {
        if let Some(ticket) = self.locks.refresh_ticket() {
            self.hand_over(ticket);
        }
    }

    fn hand_over(&mut self, ticket: Ticket) {
        let (marks, by_cookie) = (self.mark().is_some(), self.by_cookie());
        let hasty = self.faulty(Fault::ReleasesBeforeTheCommit);
        let Some(lock) = self.locks.get(ticket) else { return };
        let waited = matches!(lock.step, Step::CatchingUp(_));
        let commits = marks && (lock.held != Held::No || (by_cookie && lock.step == Step::InUse));
        if commits {
            (lock.purpose, lock.step) = (Purpose::HandOver, Step::HandingOver);
        } else {
            self.locks.remove(ticket);
        }
        if waited {
            self.push(Effect::ClearTimer(Timer::CatchUp(ticket)));
            self.push(Effect::ClearTimer(Timer::GiveUp(ticket)));
        }
        if hasty || !commits {
            self.push(Effect::ReleaseLock(ticket));
        }
        if commits {
            self.push(Effect::CommitMark(Some(ticket)));
        }
    }

    pub(super) fn on_mark_committed(&mut self, ticket: Ticket) {
        match self.locks.get(ticket).map(|lock| lock.step) {
            Some(Step::Committing) => self.wait_for_lock(ticket),
            Some(Step::HandingOver) => {
                self.locks.remove(ticket);
                self.push(Effect::ReleaseLock(ticket));
            }
            _ => {}
        }
    }

    /// Commits how far the record, or the session of the cookie, has come, for the next holder of the lock.
    pub(super) fn commit(&mut self) {
        if self.mark().is_some() {
            self.push(Effect::CommitMark(None));
        }
    }

    /// After an end: under the lock the record is looked at once more. The commit begins in this turn.
    pub(super) fn verify_tombstone(&mut self) {
        if !self.setup.place.shared() {
            return self.commit();
        }
        if self.mark().is_some() {
            let ticket = self.locks.add(Purpose::VerifyEnd, Step::Committing);
            self.push(Effect::CommitMark(Some(ticket)));
        }
    }

    /// A page that is put away would keep its locks, and others would wait for it.
    pub(super) fn park_locks(&mut self) {
        if self.faulty(Fault::KeepsTheLockWhenFrozen) {
            return;
        }
        self.locks.parked = true;
        let mut at = 0;
        while let Some(lock) = self.locks.all.get_mut(at) {
            at += 1;
            if lock.step == Step::Waiting {
                lock.step = Step::Parked;
            } else if lock.held == Held::Yes {
                lock.held = Held::Lost;
            } else {
                continue;
            }
            let ticket = lock.ticket;
            self.push(Effect::ReleaseLock(ticket));
        }
    }

    /// The page is back: whoever waited takes a new place in the queue.
    pub(super) fn resume_locks(&mut self) {
        self.locks.parked = false;
        if self.faulty(Fault::ForgetsToQueueAgain) {
            return;
        }
        let parked = |lock: &&Lock| lock.step == Step::Parked;
        while let Some(ticket) = self.locks.all.iter().find(parked).map(|lock| lock.ticket) {
            self.wait_for_lock(ticket);
        }
    }
}
