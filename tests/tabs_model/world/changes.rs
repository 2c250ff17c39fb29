//! As changes.rs and ending.rs: what others have changed is taken in, and a session ends in one turn.

use super::{End, Flow, Kind, Phase, Step, World};
use authfetch::protocol::tabs::{Heard, Mark};

impl World {
    /// `Shared::sync_record`.
    pub(super) fn sync_record(&mut self, i: usize) {
        if self.tabs[i].view != self.tabs[i].text {
            self.changed(i);
        }
    }

    /// `Shared::changed`.
    fn changed(&mut self, i: usize) {
        let (before, epoch) = (self.tabs[i].known, self.tabs[i].machine.epoch());
        if !self.read(i) {
            return;
        }
        if self.tabs[i].machine.epoch() > epoch {
            self.ended_elsewhere(i, before.signed_in() || before.suspended, epoch);
        } else {
            self.wake_waiters(i);
        }
    }

    /// A look at the record: a storage event, a signal of the running epoch, or the page is shown.
    pub fn look(&mut self, i: usize) {
        self.sync_record(i);
        self.then(i);
    }

    /// `Shared::on_signal`.
    pub fn on_signal(&mut self, i: usize, mark: Mark) {
        self.tabs[i].told.remove(&mark);
        if mark.epoch > self.written {
            self.breaks("nothing is told that was not written before");
        }
        self.sync_record(i);
        self.heard(i, mark);
        self.sync_record(i);
        self.then(i);
    }

    pub(super) fn heard(&mut self, i: usize, mark: Mark) {
        let (before, epoch, now) = (self.tabs[i].known, self.tabs[i].machine.epoch(), self.now);
        if self.tabs[i].machine.on_signal(mark, now) == Heard::Ended {
            self.apply_epoch(i, mark.epoch);
            self.ended_elsewhere(i, before.signed_in() || before.suspended, epoch);
        }
    }

    /// `Shared::ended_elsewhere`.
    fn ended_elsewhere(&mut self, i: usize, was_in: bool, before: u64) {
        let now = self.tabs[i].machine.epoch();
        if was_in && self.ends.range(before + 1..=now).next().is_none() {
            self.breaks("nobody is signed out wrongly");
        }
        self.abort_all(i);
    }

    /// `Shared::end`: a logout, or a refusal.
    pub(super) fn end(&mut self, i: usize) {
        self.now += 1;
        let (known, now) = (self.tabs[i].known, self.now);
        let tombstone = self.tabs[i].machine.on_end(&known, now);
        self.ends.insert(tombstone.epoch);
        self.ended = self.ended.max(tombstone.epoch);
        self.put(i, tombstone, (None, None), false);
        self.abort_all(i);
        self.verify_tombstone(i);
    }

    /// `Shared::abort_all`.
    fn abort_all(&mut self, i: usize) {
        self.tabs[i].slot = None;
        self.wake_waiters(i);
        self.cut(i);
        let epoch = self.tabs[i].machine.epoch();
        for task in &mut self.tabs[i].tasks {
            if task.call.epoch != epoch && matches!(task.phase, Phase::InFlight { .. }) {
                task.phase = Phase::Settled(End::Ended);
            }
        }
    }

    /// `Shared::verify_tombstone`: once the end is committed, the record is looked at under the lock.
    fn verify_tombstone(&mut self, i: usize) {
        let mark = Mark::of(&self.tabs[i].known);
        self.open_flow(i, |n| Flow {
            n,
            kind: Kind::Seal,
            step: Step::Committing(mark),
            held: false,
            cut: false,
            presented: None,
        });
    }
}
