//! The record: which one to believe, what is written, and what is restored in the place of something older.

use super::Session;
use crate::protocol::effect::{Effect, Members};
use crate::protocol::event::{Stored, Timer};
use crate::protocol::fault::Fault;
use crate::protocol::tabs::{Mark, RESTORE_MS, Reading};
use crate::protocol::token::{AccessToken, Record};

/// Whether something older than what is known stands in storage.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Restoring {
    /// Not that it is known.
    No,
    /// It does; after [`RESTORE_MS`] it is looked at again.
    Waiting,
    /// It is being looked at again.
    Checking,
}

impl Restoring {
    /// What stands in storage is what is known.
    pub(super) fn unchanged(&mut self) {
        if *self == Self::Checking {
            *self = Self::No;
        }
    }
}

impl Session {
    /// Opens the session with what stands in storage. Listeners are told nothing of it.
    pub fn open(&mut self, stored: Stored, now: u64) {
        self.believe(&stored, now);
        self.take_change();
    }

    /// Takes in what was read, if it is to be believed. False where it is older than what is known: that is restored in
    /// its place if it stands there for a while.
    pub(super) fn believe(&mut self, stored: &Stored, now: u64) -> bool {
        // What cannot be read, or is another app's, has no epoch: there is no session here, and it is left alone.
        let nothing = Record::default();
        let read = if let Stored::Record(record) = stored { record } else { &nothing };
        match self.decisions.on_read(read, &self.record) {
            Reading::Believe => {
                self.restoring = Restoring::No;
                self.push(Effect::AdoptRead);
                self.another_apps = matches!(stored, Stored::AnotherApps);
                if matches!(stored, Stored::Record(_)) || self.faulty(Fault::ForgetsTheEnd) {
                    self.apply(read, now);
                } else {
                    // An end that is known stays known: what is of an epoch before it may come yet.
                    self.apply(&Record::tombstone(self.epoch()), now);
                }
                return true;
            }
            Reading::Restore => match self.restoring {
                Restoring::No => {
                    self.restoring = Restoring::Waiting;
                    self.push(Effect::SetTimer(Timer::Restore, RESTORE_MS));
                }
                Restoring::Waiting => {}
                Restoring::Checking => self.restore(),
            },
            Reading::Ignore => self.restoring.unchanged(),
        }
        false
    }

    /// This is the record from now on.
    pub(super) fn apply(&mut self, record: &Record, now: u64) {
        self.decisions.observe(record, now);
        let replaced = record.access != self.record.access;
        if self.setup.policy.by_cookie()
            && let Some(AccessToken(number)) = record.access
        {
            self.generations = self.generations.max(number);
        }
        self.record = *record;
        if self.epoch() != self.known_epoch {
            self.known_epoch = self.epoch();
            self.notified_of.forget();
        }
        if replaced {
            self.cancel_superseded();
        }
    }

    /// Writes tokens, or their absence: later than all that was written before.
    pub(super) fn put(&mut self, mut record: Record, members: Members, now: u64) {
        record.version = self.record.version.max(record.version) + 1;
        self.write(&record, members, now);
    }

    /// Writes tokens that a server has just given. The same text once more is no other access token; the cookie that
    /// came with it is another one.
    pub(super) fn put_tokens(&mut self, record: Record, members: Members, same_text: bool, now: u64) {
        let misses = self.faulty(Fault::MissesTheCookieOfTheSameText);
        if same_text && record.refresh.is_none() && !misses {
            self.decisions.cookie_replaced(record.epoch);
        }
        self.put(record, members, now);
    }

    /// Changes what the record says beside the tokens: a note, which makes it no later than it was.
    pub(super) fn amend(&mut self, change: impl FnOnce(&mut Record), now: u64) {
        let mut record = self.record;
        change(&mut record);
        if self.faulty(Fault::NotesAreLater) {
            record.version += 1;
        }
        self.write(&record, Members::Kept, now);
    }

    fn write(&mut self, record: &Record, members: Members, now: u64) {
        self.another_apps = false;
        self.apply(record, now);
        if self.faulty(Fault::SignalsBeforeWriting) {
            self.signal();
        }
        self.push(Effect::WriteRecord(members));
        if !self.faulty(Fault::SignalsBeforeWriting) {
            self.signal();
        }
    }

    /// This is known from now on, and not written.
    pub(super) fn assume(&mut self, record: &Record, members: Members, now: u64) {
        self.apply(record, now);
        self.push(Effect::AssumeRecord(members));
    }

    /// Tells other tabs how far the record, or the cookie's session, has come: persisted first, then signalled.
    pub(super) fn signal(&mut self) {
        if self.mark().is_some() {
            self.push(Effect::Signal);
        }
    }

    /// How far the record has come, where tabs share it, or else the session of the cookie, where they may share that.
    #[must_use]
    pub fn mark(&self) -> Option<Mark> {
        if self.setup.place.shared() {
            return Some(Mark::of(&self.record));
        }
        self.by_cookie().then(|| self.decisions.cookie())
    }

    /// The number of the generation that stands in the record, where the session is in cookies: in its epoch each is
    /// another one, in all tabs.
    #[must_use]
    pub fn generation(&self) -> u64 {
        if self.setup.place.shared() { self.record.version } else { self.decisions.cookie().version }
    }

    /// Whether a cookie may hold the refresh token of this session, or of the next, and tabs share no record of it.
    #[must_use]
    pub fn by_cookie(&self) -> bool {
        self.setup.cookie_possible && !self.setup.place.shared() && self.record.refresh.is_none()
    }

    /// [`RESTORE_MS`] are over: does the older record still stand?
    pub(super) fn check_restore(&mut self) {
        if self.restoring == Restoring::Waiting && !self.faulty(Fault::LeavesOlderRecords) {
            self.restoring = Restoring::Checking;
            self.push(Effect::ReadRecord);
        }
    }

    /// The page is left: what would be restored a little later is restored now where it is an end. Every tab may be on
    /// its way to the login page, and none would be left to do it.
    pub(super) fn restore_end(&mut self) {
        if self.restoring == Restoring::Waiting && !self.record.signed_in() {
            self.push(Effect::ClearTimer(Timer::Restore));
            self.check_restore();
        }
    }

    fn restore(&mut self) {
        self.restoring = Restoring::No;
        self.push(Effect::RestoreRecord);
        self.signal();
    }
}
