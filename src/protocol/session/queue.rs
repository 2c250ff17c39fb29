//! Those who wait: calls for a refresh, a canary or a sign-in, oldest first.

use super::Session;
use crate::protocol::decisions::{Admission, Call, NeedsRefresh};
use crate::protocol::effect::Effect;
use crate::protocol::fault::Fault;

/// All that wait, oldest first. Who leaves costs no search: the places left are given up when half are empty.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Queue {
    all: Vec<(Call, bool)>,
    left: usize,
}

impl Queue {
    fn enter(&mut self, call: Call) {
        let at = self.all.partition_point(|(other, _)| other.id < call.id);
        self.all.insert(at, (call, true));
    }

    fn leave(&mut self, id: u32) {
        let at = self.all.partition_point(|(other, _)| other.id < id);
        if let Some((call, waits)) = self.all.get_mut(at)
            && call.id == id
            && *waits
        {
            *waits = false;
            self.left += 1;
            if 2 * self.left > self.all.len() {
                self.all.retain(|(_, waits)| *waits);
                self.left = 0;
            }
        }
    }

    /// Whether calls wait that carry a verdict: a canary can go ahead of them.
    pub(super) fn any_answers(&self) -> bool {
        self.all.iter().any(|(call, waits)| *waits && call.answers)
    }
}

impl Session {
    /// What the call does now; where it waits, it does until it is woken ([`Effect::WakeCall`]), or dropped. Effects may
    /// come of it: they are for after it was sent.
    pub fn admit_or_wait(&mut self, call: &Call, now: u64) -> Admission {
        let admission = self.admit(call, now);
        if matches!(admission, Admission::Wait(_)) {
            self.queue.enter(*call);
        }
        admission
    }

    /// Whether any call waits.
    #[must_use]
    pub fn anybody_waits(&self) -> bool {
        self.queue.all.iter().any(|(_, waits)| *waits)
    }

    /// The call does not wait any more: aborted, or failed by the network before it was answered.
    pub(super) fn leave_queue(&mut self, id: u32) {
        if !self.faulty(Fault::KeepsDroppedCalls) {
            self.queue.leave(id);
        }
    }

    /// Asks for each waiting call, oldest first, whether it may go now: who may is woken.
    pub(super) fn wake_waiters(&mut self, now: u64) {
        if self.queue.all.is_empty() {
            return;
        }
        let (mut queue, mut start) = (std::mem::take(&mut self.queue), false);
        queue.left = 0;
        queue.all.retain(|(call, waits)| {
            if !*waits {
                return false;
            }
            // What it has waited for is tried when it goes out, and not when it is woken.
            let untried = self.decisions.untried;
            let admission = self.judge_admission(call, now);
            self.decisions.untried = untried;
            start |=
                matches!(admission, Admission::Wait(NeedsRefresh::Start) | Admission::Send(_, NeedsRefresh::Start));
            let waits = matches!(admission, Admission::Wait(_));
            if !waits {
                self.push(Effect::WakeCall(call.id));
            }
            waits
        });
        self.queue = queue;
        if start {
            self.run_opened(now);
        }
    }
}
