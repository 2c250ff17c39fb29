//! What a call may be sent with, and what its answer says of its token.

use crate::world::{Answer, End, Phase, Task, World};
use authfetch::protocol::config::OnRetryRejected;
use authfetch::protocol::token::AccessToken;

impl World {
    pub(in crate::world) fn check_send(&mut self, at: usize, token: AccessToken) {
        let task = &self.tasks[at];
        let most = if task.stepped_up { 3 } else { 2 };
        let (too_often, over) = (task.sends >= most, task.epoch != self.record.epoch);
        let again = task.refused_for == Some(token) && !self.record.rejected;
        let early = task.awaits_sign_in.is_some_and(|then| then == self.ledger.sign_ins);
        self.require(!too_often, "a call is sent at most twice");
        self.require(!over, "nothing of an old epoch is sent");
        self.require(!again, "no call is sent again with the token it was refused for");
        self.require(!early, "a step-up is answered by a sign-in alone");
        let spends = self.tasks[at].streams && self.tasks[at].sends == 0 && self.session.refresh().is_some();
        self.require(!spends, "a stream waits for the refresh that runs");
        let fit = !self.has_run_out() || !self.session.can_refresh() || self.ledger.untried == Some(token);
        self.require(fit, "a token that has run out is refreshed before it is sent");
        self.ledger.untried = None;
        let tries = |task: &&Task| task.phase == Phase::InFlight && task.sent == Some(token) && !task.had_it;
        let trying = self.tasks.iter().filter(tries).count();
        if let Some(canary) = self.ledger.canary.as_mut().filter(|canary| canary.token == token) {
            if trying == 0 {
                canary.since = Some(self.now);
            }
            let ahead = trying < canary.allowed;
            self.require(ahead, "the canary goes before the rest");
        }
    }

    pub(in crate::world) fn check_settled(&mut self, at: usize, end: End) {
        self.require(!matches!(self.tasks[at].phase, Phase::Settled(_)), "what has settled stays settled");
        let decisions = self.session.decisions();
        let cooling = decisions.cooling(&self.record, self.now) || !decisions.can_refresh(&self.record);
        if matches!(end, End::Answer(Answer::Unauthorized | Answer::Redirected)) {
            let sent = self.tasks[at].sent;
            self.ledger.canary.take_if(|canary| sent == Some(canary.token));
        }
        let task = &self.tasks[at];
        let sent = task.sent;
        let spared = self.ledger.late && task.replayable && task.sends < 2 && self.record.has_session();
        self.require(end != End::Answer(Answer::Unauthorized) || !spared, "a late 401 is not the last word");
        let lost = self.setup.policy.by_cookie()
            && !self.session.decisions().can_refresh(&self.record)
            && self.record.signed_in()
            && self.record.access == sent;
        let ends = self.setup.policy.on_retry_rejected != OnRetryRejected::Return;
        let kept = end == End::Answer(Answer::Unauthorized) && lost && ends;
        self.require(!kept, "a session in cookies that nothing can refresh ends at its first 401");
        self.require(end != End::Failed || !self.tasks[at].once || sent.is_none(), "a call sent once gets its 401");
        self.require(end != End::Failed || cooling, "a call fails with the refresh's error in the cooldown only");
    }

    pub(in crate::world) fn before_answer(&mut self, at: usize, sent: AccessToken, answer: Answer) {
        let of_the_token = matches!(answer, Answer::Unauthorized | Answer::Redirected);
        if of_the_token {
            self.tasks[at].refused_for = Some(sent);
            self.ledger.judging = Some((sent, answer == Answer::Redirected));
        }
        if !of_the_token && answer != Answer::NotTheToken {
            self.ledger.canary.take_if(|canary| canary.token == sent);
        }
    }

    pub(in crate::world) fn after_answer(&mut self) {
        (self.ledger.judging, self.ledger.late) = (None, false);
    }

    pub(in crate::world) fn before_verdict(&mut self, at: usize, not_the_token: bool) {
        let Some(token) = self.tasks[at].sent.filter(|_| !not_the_token) else { return };
        let path = self.tasks[at].path;
        self.ledger.late = self.record.access != Some(token);
        if !self.ledger.late && (self.has_run_out() || !self.record.accepted) && !self.ledger.unfit.contains(&token) {
            self.ledger.unfit.push(token);
        }
        if !self.ledger.refused.contains(&(token, path)) {
            self.ledger.refused.push((token, path));
        }
    }

    /// A request is cancelled, and its caller does not know.
    pub(in crate::world) fn check_cancelled(&mut self, at: usize) {
        let task = &self.tasks[at];
        let (get, path) = (task.is_get(), task.path);
        let ahead = |other: &&Task| other.place().is_some() && other.place() < task.place();
        let ahead = self.tasks.iter().filter(ahead).count();
        let kept = self.setup.policy.cancel_pending;
        let refused = self.ledger.refused.iter().filter(|(token, _)| task.sent == Some(*token));
        let paths: Vec<u64> = refused.map(|(_, path)| *path).collect();
        let unfit = task.sent.is_some_and(|token| self.ledger.unfit.contains(&token));
        let replaced = self.record.access != task.sent;
        self.require(get, "only a request that may reach the server twice is cancelled");
        self.require(kept.is_some_and(|kept| ahead >= kept as usize), "what is on the wire is left alone");
        self.require(!paths.is_empty(), "only what was sent with a rejected token is cancelled");
        let doomed = unfit || paths.len() > 1 || (replaced && paths.contains(&path));
        self.require(doomed, "one broken endpoint disturbs no other");
    }

    pub(in crate::world) const fn sign_ins(&self) -> u8 {
        self.ledger.sign_ins
    }

    /// It was answered with a step-up when there had been so many sign-ins.
    pub(in crate::world) fn waits_for_sign_in(&mut self, at: usize, sign_ins: u8) {
        self.tasks[at].stepped_up = true;
        self.tasks[at].awaits_sign_in = Some(sign_ins);
    }

    /// The answer that a call has waited for is found to be no refusal.
    pub(in crate::world) fn check_accepted(&mut self, at: usize) {
        let over = self.tasks[at].epoch != self.session.epoch();
        self.require(!over, "no answer of an ended session reaches its caller");
    }
}
