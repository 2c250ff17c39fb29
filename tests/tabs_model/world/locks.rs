//! The Web Lock that tabs queue for, and the mark that is committed before it is released.

use super::{Life, World};
use authfetch::protocol::event::{Event, Timer};
use authfetch::protocol::session::Ticket;
use authfetch::protocol::tabs::Mark;

impl World {
    /// `Effect::AcquireLock`. Whoever steals it is first, and the holder is told.
    pub(super) fn acquire(&mut self, i: usize, ticket: Ticket, steal: bool) {
        if !steal {
            return self.queue.push_back((i, ticket));
        }
        self.queue.retain(|waiting| *waiting != (i, ticket));
        self.queue.push_front((i, ticket));
        if let Some((holder, theirs)) = self.holder.take() {
            self.deliver_event(holder, Event::LockLost(theirs));
        }
    }

    /// To a tab that stands still it is delivered when it goes on.
    fn deliver_event(&mut self, i: usize, event: Event) {
        if self.live(i) {
            self.dispatch(i, event);
        } else {
            self.tabs[i].undelivered.push(event);
        }
    }

    pub(super) fn deliver_all(&mut self, i: usize) {
        while !self.tabs[i].undelivered.is_empty() {
            let event = self.tabs[i].undelivered.remove(0);
            self.dispatch(i, event);
        }
    }

    /// `Effect::ReleaseLock`, or the wait for it is given up.
    pub(super) fn release(&mut self, i: usize, ticket: Ticket) {
        self.leave_queue(|waiting| *waiting == (i, ticket));
        let tab = &mut self.tabs[i];
        tab.undelivered.retain(|event| *event != Event::LockGranted(ticket));
        tab.handed_over(ticket);
    }

    pub(super) fn leave_queue(&mut self, leaves: impl Fn(&(usize, Ticket)) -> bool) {
        self.queue.retain(|waiting| !leaves(waiting));
        self.holder = self.holder.filter(|holder| !leaves(holder));
    }

    /// The lock is free, and the first in the queue gets it.
    pub fn grant(&mut self) {
        let Some((i, ticket)) = self.queue.pop_front() else { return };
        self.holder = Some((i, ticket));
        self.deliver_event(i, Event::LockGranted(ticket));
    }

    /// Whether the holder keeps it for so long that others do not wait any more.
    pub fn is_kept(&self) -> bool {
        self.holder.is_some_and(|(i, _)| !matches!(self.tabs[i].life, Life::Live))
    }

    /// The wait for it has been too long.
    pub fn waited_enough(&mut self, i: usize, ticket: Ticket) {
        self.queue.retain(|waiting| *waiting != (i, ticket));
        self.dispatch(i, Event::LockUnavailable(ticket));
    }

    /// `Effect::CommitMark`. A mark that is no later than the one that stands is not waited for here, unless marks are
    /// slow: the lock may be granted late in any case.
    pub(super) fn commit(&mut self, i: usize, ticket: Option<Ticket>, mark: Mark) -> Option<Event> {
        if mark > self.mark || self.setup.slow_mark {
            self.tabs[i].commits.push((ticket, mark));
            return None;
        }
        ticket.map(Event::MarkCommitted)
    }

    /// A transaction that sets the mark is done: a later mark stays.
    pub fn committed(&mut self, i: usize, n: usize) {
        let (ticket, mark) = self.tabs[i].commits.remove(n);
        self.mark = self.mark.max(mark);
        if let Some(ticket) = ticket {
            self.dispatch(i, Event::MarkCommitted(ticket));
        }
    }

    /// The mark was read.
    pub fn mark_read(&mut self, i: usize, n: usize) {
        let purpose = self.tabs[i].reads.remove(n);
        let mark = self.mark;
        self.dispatch(i, Event::MarkRead(purpose, mark));
    }

    /// A timer fires, and none of its kind is set any more.
    pub fn fire(&mut self, i: usize, timer: Timer) {
        self.tabs[i].timers.retain(|set| *set != timer);
        match timer {
            Timer::Expiry => self.now = self.now.max(self.tabs[i].expiry.take().unwrap_or(0)),
            // A refusal may end the session: each end has a time of its own.
            Timer::Grace => self.now += 1,
            // Who was being left has stayed after all.
            Timer::BackOff => self.tabs[i].leaving = None,
            Timer::Restore | Timer::Canary | Timer::CatchUp(_) | Timer::GiveUp(_) => {}
        }
        self.dispatch(i, Event::TimerFired(timer));
    }
}
