//! The locks that one page holds or waits for, and where each stands. What is done with them is in [`super::lock`].

use crate::protocol::tabs::Mark;

/// One lock, by number. What is told of it may come late, when it is over and another one is waited for: a number is
/// used again after all others.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Ticket(pub u8);

/// What the lock is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Purpose {
    /// A refresh.
    Refresh,
    /// A look at the record after an end, so that nothing an overtaken tab wrote stands.
    VerifyEnd,
    /// Nothing any more: the mark is being committed.
    HandOver,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Step {
    /// The end is being committed; then the lock is waited for.
    Committing,
    Waiting,
    /// The page was put away, and gave up its place in the queue.
    Parked,
    ReadingMark,
    CatchingUp(Mark),
    InUse,
    HandingOver,
}

/// Whether it is held.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Held {
    /// It was never granted: its holder kept it for too long, or there are no locks.
    No,
    Yes,
    /// It was stolen, or released when the page was put away.
    Lost,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Lock {
    pub(super) ticket: Ticket,
    pub(super) purpose: Purpose,
    pub(super) step: Step,
    pub(super) held: Held,
    pub(super) steals: bool,
}

/// The locks that this page holds or waits for.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Locks {
    pub(super) all: Vec<Lock>,
    last: u8,
    /// The page is put away: it asks for nothing, since it would be granted what it cannot use.
    pub(super) parked: bool,
}

impl Locks {
    pub(super) fn get(&mut self, ticket: Ticket) -> Option<&mut Lock> {
        self.all.iter_mut().find(|lock| lock.ticket == ticket)
    }

    pub(super) fn add(&mut self, purpose: Purpose, step: Step) -> Ticket {
        self.last = self.last.wrapping_add(1);
        while self.all.iter().any(|lock| lock.ticket.0 == self.last) {
            self.last = self.last.wrapping_add(1);
        }
        let ticket = Ticket(self.last);
        self.all.push(Lock { ticket, purpose, step, held: Held::No, steals: false });
        ticket
    }

    pub(super) fn remove(&mut self, ticket: Ticket) {
        if let Some(at) = self.all.iter().position(|lock| lock.ticket == ticket) {
            self.all.remove(at);
        }
    }

    /// That of the running refresh.
    pub(super) fn of_refresh(&self) -> Option<&Lock> {
        self.all.iter().find(|lock| lock.purpose == Purpose::Refresh)
    }

    pub(super) fn refresh_ticket(&self) -> Option<Ticket> {
        self.of_refresh().map(|lock| lock.ticket)
    }

    /// Whether the page is put away.
    pub(super) const fn are_parked(&self) -> bool {
        self.parked
    }

    /// Whether nothing is held or waited for.
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}
