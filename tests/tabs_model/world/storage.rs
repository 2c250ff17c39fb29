//! The browser between the tabs: writes, storage events and signals, each late in its own way.
//!
//! A write is seen in its own tab at once. It reaches the browser later, which puts all writes in one order, and from
//! there each other tab, in that order. A tab whose own write is under way does not see what was written before it, but
//! gets its storage event.

use super::{Change, Life, World};
use authfetch::protocol::tabs::Mark;
use authfetch::protocol::token::Record;

impl World {
    /// `Store::write`.
    pub(super) fn store(&mut self, i: usize, text: Option<Record>) {
        if self.tabs[i].life == Life::Gone {
            return;
        }
        let tab = &mut self.tabs[i];
        if tab.view == text {
            return;
        }
        tab.view = text;
        tab.unseen += 1;
        tab.outbox.push_back(text);
        self.written = self.written.max(text.map_or(0, |record| record.epoch));
        if !self.setup.slow_writes {
            self.arrive(i);
        }
        self.dies_here(i);
    }

    /// `Shared::signal`: what a tab knows of already makes it read the record, which it may at any time here.
    pub(super) fn signal(&mut self, i: usize, mark: Mark) {
        if self.tabs[i].life == Life::Gone {
            return;
        }
        for at in (0..self.tabs.len()).filter(|at| *at != i) {
            self.tell(at, mark);
        }
        self.dies_here(i);
    }

    fn tell(&mut self, at: usize, mark: Mark) {
        let tab = &mut self.tabs[at];
        if !matches!(tab.life, Life::Gone | Life::Unopened) && mark.epoch > tab.machine.epoch() {
            tab.told.insert(mark);
        }
    }

    /// A tab's write reaches the browser.
    pub fn arrive(&mut self, i: usize) {
        let Some(text) = self.tabs[i].outbox.pop_front() else { return };
        if let (Some(old), Some(new)) = (self.central, text) {
            self.overwritten |= new.epoch < old.epoch;
        }
        self.central = text;
        for (at, tab) in self.tabs.iter_mut().enumerate() {
            if !matches!(tab.life, Life::Gone | Life::Unopened) {
                tab.inbox.push_back(if at == i { Change::Own } else { Change::Theirs(text) });
            }
        }
        self.skip_own(i);
    }

    /// A write reaches a tab, and with it or later its storage event: for the first it is not too late either.
    pub fn deliver(&mut self, i: usize) {
        let Some(Change::Theirs(text)) = self.tabs[i].inbox.pop_front() else { return };
        if self.tabs[i].unseen == 0 {
            self.tabs[i].view = text;
        }
        self.skip_own(i);
        let Some(record) = text else { return };
        if self.setup.slow_events || self.tabs[i].life != Life::Live {
            self.tell(i, Mark::of(&record));
        } else {
            self.on_signal(i, Mark::of(&record));
        }
    }

    /// That its own write has come back is nothing that a tab can tell.
    fn skip_own(&mut self, i: usize) {
        let tab = &mut self.tabs[i];
        while tab.inbox.front() == Some(&Change::Own) {
            tab.inbox.pop_front();
            tab.unseen -= 1;
        }
    }

    /// Whether something is still on its way to this tab: the waits that are longer than any lag end only after that.
    pub fn lags(&self, i: usize) -> bool {
        let tab = &self.tabs[i];
        self.has_news(i)
            || !tab.inbox.is_empty()
            || !tab.told.is_empty()
            || self.tabs.iter().any(|tab| !tab.outbox.is_empty())
    }

    /// Whether somebody may yet put back what he knows: who waits for it waits longer than that takes.
    pub fn somebody_puts_back(&self) -> bool {
        let live = |i: &usize| self.tabs[*i].life == Life::Live;
        (0..self.tabs.len()).filter(live).any(|i| self.tabs[i].restoring || self.lags(i))
    }
}
