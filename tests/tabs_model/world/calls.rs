//! As call/page.rs, call/driving.rs and session/waiting.rs: calls, from their start to their settling.

use super::{End, Phase, Task, World};
use authfetch::protocol::session::{Admission, Call, Renew, Unauthorized, Verdict};

impl World {
    /// A call: `Page::fetch`, or `Page::access_token`.
    pub fn call(&mut self, i: usize) {
        self.sync_record(i);
        let known = self.tabs[i].known;
        let call = self.tabs[i].machine.open(self.setup.requests);
        let c = self.tabs[i].tasks.len();
        self.tabs[i].tasks.push(Task { call, phase: Phase::Settled(End::Bare) });
        if !self.setup.requests || self.tabs[i].machine.waits_for_canary() {
            self.drive(i, c);
        } else if known.signed_in() || known.suspended {
            let now = self.now;
            match self.tabs[i].machine.admit(&call, &known, now) {
                Admission::Send(_, renew) => {
                    self.send(i, c, true);
                    self.renew(i, renew);
                }
                Admission::Wait(_)
                | Admission::SendWithoutToken
                | Admission::SignedOut
                | Admission::Failed
                | Admission::Ended => {
                    self.run_opened(i);
                    self.drive(i, c);
                }
            }
        }
        self.then(i);
    }

    fn send(&mut self, i: usize, c: usize, fast: bool) {
        let Some(token) = self.tabs[i].members.0 else { return };
        self.check_send(i, token);
        let sent = self.tabs[i].known.access;
        let task = &mut self.tabs[i].tasks[c];
        task.call.sent = sent;
        task.call.sends += 1;
        task.phase = if task.call.answers { Phase::InFlight { token, fast } } else { Phase::Settled(End::Done) };
    }

    /// `Page::drive`, from the point where a call asks what to do.
    fn drive(&mut self, i: usize, c: usize) {
        self.sync_record(i);
        let (call, known, now) = (self.tabs[i].tasks[c].call, self.tabs[i].known, self.now);
        let phase = match self.tabs[i].machine.admit(&call, &known, now) {
            Admission::Wait(renew) => {
                self.renew(i, renew);
                Phase::Waiting
            }
            Admission::Send(_, renew) => {
                self.send(i, c, false);
                return self.renew(i, renew);
            }
            Admission::SendWithoutToken | Admission::SignedOut => Phase::Settled(End::Bare),
            Admission::Failed => Phase::Settled(End::Failed),
            Admission::Ended => Phase::Settled(End::Ended),
        };
        self.tabs[i].tasks[c].phase = phase;
    }

    /// `Shared::anybody_waits`.
    pub(super) fn anybody_waits(&self, i: usize) -> bool {
        self.tabs[i].tasks.iter().any(|task| task.phase == Phase::Waiting && task.call.answers)
    }

    /// `Shared::wake_waiters`.
    pub(super) fn wake_waiters(&mut self, i: usize) {
        let (known, now) = (self.tabs[i].known, self.now);
        let mut waiting: Vec<usize> =
            (0..self.tabs[i].tasks.len()).filter(|c| self.tabs[i].tasks[*c].phase == Phase::Waiting).collect();
        waiting.sort_by_key(|c| self.tabs[i].tasks[*c].call.id);
        let (mut start, mut awake) = (false, Vec::new());
        for c in waiting {
            let call = self.tabs[i].tasks[c].call;
            let admission = self.tabs[i].machine.admit(&call, &known, now);
            start |= matches!(admission, Admission::Wait(Renew::Start) | Admission::Send(_, Renew::Start));
            if !matches!(admission, Admission::Wait(_)) {
                // Awake, and on nobody's list until it has asked again.
                self.tabs[i].tasks[c].phase = Phase::Settled(End::Bare);
                awake.push(c);
            }
        }
        if start {
            self.run_opened(i);
        }
        for c in awake {
            self.drive(i, c);
        }
    }

    /// Whether the token of a call in flight has run out since it was sent.
    pub fn expired(&self, i: usize, c: usize) -> bool {
        let Phase::InFlight { token, .. } = self.tabs[i].tasks[c].phase else { return false };
        self.issued[token as usize].expires_at <= self.now
    }

    /// The API's answer comes.
    pub fn answer(&mut self, i: usize, c: usize, good: bool) {
        let Phase::InFlight { fast, .. } = self.tabs[i].tasks[c].phase else { return };
        if fast {
            self.on_response(i, c, good);
        } else {
            self.answered(i, c, good);
        }
        self.then(i);
    }

    /// `Page::on_response`.
    fn on_response(&mut self, i: usize, c: usize, good: bool) {
        let sent = self.tabs[i].tasks[c].call.sent;
        if sent.is_none_or(|token| token.0 < self.tabs[i].first_token) {
            return self.settle(i, c, End::Ended);
        }
        let call = self.tabs[i].machine.open(true);
        self.tabs[i].tasks[c].call = Call { sent, sends: 1, ..call };
        if !good {
            return self.answered(i, c, good);
        }
        if self.tabs[i].known.awaits_acceptance() {
            self.accepted(i, c);
        }
        self.settle(i, c, End::Done);
    }

    /// `Page::drive`, with an answer.
    fn answered(&mut self, i: usize, c: usize, good: bool) {
        self.sync_record(i);
        let (mut call, known, now) = (self.tabs[i].tasks[c].call, self.tabs[i].known, self.now);
        if good && call.epoch != self.tabs[i].machine.epoch() {
            return self.settle(i, c, End::Ended);
        }
        if good {
            self.accepted(i, c);
            return self.settle(i, c, End::Done);
        }
        let unauthorized = Unauthorized { replayable: true, path: c as u64, ..Unauthorized::default() };
        let machine = &mut self.tabs[i].machine;
        let (verdict, makes_way) =
            machine.on_outcome(|machine| machine.on_unauthorized(&mut call, &known, now, unauthorized));
        match verdict {
            Verdict::Deliver(renew) => {
                self.renew(i, renew);
                self.settle(i, c, End::Done);
                if makes_way {
                    self.wake_waiters(i);
                }
            }
            Verdict::Retry(renew) => {
                self.tabs[i].tasks[c].call = call;
                self.renew(i, renew);
                self.drive(i, c);
            }
            Verdict::Failed => self.settle(i, c, End::Failed),
            Verdict::EndRetryRejected | Verdict::EndRefused => self.breaks("nobody is signed out wrongly"),
            Verdict::Ended => self.settle(i, c, End::Ended),
        }
    }

    /// `Page::accepted`.
    fn accepted(&mut self, i: usize, c: usize) {
        let (call, known) = (self.tabs[i].tasks[c].call, self.tabs[i].known);
        let (news, makes_way) = self.tabs[i].machine.on_outcome(|machine| machine.on_accepted(&call, &known, true));
        if news {
            let mut accepted = known;
            accepted.note_accepted();
            self.amend(i, accepted);
        }
        self.tabs[i].tasks[c].phase = Phase::Settled(End::Done);
        if makes_way {
            self.wake_waiters(i);
        }
    }

    fn settle(&mut self, i: usize, c: usize, end: End) {
        self.tabs[i].tasks[c].phase = Phase::Settled(end);
    }
}
