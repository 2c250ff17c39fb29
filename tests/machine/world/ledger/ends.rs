//! Which verdict may end a session, what listeners are told of, and which timers are waited for.

use super::PATIENCE;
use crate::world::World;
use authfetch::protocol::config::OnRetryRejected;
use authfetch::protocol::effect::{Ending, Notice};
use authfetch::protocol::event::Timer;
use authfetch::protocol::session::State;
use authfetch::protocol::session::refresh::Step;
use authfetch::protocol::token::AccessToken;

impl World {
    pub(in crate::world) fn before_sign_in(&mut self) {
        self.ledger.signed_in = true;
        self.ledger.sign_ins = self.ledger.sign_ins.saturating_add(1);
    }

    pub(in crate::world) fn check_end(&mut self, ending: Ending) {
        match ending {
            Ending::LoggedOut { .. } | Ending::Elsewhere => {}
            Ending::Refused => self.check_refusal(),
            Ending::RetryRejected => self.check_retry_rejected(),
        }
        if ending != Ending::Elsewhere {
            self.ledger.signed_in = false;
        }
    }

    /// The session is refused: by the token endpoint, or since nothing can refresh a token that has run out.
    pub(super) fn check_refusal(&mut self) {
        let rightly = match self.ledger.judging {
            Some((_, redirected)) => {
                let over = self.has_run_out() || self.setup.policy.by_cookie();
                over && !self.session.decisions().can_refresh(&self.record) && !redirected
            }
            None => {
                let unseen = self.unseen.and_then(|record| record.refresh);
                [self.refresh_token(&self.record), unseen]
                    .into_iter()
                    .flatten()
                    .all(|token| !self.valid.contains(&token))
            }
        };
        self.require(rightly, "nobody is signed out wrongly");
    }

    /// The rule of `onRetryRejected`.
    fn check_retry_rejected(&mut self) {
        let may = match self.setup.policy.on_retry_rejected {
            OnRetryRejected::Logout => true,
            OnRetryRejected::Return => false,
            OnRetryRejected::Auto if self.setup.policy.by_cookie() => {
                let of_it = |(token, _): &&(AccessToken, u64)| self.record.access == Some(*token);
                let elsewhere = self.ledger.refused.iter().filter(of_it).count() > 1;
                !self.session.decisions().can_refresh(&self.record) || (elsewhere && !self.record.accepted)
            }
            OnRetryRejected::Auto => !self.record.accepted && !self.ledger.predecessor_good,
        };
        let by = self.ledger.judging.filter(|(_, redirected)| !redirected).map(|(token, _)| token);
        self.require(may && by.is_some() && by == self.record.access, "nobody is signed out wrongly");
    }

    pub(in crate::world) fn check_notice(&mut self, notice: Notice, state: State) {
        match notice {
            Notice::Logout(_) => {
                self.require(self.ledger.told_of_session, "a logout is told once");
                self.ledger.told_of_session = false;
            }
            Notice::SignIn(_) | Notice::Refresh(_) => {
                self.require(self.record.signed_in(), "nothing is told of a session that is over");
            }
            Notice::Changed | Notice::RefreshFailed { .. } | Notice::Suspend | Notice::StorageBlocked => {}
        }
        self.ledger.told_of_session |= state != State::SignedOut && !matches!(notice, Notice::Logout(_));
    }

    pub(in crate::world) fn set_clocks(&mut self, jump: impl Fn(u64) -> u64) {
        if let Some(canary) = &mut self.ledger.canary {
            canary.since = canary.since.map(&jump);
        }
        self.ledger.broken_off = self.ledger.broken_off.map(|(id, until)| (id, jump(until)));
    }

    pub(in crate::world) fn check_navigation(&mut self) {
        self.require(!self.record.signed_in(), "nobody who is signed in is sent to the login page");
    }

    pub(in crate::world) fn before_timer(&mut self, timer: Timer) {
        if let (Timer::Canary, Some(canary)) = (timer, &mut self.ledger.canary)
            && canary.since.is_some_and(|since| since + PATIENCE <= self.now)
        {
            canary.since = Some(self.now);
            canary.allowed += 1;
        }
        self.ledger.canary.take_if(|canary| canary.allowed > 2);
    }

    /// Whether what the timer is set for is still to come.
    pub(in crate::world) fn is_needed(&self, timer: Timer) -> bool {
        let step = self.session.refresh_step();
        match timer {
            Timer::BackOff => step == Some(Step::BackOff),
            Timer::Grace => step == Some(Step::Grace),
            Timer::Canary => {
                self.session.decisions().canaries().is_some_and(|canaries| canaries > 0) || self.setup.background
            }
            Timer::Expiry | Timer::Restore | Timer::CatchUp(_) | Timer::GiveUp(_) => true,
        }
    }
}
