//! As holding.rs, and the locks and marks of js/tabs.js.

use super::{Fault, Flow, Kind, Life, Step, World};
use authfetch::protocol::tabs::{Mark, caught_up};

impl World {
    /// Starts an async function in a tab; its number is returned.
    pub(super) fn open_flow(&mut self, i: usize, flow: impl FnOnce(u8) -> Flow) -> u8 {
        let flows = &mut self.tabs[i].flows;
        let n = (0..).find(|n| flows.iter().all(|flow| flow.n != *n)).unwrap_or(0);
        flows.push(flow(n));
        n
    }

    pub(super) fn flow(&mut self, i: usize, n: u8) -> Option<&mut Flow> {
        self.tabs[i].flows.iter_mut().find(|flow| flow.n == n)
    }

    pub(super) fn close_flow(&mut self, i: usize, n: u8) {
        self.tabs[i].flows.retain(|flow| flow.n != n);
    }

    /// `Tabs::lock`.
    pub(super) fn queue_up(&mut self, i: usize, n: u8) {
        self.tabs[i].abortable = Some(n).filter(|_| self.renewal_of(i, n).is_some()).or(self.tabs[i].abortable);
        if let Some(flow) = self.flow(i, n) {
            flow.step = Step::Queued;
            flow.cut = false;
            flow.held = false;
            self.queue.push_back((i, n));
        }
    }

    pub(super) fn renewal_of(&mut self, i: usize, n: u8) -> Option<u32> {
        match self.flow(i, n)?.kind {
            Kind::Renewal(id) => Some(id),
            Kind::Seal | Kind::HandOver => None,
        }
    }

    /// The lock is free, and the first in the queue gets it. `Tabs::committed`: the mark is read under it.
    pub fn grant(&mut self) {
        let Some((i, n)) = self.queue.pop_front() else { return };
        self.holder = Some((i, n));
        let mark = self.mark;
        if let Some(flow) = self.flow(i, n) {
            flow.held = true;
            flow.step = Step::Catching(mark);
        }
        self.sync_record(i);
        self.then(i);
    }

    /// `Tabs::lock` with `insist`: a holder that has not let go for so long has it stolen.
    pub fn steal(&mut self, i: usize, n: u8) {
        self.queue.retain(|ticket| *ticket != (i, n));
        self.queue.push_front((i, n));
        if let Some((holder, theirs)) = self.holder.take()
            && self.setup.fault != Fault::DoesNotNoticeTheSteal
            && let Some(flow) = self.flow(holder, theirs)
        {
            flow.held = false;
        }
        self.grant();
    }

    /// The look at a tombstone does not insist: its wait for the lock ends some time, and it looks at the record
    /// without it.
    pub fn waited_enough(&mut self, i: usize, n: u8) {
        self.queue.retain(|ticket| *ticket != (i, n));
        let mark = self.mark;
        if let Some(flow) = self.flow(i, n) {
            flow.step = Step::Catching(mark);
        }
        self.sync_record(i);
        self.then(i);
    }

    pub(super) fn release(&mut self, i: usize, n: u8) {
        if self.holder == Some((i, n)) {
            self.holder = None;
        }
        self.queue.retain(|ticket| *ticket != (i, n));
    }

    /// `CATCH_UP_MS` are over: the write that the mark speaks of was lost with its tab.
    pub fn gives_up(&mut self, i: usize, n: u8) {
        if let Some(Flow { step: Step::Catching(mark), .. }) = self.flow(i, n).cloned() {
            self.sync_record(i);
            self.heard(i, mark);
            if self.flow(i, n).is_some_and(|flow| flow.step == Step::Catching(mark)) {
                self.holds(i, n);
            }
        }
        self.then(i);
    }

    /// The rest of a turn: whoever has waited for what is here now goes on.
    pub(super) fn then(&mut self, i: usize) {
        if self.tabs[i].life != Life::Live {
            return;
        }
        if self.tabs[i].flows.iter().any(|flow| matches!(flow.step, Step::Catching(_))) {
            self.sync_record(i);
        }
        let at_once = self.setup.fault == Fault::ReadsAtOnce;
        loop {
            let known = self.tabs[i].known;
            let ready = |flow: &&Flow| match flow.step {
                Step::Catching(mark) => flow.cut || at_once || caught_up(&known, mark),
                Step::Queued | Step::Sent(_) | Step::Pausing | Step::Grace => flow.cut,
                Step::Committing(_) => false,
            };
            let Some(n) = self.tabs[i].flows.iter().find(ready).map(|flow| flow.n) else { break };
            self.goes_on(i, n);
        }
        let tab = &mut self.tabs[i];
        let epoch = tab.machine.epoch();
        tab.told.retain(|mark| mark.epoch > epoch);
    }

    fn goes_on(&mut self, i: usize, n: u8) {
        let Some(flow) = self.flow(i, n).cloned() else { return };
        match flow.step {
            Step::Queued | Step::Catching(_) => self.holds(i, n),
            Step::Sent(_) => self.reply(i, n, true),
            Step::Pausing => self.queue_up(i, n),
            Step::Grace => self.grace_over(i, n),
            Step::Committing(_) => {}
        }
    }

    /// `Shared::hold` has returned. A renewal that has lost the lock meanwhile asks for it anew, unless it was cut
    /// short.
    fn holds(&mut self, i: usize, n: u8) {
        let Some(flow) = self.flow(i, n).cloned() else { return };
        match flow.kind {
            Kind::Renewal(_) if flow.held || flow.cut => {
                if let Some(flow) = self.flow(i, n) {
                    flow.cut = false;
                }
                self.attempt(i, n);
            }
            Kind::Renewal(_) => self.queue_up(i, n),
            // It has seen that nothing older stands. That it commits the same mark once more is left out.
            Kind::Seal | Kind::HandOver => {
                self.release(i, n);
                self.close_flow(i, n);
            }
        }
    }

    /// `Shared::hand_over`.
    pub(super) fn hand_over(&mut self, i: usize, n: u8) {
        let mark = Mark::of(&self.tabs[i].known);
        match self.flow(i, n) {
            Some(flow) if flow.held => {
                flow.kind = Kind::HandOver;
                flow.step = Step::Committing(mark);
                flow.cut = false;
            }
            Some(_) => {
                self.release(i, n);
                self.close_flow(i, n);
            }
            None => {}
        }
    }

    /// The transaction of `Tabs::commit` is done: a later mark stays.
    pub fn committed(&mut self, i: usize, n: u8) {
        let Some(flow) = self.flow(i, n).cloned() else { return };
        if let Step::Committing(mark) = flow.step {
            self.mark = self.mark.max(mark);
        }
        if flow.kind == Kind::Seal {
            self.queue_up(i, n);
        } else {
            self.release(i, n);
            self.close_flow(i, n);
        }
    }
}
