//! What befalls a tab: it dies, is put away, stands still.

use super::{Life, Request, Tab, World};
use authfetch::protocol::event::Event;

impl World {
    /// A tab dies. With `lost` so do its writes that have reached nobody.
    pub fn crash(&mut self, i: usize, lost: bool) {
        self.excuse_all(i);
        if let Some(Request { token, outcome: None, .. }) = self.tabs[i].request {
            self.strays.push(token);
        }
        self.leave_queue(|waiting| waiting.0 == i);
        let mut gone = Tab::new(Life::Gone, &self.setup);
        if lost {
            self.lost = true;
            // Among them may be what a token request has brought.
            self.excuse_presented();
        } else {
            gone.outbox.clone_from(&self.tabs[i].outbox);
        }
        self.tabs[i] = gone;
    }

    /// The first thing that others can see has been done: a tab that dies in this turn does nothing more.
    pub(super) fn dies_here(&mut self, i: usize) {
        if self.dying == Some(i) {
            self.tabs[i].life = Life::Gone;
        }
    }

    /// It dies in the middle of what it does: after the write and before the signal, as things stand.
    pub fn dies_within(&mut self, i: usize, turn: impl FnOnce(&mut Self)) {
        self.dying = Some(i);
        turn(self);
        self.dying = None;
        self.crash(i, false);
    }

    /// `freeze`, and nothing runs.
    pub fn freeze(&mut self, i: usize) {
        self.excuse_all(i);
        self.dispatch(i, Event::Frozen);
        self.put_away(i, Life::Frozen);
    }

    pub(super) fn put_away(&mut self, i: usize, life: Life) {
        self.tabs[i].life = life;
        let of = |waiting: &(usize, _)| waiting.0 == i;
        if self.holder.as_ref().is_some_and(of) || self.queue.iter().any(of) {
            self.breaks("a page that is put away keeps no lock and no place in the queue");
        }
    }

    /// It stands still with all it holds.
    pub fn hang(&mut self, i: usize) {
        self.excuse_all(i);
        self.tabs[i].life = Life::Hung;
    }

    /// `resume`, `pageshow`, or what held it up is over.
    pub fn thaw(&mut self, i: usize) {
        let before = std::mem::replace(&mut self.tabs[i].life, Life::Live);
        self.tabs[i].leaving = None;
        self.deliver_all(i);
        match before {
            Life::Frozen => self.dispatch(i, Event::Resumed),
            Life::Hidden => self.dispatch(i, Event::PageShown),
            Life::Hung | Life::Live | Life::Unopened | Life::Gone => self.then(i),
        }
    }

    /// What this tab has presented and not handed over may be presented again.
    pub(super) fn excuse_all(&mut self, i: usize) {
        for (_, token) in self.tabs[i].presented.clone() {
            self.excuse(token);
        }
    }
}
