//! What a spec may look at.

use super::{Phase, World};
use authfetch::protocol::config::OnSessionExpired;
use authfetch::protocol::token::AccessToken;

impl World {
    /// Whether everything has settled that can: held calls may wait for a sign-in.
    pub fn quiet(&self) -> bool {
        let held = self.policy.on_session_expired == OnSessionExpired::Hold && self.record.suspended;
        self.tasks.iter().all(|task| match task.phase {
            Phase::Settled(_) => true,
            Phase::Waiting => held || task.call.after_signin.is_some(),
            Phase::InFlight => false,
        })
    }

    pub fn phase(&self, at: usize) -> Phase {
        self.tasks[at].phase
    }

    /// How many calls are in flight.
    pub fn in_flight(&self) -> usize {
        self.tasks.iter().filter(|task| task.phase == Phase::InFlight).count()
    }

    /// The token that call `at` was last sent with.
    pub fn sent(&self, at: usize) -> Option<AccessToken> {
        self.tasks[at].call.sent
    }
}
