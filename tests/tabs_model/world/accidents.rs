//! What befalls a tab: it dies, is put away, stands still.

use super::{Life, Request, Step, Tab, World};

impl World {
    /// A tab dies. With `lost` so do its writes that have reached nobody.
    pub fn crash(&mut self, i: usize, lost: bool) {
        self.excuse_all(i);
        for flow in &self.tabs[i].flows {
            if let Step::Sent(Request { token, outcome: None }) = flow.step {
                self.strays.push(token);
            }
        }
        self.queue.retain(|ticket| ticket.0 != i);
        self.holder = self.holder.filter(|ticket| ticket.0 != i);
        let mut gone = Tab::new(Life::Gone);
        if lost {
            self.lost = true;
            // Among them may be what a token request has brought.
            for token in 0..self.issued.len() {
                self.excuse_presented(token as u32);
            }
        }
        if !lost {
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

    /// `freeze`: all locks are let go of (`releaseLocks`), and nothing runs.
    pub fn freeze(&mut self, i: usize) {
        self.excuse_all(i);
        self.queue.retain(|ticket| ticket.0 != i);
        self.holder = self.holder.filter(|ticket| ticket.0 != i);
        for flow in &mut self.tabs[i].flows {
            flow.held = false;
        }
        self.tabs[i].life = Life::Frozen;
    }

    /// It stands still with all it holds.
    pub fn hang(&mut self, i: usize) {
        self.excuse_all(i);
        self.tabs[i].life = Life::Hung;
    }

    /// `resume`, or what held it up is over: whoever waited for the lock takes a new place in the queue
    /// (`resumeLocks`).
    pub fn thaw(&mut self, i: usize) {
        let frozen = self.tabs[i].life == Life::Frozen;
        self.tabs[i].life = Life::Live;
        if frozen {
            let waiting = self.tabs[i].flows.iter().filter(|flow| flow.step == Step::Queued).map(|flow| (i, flow.n));
            self.queue.extend(waiting);
            self.sync_record(i);
        }
        self.then(i);
    }

    /// What this tab has presented and not handed over may be presented again.
    fn excuse_all(&mut self, i: usize) {
        let presented: Vec<Option<u32>> = self.tabs[i].flows.iter().map(|flow| flow.presented).collect();
        for token in presented {
            self.excuse(token);
        }
    }
}
