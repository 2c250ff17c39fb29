//! Those who wait: calls for a refresh, a canary or a sign-in, oldest first.

use super::Session;
use super::pending::State;
use crate::protocol::decisions::{Admission, Call, NeedsRefresh};
use crate::protocol::effect::Effect;
use crate::protocol::fault::Fault;

impl Session {
    /// Whether calls wait that carry a verdict: a canary can go ahead of them.
    pub(super) fn any_answers(&self) -> bool {
        self.queue.all.iter().any(|(call, state)| *state != State::Left && call.answers)
    }

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
        self.queue.count() > 0
    }

    /// The call does not wait any more: aborted, or failed by the network before it was answered.
    pub(super) fn leave_queue(&mut self, id: u32) {
        if !self.faulty(Fault::KeepsDroppedCalls) {
            let _ = self.queue.leave(id);
        }
    }

    /// Asks for each waiting call, oldest first, whether it may go now: who may is woken.
    pub(super) fn wake_waiters(&mut self, now: u64) {
        if self.queue.all.is_empty() {
            return;
        }
        let (mut queue, mut start) = (std::mem::take(&mut self.queue), false);
        queue.left = 0;
        queue.all.retain(|(call, state)| {
            if *state == State::Left {
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
