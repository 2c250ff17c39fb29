//! Several tabs, one session: what a tab may believe of a record that another one writes.
//!
//! A write is visible elsewhere a while later, and out of step with the lock: the holder of the lock may read what its
//! predecessor has already replaced, and a tab that has not heard of a logout may write over it. So each holder commits
//! a [`Mark`] before it lets go, and the next one waits for the record to reach it; and the highest epoch wins,
//! wherever it was heard of first. The lock makes a second token request unlikely; the comparisons are what makes it
//! harmless.

use super::decisions::Decisions;
use super::token::Record;

/// How long something older must have stood in the place of what a tab knows before it is restored, in ms: eight times
/// the longest lag that was measured, and less than [`CATCH_UP_MS`], so that whoever waits for it still sees it.
pub const RESTORE_MS: u32 = 250;

/// How long the holder of the lock waits at most for the record to reach the mark, in ms. After that the write was lost
/// with its tab: an epoch that the mark says has begun is heard of as by a signal, and the record that stands is
/// refreshed.
pub const CATCH_UP_MS: u32 = 800;

/// How often the record is read again meanwhile, in ms.
pub const LOOK_MS: u32 = 4;

/// How far the record has come: an epoch, and the writes of tokens within it. Greater is later. It says nothing of a
/// token.
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
    /// It is older than what this tab knows, which stays what the machine is shown. If it still stands after
    /// [`RESTORE_MS`], what is known is written in its place and signalled. Not at once: what is newer than both may
    /// stand there already, out of this tab's sight, and its own tab may be gone.
    Restore,
    /// It is of an epoch that is over, and of the highest this tab knows nothing but that it exists: its record will
    /// come.
    Ignore,
}

/// What a signal of another tab, or a mark, brings.
#[must_use]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Heard {
    /// Nothing that ends this tab's session: the record is to be read again.
    Read,
    /// An epoch above all that was seen: this tab's session is over, whatever its storage shows yet. What the tab knows
    /// is [`Record::tombstone`] of that epoch from now on, at version 0: the epoch's own record, an end or a sign-in,
    /// is later and is believed when it comes; if it never comes, the tombstone is restored over the older one.
    Ended,
}

impl Decisions {
    /// Whether a record that was read may be believed, given what this tab last knew to be true. Within an epoch the
    /// later sign-in is later, then the higher version. One without an epoch was written by hand, and is believed.
    pub const fn on_read(&self, record: &Record, known: &Record) -> Reading {
        let over = record.epoch < self.epoch;
        let (signin, version) = (known.signin, known.version);
        let older = record.signin < signin || (record.signin == signin && record.version < version);
        if record.epoch == 0 || !(over || (record.epoch == known.epoch && older)) {
            Reading::Believe
        } else if known.epoch == self.epoch {
            Reading::Restore
        } else {
            Reading::Ignore
        }
    }

    /// Nothing is stored. Where this tab knew of a session it was ended elsewhere, and what the tab knows from now on
    /// is the tombstone returned. It is not written: only over a record of the ended epoch, as after
    /// [`Reading::Restore`].
    pub fn on_absent(&mut self, known: &Record, now: u64) -> Option<Record> {
        if !known.has_session() {
            return None;
        }
        let tombstone = Record::tombstone(self.epoch + 1);
        self.observe(&tombstone, now);
        Some(tombstone)
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

/// Whether the record has reached what the last holder of the lock committed. Until then nothing of it is presented,
/// and a tab that lost the lock while it waited (it froze, or it was stolen) asks for it anew.
#[must_use]
pub fn caught_up(record: &Record, committed: Mark) -> bool {
    Mark::of(record) >= committed
}
