//! Pending calls in an order of their own: those that wait, the oldest first, and those in flight, as they were sent.

use crate::protocol::decisions::Call;

/// Calls by a number that grows in their order. Who leaves costs no search: the places left are given up when half are
/// empty.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Pending {
    /// The number is the place among the requests in flight, or else that of the call.
    by_place: bool,
    pub(super) all: Vec<(Call, State)>,
    pub(super) left: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum State {
    Open,
    /// Its request was cancelled, and its promise has not said so yet.
    Cancelled,
    Left,
}

const fn number_of(call: &Call, by_place: bool) -> u32 {
    if by_place { call.place } else { call.id }
}

impl Pending {
    pub(super) const fn in_flight() -> Self {
        Self { by_place: true, all: Vec::new(), left: 0 }
    }

    fn find(&self, number: u32) -> usize {
        self.all.partition_point(|(call, _)| number_of(call, self.by_place) < number)
    }

    /// It belongs here, in its order.
    pub(super) fn enter(&mut self, call: Call) {
        let at = self.find(number_of(&call, self.by_place));
        self.all.insert(at, (call, State::Open));
    }

    /// It does not any more; as it was, if it did.
    pub(super) fn leave(&mut self, number: u32) -> Option<(Call, State)> {
        let at = self.find(number);
        let entry = self.all.get_mut(at)?;
        let (call, state) = *entry;
        if state == State::Left || number_of(&call, self.by_place) != number {
            return None;
        }
        entry.1 = State::Left;
        self.left += 1;
        if 2 * self.left > self.all.len() {
            self.all.retain(|(_, state)| *state != State::Left);
            self.left = 0;
        }
        Some((call, state))
    }

    /// How many there are.
    pub(super) const fn count(&self) -> usize {
        self.all.len() - self.left
    }
}
