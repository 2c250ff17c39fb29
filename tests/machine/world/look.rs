//! What a spec may look at, and what goes on by itself.

use super::{Answer, Phase, Reply, World};
use authfetch::protocol::config::OnSessionExpired;
use authfetch::protocol::decisions::{Call, Decisions};
use authfetch::protocol::event::Timer;
use authfetch::protocol::token::AccessToken;

impl World {
    /// Whether everything has settled that can: held calls may wait for a sign-in.
    pub fn quiet(&self) -> bool {
        let held = self.setup.policy.on_session_expired == OnSessionExpired::Hold && self.record.suspended;
        let settled = self.tasks.iter().all(|task| match task.phase {
            Phase::Settled(_) => true,
            Phase::Waiting => held || task.awaits_sign_in.is_some(),
            Phase::Held(_) | Phase::InFlight | Phase::Answered => false,
        });
        settled && self.session.refresh().is_none()
    }

    pub fn phase(&self, at: usize) -> Phase {
        self.tasks[at].phase
    }

    /// What the session knows of a call that waits or is in flight.
    pub fn known(&self, at: usize) -> Call {
        self.tasks[at].call.expect("a call that waits or is in flight")
    }

    /// How many calls are in flight.
    pub fn in_flight(&self) -> usize {
        self.tasks.iter().filter(|task| task.phase == Phase::InFlight).count()
    }

    /// The token that call `at` was last sent with.
    pub fn sent(&self, at: usize) -> Option<AccessToken> {
        self.tasks[at].sent
    }

    pub fn decisions(&self) -> &Decisions {
        self.session.decisions()
    }

    /// How many refreshes run: one, or none.
    pub fn refreshes(&self) -> usize {
        usize::from(self.session.refresh().is_some())
    }

    pub fn is_set(&self, timer: Timer) -> bool {
        self.timers.iter().any(|(set, _)| *set == timer)
    }

    /// In how many ms the next token request is sent.
    pub fn back_off(&self) -> Option<u64> {
        self.timers.iter().find(|(timer, _)| *timer == Timer::BackOff).map(|(_, due)| due.saturating_sub(self.now))
    }

    /// A timer that a refresh, or the record, waits for.
    pub fn next_timer(&self) -> Option<Timer> {
        let goes_on = |timer: &Timer| !matches!(timer, Timer::Expiry | Timer::Canary);
        self.timers.iter().map(|(timer, _)| *timer).find(goes_on)
    }

    /// Everything goes on, well, until nothing moves: token requests are served, calls are answered as `judge` says.
    pub fn drain(&mut self, judge: impl Fn(&Self, usize) -> Answer) -> u64 {
        for steps in 0..1_000 {
            if self.grant_lock() {
            } else if !self.requests.is_empty() {
                self.reply(0, Reply::Served);
            } else if let Some(timer) = self.next_timer() {
                self.fire(timer);
            } else if let Some(at) = self.tasks.iter().position(|task| task.phase == Phase::InFlight) {
                let answer = judge(self, at);
                self.answer(at, answer);
            } else {
                return steps;
            }
        }
        self.breaks("everything comes to an end");
        1_000
    }
}
