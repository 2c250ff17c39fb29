//! The world's renewals: turns, token requests and what their answers do, against a server that rotates.

use super::{Answer, Fault, Phase, Reply, Run, Step, World};
use authfetch::protocol::grant::GrantOutcome;
use authfetch::protocol::renewal::{Cooldown, Grant, Keep, Outcome, Reason, Turn};
use authfetch::protocol::session::Renew;
use authfetch::protocol::token::{AccessToken, Record, RefreshToken};

impl World {
    pub(super) fn renew(&mut self, renew: Renew) {
        if renew == Renew::Start {
            self.run_opened();
        }
    }

    fn run_opened(&mut self) {
        let Some(renewal) = self.machine.renewal() else { return };
        let (id, epoch, from, reason) = (renewal.id, renewal.epoch, renewal.from, renewal.reason);
        let expired = self.record.expires_at.is_some_and(|at| at <= self.now);
        let in_vain = |from| reason == Reason::Unauthorized && !expired && self.brought_again.contains(&from);
        if from.is_some_and(|from| self.renewed.contains(&from) || in_vain(from)) {
            self.breaks("one renewal per rejected token");
        }
        if reason != Reason::Manual && self.machine.cooling(&self.record, self.now) {
            self.breaks("a cooldown keeps renewals away");
        }
        if self.runs.iter().all(|run| run.id != id) {
            self.runs.push(Run { id, epoch, step: Step::Turn, cut: false });
        }
    }

    /// `refresh()`.
    pub fn refresh(&mut self) {
        let record = self.record;
        let may =
            record.signed_in() && self.machine.can_renew(&record) && !self.machine.retry_after_set(&record, self.now);
        if self.machine.renewal().is_none() && may {
            let renew = self.machine.start(&record, Reason::Manual, false);
            self.renew(renew);
        }
    }

    /// The timer that renews ahead of expiry.
    pub fn timer(&mut self) {
        let record = self.record;
        if self.machine.due(&record).is_some_and(|due| due <= self.now) {
            let renew = self.machine.start(&record, Reason::Expired, false);
            self.renew(renew);
        }
    }

    /// The network is back.
    pub fn online(&mut self) {
        if self.machine.on_online(&self.record, self.now) {
            self.write(Record { retry_at: 0, version: self.record.version + 1, ..self.record });
        }
    }

    /// Ends the running token request, and every pause.
    pub(super) fn cut(&mut self) {
        for run in &mut self.runs {
            run.cut = true;
            if matches!(run.step, Step::Pausing(_)) {
                run.step = Step::Turn;
            }
        }
    }

    /// The running renewal asks for its turn, and its token request is answered so.
    pub fn renewal(&mut self, reply: Reply) {
        let at = self.runs.len() - 1;
        self.turn(at);
        self.reply(at, reply);
    }

    /// Whether the running token request holds the lock that tabs share.
    pub(super) fn locked(&self) -> bool {
        self.runs.iter().any(|run| matches!(run.step, Step::Sent(_)) && !run.cut)
    }

    /// Before its token request, run `at` asks the machine.
    pub fn turn(&mut self, at: usize) {
        let Run { id, .. } = self.runs[at];
        match self.machine.on_turn(id, &self.record) {
            Turn::Request => {
                let Some(token) = self.record.refresh else { return };
                if self.spent.contains(&token) {
                    self.breaks("no refresh token is presented twice unless an answer was lost");
                }
                if self.locked() {
                    self.breaks("one renewal in flight");
                }
                if self.machine.renewal().is_some_and(|renewal| renewal.attempts > self.policy.attempts) {
                    self.breaks("no more token requests than attempts");
                }
                self.token_requests = self.token_requests.saturating_add(1);
                self.runs[at].step = Step::Sent(token);
            }
            Turn::UseStored | Turn::Ended | Turn::SignedOut => self.finish(at, false),
        }
    }

    fn finish(&mut self, at: usize, renewed: bool) {
        let run = self.runs.remove(at);
        let mut id = run.id;
        if self.fault == Fault::SlotClearedByOthers {
            id = self.machine.renewal().map_or(id, |renewal| renewal.id);
        }
        self.machine.finish(id, renewed);
        if !renewed {
            self.wake_waiters();
        }
    }

    /// What the server does with `presented`: the tokens it grants, if it does.
    pub(super) fn exchange(&mut self, presented: RefreshToken, lost: bool) -> Option<(AccessToken, RefreshToken)> {
        if !self.valid.contains(&presented) {
            return None;
        }
        let next = RefreshToken(self.number());
        self.valid.retain(|token| *token != presented);
        self.valid.push(next);
        if !lost {
            self.spent.push(presented);
        }
        Some((AccessToken(self.number()), next))
    }

