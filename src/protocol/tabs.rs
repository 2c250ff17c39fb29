//! Several tabs, one session: what a tab may believe of a record that another one writes.
//!
//! A write is visible elsewhere a while later, and out of step with the lock: the holder of the lock may read what its
//! predecessor has already replaced, and a tab that has not heard of a logout may write over it. So each holder commits a
//! [`Mark`] before it lets go, and the next one waits for the record to reach it; and the highest epoch wins, wherever
//! it was heard of first. The lock makes a second token request unlikely; the comparisons are what makes it harmless.

use super::session::Session;
use super::token::Record;

/// How far the record has come: an epoch, and the writes within it. Greater is later. It says nothing of a token.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, PartialOrd, Ord)]
pub struct Mark {
    /// The record's epoch.
    pub epoch: u64,
    /// The record's version within it.
    pub version: u64,
}

impl Mark {
    /// How far this record has come.
    #[must_use]
    pub const fn of(record: &Record) -> Self {
        Self { epoch: record.epoch, version: record.version }
    }
}

/// What a record that was read is worth.
#[must_use]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reading {
    /// It is the truth, as far as this tab can tell.
    Believe,
    /// It is of an epoch that is over: what this tab knows of the highest epoch is put back in its place.
    PutBack,
    /// It is of an epoch that is over, and of the highest this tab knows nothing but that it exists: its record will come.
    Ignore,
}

/// What a signal of another tab brings.
#[must_use]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Heard {
    /// Nothing that ends this tab's session: the record is to be read again.
    Read,
    /// An epoch above all that was seen: this tab's session is over, whatever its storage shows yet.
    Ended,
}

impl Session {
    /// Whether a record that was read may be believed, given what this tab last knew to be true.
    pub fn on_read(&self, record: &Record, known: &Record) -> Reading {
        if record.epoch >= self.epoch {
            Reading::Believe
        } else if known.epoch == self.epoch {
            Reading::PutBack
        } else {
            Reading::Ignore
        }
    }

    /// Another tab says how far the record has come, before this tab can see it there.
    pub fn on_signal(&mut self, mark: Mark, now: u64) -> Heard {
        if mark.epoch <= self.epoch {
            return Heard::Read;
        }
        self.observe(&Record::tombstone(mark.epoch), now);
        Heard::Ended
    }
}

/// Whether the record has reached what the last holder of the lock committed.
#[must_use]
pub fn caught_up(record: &Record, committed: Mark) -> bool {
    Mark::of(record) >= committed
}
