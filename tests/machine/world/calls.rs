//! The world's calls: admitted, sent, answered, as the browser half does it around the machine.

use super::{Answer, End, Fault, Phase, Task, World};
use authfetch::protocol::config::OnRetryRejected;
use authfetch::protocol::session::{Admission, Renew, Unauthorized, Verdict};
use authfetch::protocol::token::AccessToken;

impl World {
    /// A call; its place among the tasks is returned.
    pub fn call(&mut self) -> usize {
        self.call_to(1, true)
    }

    pub fn call_to(&mut self, path: u64, replayable: bool) -> usize {
        let call = self.machine.open(true);
        self.tasks.push(Task { call, phase: Phase::Waiting, sends: 0, path, replayable, stepped_up: false });
        self.step(self.tasks.len() - 1);
        self.tasks.len() - 1
    }

    fn step(&mut self, at: usize) {
        let mut task = self.tasks[at].clone();
        task.phase = match self.machine.admit(&task.call, &self.record, self.now) {
            Admission::Wait(renew) => {
                self.renew(renew);
                Phase::Waiting
            }
            Admission::Send(token, renew) => {
                self.check_send(&task, token);
                self.untried = None;
                task.call.sent = Some(token);
                task.call.sends += 1;
                task.call.after_signin = None;
                task.sends += 1;
                self.renew(renew);
                Phase::InFlight
            }
            Admission::SendWithoutToken => {
                task.sends += 1;
                Phase::Settled(End::Bare)
            }
            Admission::SignedOut => Phase::Settled(End::SignedOut),
            Admission::Failed => {
                if !self.machine.cooling(&self.record, self.now) && self.machine.can_renew(&self.record) {
                    self.breaks("a call fails with the renewal's error in the cooldown only");
                }
                Phase::Settled(End::Failed)
            }
            Admission::Ended => Phase::Settled(End::Ended),
        };
        if task.sends > if task.stepped_up { 3 } else { 2 } {
            self.breaks("a call is sent at most twice");
        }
        self.tasks[at] = task;
    }

    fn check_send(&mut self, task: &Task, token: AccessToken) {
        if task.call.epoch != self.record.epoch {
            self.breaks("nothing of an old epoch is sent");
        }
        if task.call.sent == Some(token) && !self.record.rejected {
            self.breaks("no call is sent again with the token it was refused for");
        }
        let expired = self.record.expires_at.is_some_and(|at| at <= self.now);
        if expired && self.machine.can_renew(&self.record) && self.untried != Some(token) {
            self.breaks("a token that has run out is renewed before it is sent");
        }
        let in_flight = self.in_flight_with(token);
        let trying = in_flight.iter().filter(|at| !self.in_flight_before.contains(at)).count();
        if self.probe.is_some_and(|(probed, allowed)| probed == token && trying >= allowed) {
            self.breaks("the canary goes before the rest");
        }
    }

    fn in_flight_with(&self, token: AccessToken) -> Vec<usize> {
        let with = |task: &Task| task.phase == Phase::InFlight && task.call.sent == Some(token);
        (0..self.tasks.len()).filter(|at| with(&self.tasks[*at])).collect()
    }

    /// New tokens stand and calls wait for them: one of them tries the new token.
    pub(super) fn start_probe(&mut self) {
        if self.tasks.iter().any(|task| task.phase == Phase::Waiting) {
            if self.fault != Fault::NoCanary {
                self.machine.start_canary(&self.record);
            }
            let tried = self.record.access.filter(|_| !self.record.accepted);
            self.probe = tried.map(|token| (token, 1));
            self.in_flight_before = self.record.access.map(|token| self.in_flight_with(token)).unwrap_or_default();
        }
    }

    /// Whoever waits and may go now goes, oldest first.
    pub fn wake_waiters(&mut self) {
        for at in 0..self.tasks.len() {
            if self.tasks[at].phase == Phase::Waiting {
                self.step(at);
            }
        }
    }

    fn settle(&mut self, at: usize, end: End) {
        self.tasks[at].phase = Phase::Settled(end);
    }

    /// A call in flight is answered.
    pub fn answer(&mut self, at: usize, answer: Answer) {
        if self.tasks[at].call.epoch != self.machine.epoch() {
            return self.settle(at, End::Ended);
        }
        match answer {
            Answer::Accepted => self.accepted(at, answer, true),
            Answer::ServerError => self.accepted(at, answer, false),
            Answer::StepUp { prevented } => self.step_up(at, prevented),
            Answer::Unauthorized => self.unauthorized(at, answer, Unauthorized::default()),
            Answer::Redirected => {
                self.unauthorized(at, answer, Unauthorized { redirected: true, ..Unauthorized::default() })
            }
            Answer::NotTheToken => {
                self.unauthorized(at, answer, Unauthorized { not_the_token: true, ..Unauthorized::default() })
            }
        }
    }

