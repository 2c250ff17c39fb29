//! The browser between the tabs: writes, storage events and signals, each late in its own way.
//!
//! A write is seen in its own tab at once. It reaches the browser later, which puts all writes in one order, and from
//! there each other tab, in that order. A tab whose own write is under way does not see what was written before it, but
//! gets its storage event.

use super::{Change, Item, Life, World};
use authfetch::protocol::event::Event;
use authfetch::protocol::tabs::Mark;

impl World {
    /// `setItem`, or `removeItem`.
    pub(super) fn store(&mut self, i: usize, item: Item) {
        let tab = &mut self.tabs[i];
        if tab.life == Life::Gone || tab.view == item {
            return;
        }
        tab.view = item;
        if tab.in_memory || !self.setup.place.shared() {
            return;
        }
        tab.unseen += 1;
        tab.outbox.push_back(item);
        self.written = self.written.max(item.map_or(0, |text| text.record.epoch));
        if !self.setup.slow_writes {
            self.arrive(i);
        }
        self.dies_here(i);
    }

    /// A message on the channel. Of an epoch that a tab knows of it makes the tab read the record, which it may at any
    /// time here.
    pub(super) fn signal(&mut self, i: usize, mark: Mark, of_end: bool) {
        if self.tabs[i].life == Life::Gone || !self.tabs[i].channel {
            return;
        }
        for at in (0..self.tabs.len()).filter(|at| *at != i) {
            if self.tabs[at].channel {
                self.tell(at, mark, of_end);
            }
        }
        self.dies_here(i);
    }

    fn tell(&mut self, at: usize, mark: Mark, of_end: bool) {
        let tab = &mut self.tabs[at];
        if !matches!(tab.life, Life::Gone | Life::Unopened | Life::Hidden) && mark.epoch > tab.session.epoch() {
            tab.told.insert((mark, of_end));
        }
    }

    /// A tab's write reaches the browser.
    pub fn arrive(&mut self, i: usize) {
        let Some(item) = self.tabs[i].outbox.pop_front() else { return };
        if let (Some(old), Some(new)) = (self.central, item) {
            self.overwritten |= Mark::of(&new.record) < Mark::of(&old.record);
        }
        self.central = item;
        for (at, tab) in self.tabs.iter_mut().enumerate() {
            if !matches!(tab.life, Life::Gone | Life::Unopened) && !tab.in_memory {
                tab.inbox.push_back(if at == i { Change::Own } else { Change::Theirs(item) });
            }
        }
        self.skip_own(i);
    }

    /// A write reaches a tab, and with it or later its storage event: for the first it is not too late either.
    pub fn deliver(&mut self, i: usize) {
        let Some(Change::Theirs(item)) = self.tabs[i].inbox.pop_front() else { return };
        if self.tabs[i].unseen == 0 && !self.tabs[i].in_memory {
            self.tabs[i].view = item;
        }
        self.skip_own(i);
        let Some(text) = item else { return };
        let mark = Mark::of(&text.record);
        if self.setup.slow_events || !self.live(i) {
            self.tell(i, mark, text.of_end);
        } else {
            self.hear(i, mark, text.of_end);
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

    /// A message on the channel, or a storage event, comes.
    pub fn hear(&mut self, i: usize, mark: Mark, of_end: bool) {
        self.tabs[i].told.remove(&(mark, of_end));
        if mark.epoch > self.written {
            self.breaks("nothing is told that was not written before");
        }
        self.dispatch(i, Event::Signalled { mark, of_end });
    }

    /// Whether something is still on its way to this tab: the waits that are longer than any lag end only after that.
    pub fn lags(&self, i: usize) -> bool {
        let tab = &self.tabs[i];
        self.has_news(i)
            || !tab.inbox.is_empty()
            || !tab.told.is_empty()
            || self.tabs.iter().any(|tab| !tab.outbox.is_empty())
    }

    /// Whether somebody may yet restore what he knows: who waits for it waits longer than that takes.
    pub fn somebody_restores(&self) -> bool {
        (0..self.tabs.len()).filter(|i| self.live(*i)).any(|i| self.tabs[i].restores() || self.lags(i))
    }
}
