//! As renewing.rs: a renewal from its start to its one outcome.

use super::{Fault, Flow, Kind, Request, Step, World};
use authfetch::protocol::grant::GrantOutcome;
use authfetch::protocol::renewal::{Cooldown, Grant, Keep, Outcome, Turn};
use authfetch::protocol::session::Renew;
use authfetch::protocol::token::Record;

impl World {
    pub(super) fn renew(&mut self, i: usize, renew: Renew) {
        if renew == Renew::Start {
            self.run_opened(i);
        }
    }

    /// `Shared::run_opened` and `Shared::run_renewal`.
    pub(super) fn run_opened(&mut self, i: usize) {
        let Some(id) = self.tabs[i].machine.renewal().map(|renewal| renewal.id) else { return };
        if self.tabs[i].slot == Some(id) {
            return;
        }
        self.tabs[i].slot = Some(id);
        let flow =
            |n| Flow { n, kind: Kind::Renewal(id), step: Step::Queued, held: false, cut: false, presented: None };
        let n = self.open_flow(i, flow);
        self.queue_up(i, n);
    }

    /// `Shared::cut` of token_request.rs.
    pub(super) fn cut(&mut self, i: usize) {
        let Some(n) = self.tabs[i].abortable.take() else { return };
        let Some(flow) = self.flow(i, n) else { return };
        if !matches!(flow.kind, Kind::Renewal(_)) {
            return;
        }
        flow.cut = true;
        let presented = flow.presented;
        let queued = flow.step == Step::Queued;
        self.excuse(presented);
        if queued {
            self.release(i, n);
        }
    }

    /// `Run::attempt`, up to the token request.
    pub(super) fn attempt(&mut self, i: usize, n: u8) {
        let Some(id) = self.renewal_of(i, n) else { return };
        self.sync_record(i);
        let known = self.tabs[i].known;
        match self.tabs[i].machine.on_turn(id, &known) {
            Turn::Request => {
                let Some(token) = self.tabs[i].members.1 else { return self.leave(i, n, id, false) };
                self.check_send(i, token);
                self.present(token);
                self.tabs[i].abortable = Some(n);
                if let Some(flow) = self.flow(i, n) {
                    flow.step = Step::Sent(Request { token, outcome: None });
                    flow.presented = Some(token);
                }
                if !self.setup.slow_server {
                    self.serve(i, n);
                }
            }
            Turn::UseStored => self.leave(i, n, id, true),
            Turn::Ended | Turn::SignedOut => self.leave(i, n, id, false),
        }
    }

    /// The token request of `Run::attempt` is over: answered, or lost.
    pub fn reply(&mut self, i: usize, n: u8, lost: bool) {
        let Some(Flow { step: Step::Sent(request), kind: Kind::Renewal(id), cut, held, .. }) = self.flow(i, n).cloned()
        else {
            return;
        };
        if lost {
            self.excuse(Some(request.token));
        }
        if let Some(flow) = self.flow(i, n) {
            flow.cut = false;
        }
        self.tabs[i].abortable = None;
        if !lost && request.outcome == Some(None) {
            self.tabs[i].abortable = Some(n);
            if let Some(flow) = self.flow(i, n) {
                flow.step = Step::Grace;
            }
            return self.then(i);
        }
        let granted = request.outcome.filter(|_| !lost);
        let class = if granted.is_some() { GrantOutcome::Tokens } else { GrantOutcome::Transient };
        self.sync_record(i);
        let (known, now) = (self.tabs[i].known, self.now);
        let outcome = Outcome { class, lost: lost && !cut, retry_after: None };
        let mut grant = self.tabs[i].machine.on_grant(id, outcome, &known, now, 0.5);
        if self.setup.fault == Fault::StealIsAFence && class == GrantOutcome::Tokens {
            grant = Grant::Store(Keep::New);
        }
        match grant {
            Grant::Store(keep) => {
                if self.tabs[i].members.1 != Some(request.token) {
                    self.breaks("a late answer never replaces a newer refresh token");
                }
                if let Some(granted) = granted.flatten() {
                    self.renewed(i, granted, keep);
                    self.close(i, id, true);
                    if keep == Keep::New && self.anybody_waits(i) {
                        let known = self.tabs[i].known;
                        self.tabs[i].machine.start_canary(&known);
                    }
                    self.wake_waiters(i);
                }
                self.hand_over(i, n);
            }
            Grant::UseStored => self.leave(i, n, id, true),
            Grant::Ended => self.leave(i, n, id, false),
            Grant::Retry(0) if held => self.attempt(i, n),
            Grant::Retry(0) => self.queue_up(i, n),
            Grant::Retry(_) => {
                self.hand_over(i, n);
                let flow = |n| Flow {
                    n,
                    kind: Kind::Renewal(id),
                    step: Step::Pausing,
                    held: false,
                    cut: false,
                    presented: None,
                };
                let n = self.open_flow(i, flow);
                self.tabs[i].abortable = Some(n);
            }
            Grant::Failed(Cooldown { until, retry_after_set }) => {
                if known.signed_in() {
                    self.amend(i, Record { retry_at: until, retry_after_set, ..known });
                }
                self.leave(i, n, id, false);
            }
            Grant::Refused => self.breaks("nobody is signed out wrongly"),
        }
        self.then(i);
    }

    /// A back-off is over.
    pub fn resume(&mut self, i: usize, n: u8) {
        self.queue_up(i, n);
    }

    /// `Policy::grace` after a refusal is over.
    pub fn grace_over(&mut self, i: usize, n: u8) {
        let Some(id) = self.renewal_of(i, n) else { return };
        self.tabs[i].abortable = None;
        self.sync_record(i);
        let (known, now) = (self.tabs[i].known, self.now);
        let outcome = Outcome { class: GrantOutcome::Refused, lost: false, retry_after: None };
        match self.tabs[i].machine.on_grant(id, outcome, &known, now, 0.5) {
            Grant::Refused => {
                self.check_refusal(i);
                self.close(i, id, false);
                self.end(i);
                self.hand_over(i, n);
            }
            Grant::UseStored => self.leave(i, n, id, true),
            Grant::Ended => self.leave(i, n, id, false),
            Grant::Store(_) | Grant::Retry(_) | Grant::Failed(_) => self.breaks("a refusal is a refusal"),
        }
        self.then(i);
    }

    /// `Run::close`.
    fn close(&mut self, i: usize, id: u32, renewed: bool) {
        self.tabs[i].machine.finish(id, renewed);
        if self.tabs[i].slot == Some(id) {
            self.tabs[i].slot = None;
        }
    }

    /// `Run::leave`, and the lock is handed over.
    fn leave(&mut self, i: usize, n: u8, id: u32, renewed: bool) {
        self.close(i, id, renewed);
        self.wake_waiters(i);
        self.hand_over(i, n);
    }
}