    fn accepted(&mut self, at: usize, answer: Answer, proof: bool) {
        let call = self.tasks[at].call;
        let record = self.record;
        let (news, makes_way) = self.machine.on_outcome(|machine| machine.on_accepted(&call, &record, proof));
        if news {
            let mut record = self.record;
            record.note_accepted();
            record.version += 1;
            self.write(record);
        }
        self.probed(call.sent);
        self.settle(at, End::Answer(answer));
        self.made_way(makes_way);
    }

    /// Nobody else is asked where nobody's answer can have changed.
    fn made_way(&mut self, makes_way: bool) {
        if makes_way && self.fault != Fault::NobodyAsked {
            self.wake_waiters();
        }
    }

    /// The new token has been answered: the rest go.
    fn probed(&mut self, token: Option<AccessToken>) {
        self.probe = self.probe.filter(|(probed, _)| token != Some(*probed));
    }

    fn step_up(&mut self, at: usize, prevented: bool) {
        let task = &self.tasks[at];
        if !prevented || !task.replayable || task.call.sends >= 3 {
            return self.accepted(at, Answer::StepUp { prevented }, true);
        }
        let ((), makes_way) = self.machine.on_outcome(|machine| machine.on_call_dropped(task.call.id));
        let task = &mut self.tasks[at];
        task.stepped_up = true;
        task.call.after_signin = Some(self.record.signin);
        task.phase = Phase::Waiting;
        self.made_way(makes_way);
    }

    fn unauthorized(&mut self, at: usize, answer: Answer, unauthorized: Unauthorized) {
        let Task { mut call, path, replayable, .. } = self.tasks[at];
        let token = call.sent;
        if self.fault == Fault::NoTokenComparison {
            call.sent = self.record.access;
        }
        if self.fault == Fault::RetriesForever {
            call.sends = 1;
        }
        let unauthorized = Unauthorized { replayable, path, ..unauthorized };
        let (record, now) = (self.record, self.now);
        let (verdict, makes_way) =
            self.machine.on_outcome(|machine| machine.on_unauthorized(&mut call, &record, now, unauthorized));
        if matches!(verdict, Verdict::Retry(Renew::Start) | Verdict::Deliver(Renew::Start)) {
            self.note_rejected(token);
        }
        match verdict {
            Verdict::Deliver(renew) => {
                if !unauthorized.not_the_token {
                    self.probed(token);
                }
                self.renew(renew);
                self.settle(at, End::Answer(answer));
                self.made_way(makes_way);
            }
            Verdict::Retry(renew) => {
                self.renew(renew);
                self.tasks[at].phase = Phase::Waiting;
                self.tasks[at].call = call;
                self.step(at);
            }
            Verdict::Failed => self.settle(at, End::Failed),
            Verdict::EndRetryRejected => {
                self.check_retry_rejected(token, unauthorized.redirected);
                self.settle(at, End::Ended);
                self.end();
            }
            Verdict::EndRefused => {
                let expired = self.record.expires_at.is_some_and(|at| at <= self.now);
                if !expired || self.machine.can_renew(&self.record) || unauthorized.redirected {
                    self.breaks("nobody is signed out wrongly");
                }
                self.settle(at, End::Ended);
                self.refuse();
            }
            Verdict::Ended => self.settle(at, End::Ended),
        }
    }

    /// The rule of `onRetryRejected`, told a second time from what this world has seen.
    fn check_retry_rejected(&mut self, token: Option<AccessToken>, redirected: bool) {
        let may = match self.policy.on_retry_rejected {
            OnRetryRejected::Logout => true,
            OnRetryRejected::Return => false,
            OnRetryRejected::Auto => !self.record.accepted && !self.predecessor_good,
        };
        if !may || redirected || self.record.access != token {
            self.breaks("nobody is signed out wrongly");
        }
    }

    fn note_rejected(&mut self, token: Option<AccessToken>) {
        let Some(token) = token else { return };
        // The clock may ask for another where the same text was brought again.
        let expired = self.record.expires_at.is_some_and(|at| at <= self.now);
        let again = self.rejected.contains(&token) && !(expired && self.record.rejected);
        if again || self.renewed.contains(&token) {
            self.breaks("one renewal per rejected token");
        }
        self.rejected.push(token);
    }

    /// The caller aborts, or the network fails, before an answer.
    pub fn gone(&mut self, at: usize) {
        let call = self.tasks[at].call.id;
        let ((), makes_way) = self.machine.on_outcome(|machine| machine.on_call_dropped(call));
        self.settle(at, End::Gone);
        self.made_way(makes_way);
    }

    /// The canary has had no headers for two seconds.
    pub fn patience(&mut self) {
        self.machine.on_canary_timeout();
        self.probe = match self.probe {
            Some((token, 1)) => Some((token, 2)),
            Some(_) | None => None,
        };
        self.wake_waiters();
    }
}
