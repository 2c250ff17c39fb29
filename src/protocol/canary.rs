//! The canary: after a renewal one waiting call tries the new token, and the others wait for its answer.
//!
//! Which answer lets them go is decided in [`super::verdict`].

use super::decisions::Decisions;
use super::token::{AccessToken, Record};

/// After a renewal: the one call that tries the new token first.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Canary {
    pub(super) token: AccessToken,
    canaries: Vec<u32>,
    allowed: usize,
}

impl Decisions {
    /// A call settled without an answer: aborted, or failed by the network. The next one is the canary.
    pub fn on_call_dropped(&mut self, call: u32) {
        if let Some(canary) = &mut self.canary {
            canary.canaries.retain(|id| *id != call);
        }
    }

    /// The canary has had no headers for a while: one more goes, and at the second time all go.
    pub fn on_canary_timeout(&mut self) {
        match &mut self.canary {
            Some(canary) if canary.allowed < 2 => canary.allowed += 1,
            Some(_) | None => self.canary = None,
        }
    }

    /// Whether `call` tries the new token ahead of the others.
    #[must_use]
    pub fn is_canary(&self, call: u32) -> bool {
        self.canary.as_ref().is_some_and(|canary| canary.canaries.contains(&call))
    }

    /// What comes of one call; true where that ends the wait of another: the call was a canary, or the last word on
    /// one. Whoever waits for anything else waits on, so that nobody is to be asked whether it may go.
    #[must_use]
    pub fn on_outcome<T>(&mut self, of_call: impl FnOnce(&mut Self) -> T) -> (T, bool) {
        let before = self.canaries();
        let outcome = of_call(self);
        // None, where no canary is needed any more, is less than any number of them.
        (outcome, self.canaries() < before)
    }

    /// How many calls try the new token ahead of the others; none where that is not needed.
    #[must_use]
    pub fn canaries(&self) -> Option<usize> {
        self.canary.as_ref().map(|canary| canary.canaries.len())
    }

    /// Whether calls wait for a canary's answer.
    #[must_use]
    pub const fn waits_for_canary(&self) -> bool {
        self.canary.is_some()
    }

    /// New tokens are stored and calls wait for them: the oldest goes first.
    pub fn start_canary(&mut self, record: &Record) {
        self.canary =
            record.access.filter(|_| !record.accepted).map(|token| Canary { token, canaries: Vec::new(), allowed: 1 });
    }

    pub(super) fn must_wait_for_canary(&mut self, call: u32, token: AccessToken) -> bool {
        match &mut self.canary {
            Some(canary) if canary.token == token && !canary.canaries.contains(&call) => {
                let full = canary.canaries.len() >= canary.allowed;
                if !full {
                    canary.canaries.push(call);
                }
                full
            }
            Some(_) | None => false,
        }
    }
}