    /// What becomes of the token request of run `at`.
    pub fn reply(&mut self, at: usize, reply: Reply) {
        let Step::Sent(presented) = self.runs[at].step else { return };
        let (run, from) = (self.runs[at].clone(), self.machine.renewal().and_then(|renewal| renewal.from));
        let known = self.valid.contains(&presented);
        let granted = match reply {
            Reply::Served => self.exchange(presented, run.cut),
            Reply::Lost => self.exchange(presented, true),
            Reply::Duplicated => {
                // The second use tells the server that somebody has stolen the token: the family is revoked.
                if let Some((_, next)) = self.exchange(presented, true) {
                    self.valid.retain(|token| *token != next);
                }
                None
            }
            Reply::Revoked => {
                self.valid.retain(|token| *token != presented);
                None
            }
            Reply::Dropped | Reply::Busy(_) | Reply::Nonsense => None,
        };
        let (class, lost, retry_after) = match reply {
            Reply::Served if known => (GrantOutcome::Tokens, false, None),
            Reply::Served | Reply::Revoked | Reply::Duplicated => (GrantOutcome::Refused, false, None),
            Reply::Lost | Reply::Dropped => (GrantOutcome::Transient, true, None),
            Reply::Busy(retry_after) => (GrantOutcome::Transient, false, retry_after),
            Reply::Nonsense => (GrantOutcome::Permanent, false, None),
        };
        let outcome = Outcome { class, lost, retry_after };
        let grant = self.machine.on_grant(run.id, outcome, &self.record, self.now, 0.5);
        let grant = match (self.fault, grant, class) {
            (Fault::NoEpochCheck, Grant::Ended, GrantOutcome::Tokens) => Grant::Store(Keep::New),
            (_, grant, _) => grant,
        };
        match grant {
            Grant::Store(keep) => {
                if self.record.epoch == run.epoch && self.record.refresh != Some(presented) {
                    self.breaks("a late answer never replaces a newer refresh token");
                }
                let Some(granted) = granted else { return self.finish(at, false) };
                self.store(at, granted, keep, from, run.epoch);
            }
            Grant::UseStored | Grant::Ended => self.finish(at, false),
            Grant::Retry(ms) => self.runs[at].step = Step::Pausing(self.now + ms),
            Grant::Failed(Cooldown { until, retry_after_set }) => {
                self.rejected.retain(|token| Some(*token) != self.record.access);
                if self.record.signed_in() {
                    self.write(Record {
                        retry_at: until,
                        retry_after_set,
                        version: self.record.version + 1,
                        ..self.record
                    });
                }
                self.finish(at, false);
            }
            Grant::Refused if self.machine.grace() > 0 => self.runs[at].step = Step::Grace,
            Grant::Refused => self.refused(at),
        }
    }

    fn store(
        &mut self,
        at: usize,
        granted: (AccessToken, RefreshToken),
        keep: Keep,
        from: Option<AccessToken>,
        epoch: u64,
    ) {
        if epoch != self.record.epoch {
            self.breaks("tokens of an ended session are never stored");
        }
        match keep {
            Keep::New => {
                if !self.same_text {
                    self.renewed.extend(from);
                } else if self.machine.renewal().is_some_and(|renewal| renewal.rejected) {
                    self.brought_again.extend(from);
                }
                self.write_renewed(granted, self.same_text);
                self.untried = self.record.access;
            }
            Keep::Stored if self.fault == Fault::ForgetsRotation => {}
            Keep::Stored => {
                self.write(Record { refresh: Some(granted.1), version: self.record.version + 1, ..self.record });
            }
        }
        if self.record.refresh.is_some_and(|token| self.spent.contains(&token)) {
            self.breaks("a spent refresh token is never kept");
        }
        self.finish(at, true);
        if keep == Keep::New {
            self.start_probe();
        }
        self.wake_waiters();
    }

    pub(super) fn write_renewed(&mut self, granted: (AccessToken, RefreshToken), same_text: bool) {
        let access = if same_text { self.record.access } else { Some(granted.0) };
        let renewed = self.machine.renewed(&self.record, same_text, self.now, self.expiry());
        let rejected = renewed.rejected && self.fault != Fault::ForgetsRejected;
        self.write(Record { access, rejected, refresh: Some(granted.1), version: self.record.version + 1, ..renewed });
    }

    /// A refusal that nobody has overtaken counts.
    pub fn refused(&mut self, at: usize) {
        let run = self.runs[at].clone();
        let counts = self.machine.on_turn(run.id, &self.record) == Turn::Request;
        if counts {
            if self.record.refresh.is_some_and(|token| self.valid.contains(&token)) {
                self.breaks("nobody is signed out wrongly");
            }
            self.runs.remove(at);
            self.machine.finish(run.id, false);
            self.refuse();
        } else {
            self.finish(at, false);
        }
    }

    pub fn resume(&mut self, at: usize) {
        if let Step::Pausing(until) = self.runs[at].step {
            self.now = self.now.max(until);
            self.runs[at].step = Step::Turn;
        }
    }

    /// Everything goes on, well, until nothing moves: token requests are served, calls are answered as `judge` says.
    pub fn drain(&mut self, judge: impl Fn(&Self, usize) -> Answer) -> u64 {
        for steps in 0..1_000 {
            if let Some(run) = self.runs.first() {
                match run.step {
                    Step::Turn => self.turn(0),
                    Step::Sent(_) => self.reply(0, Reply::Served),
                    Step::Pausing(_) => self.resume(0),
                    Step::Grace => self.refused(0),
                }
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
