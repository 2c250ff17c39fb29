//! The calls of an app, and the driver's part in each: the session is asked, and what it says is done.

use super::World;
use super::task::{Answer, End, Microtask, Phase, Task};
use crate::reached::note;
use authfetch::protocol::config::SignedOut;
use authfetch::protocol::decisions::{Admission, Call, Resource, Unauthorized};
use authfetch::protocol::environment::{ask, drain, synchronize};
use authfetch::protocol::session::{Answered, Closed};
use authfetch::protocol::token::AccessToken;

/// The sends of a call that a step-up has been answered for.
const SENDS: u8 = 3;
/// The number of the one challenge that this API has.
const CHALLENGE: u64 = 1;

impl World {
    /// A call; its place among the tasks is returned.
    pub fn call(&mut self) -> usize {
        self.call_to(1, true)
    }

    pub fn call_to(&mut self, path: u64, replayable: bool) -> usize {
        synchronize(self);
        let at = self.tasks.len();
        self.tasks.push(Task {
            call: None,
            phase: Phase::Waiting,
            place: 0,
            at_once: false,
            sent: None,
            sends: 0,
            path,
            replayable,
            requeues: 0,
            epoch: self.session.epoch(),
            refused_for: None,
            awaits_sign_in: None,
            stepped_up: false,
            had_it: false,
        });
        if !self.session.record().has_session() && self.setup.policy.signed_out == SignedOut::Send {
            self.tasks[at].sends = 1;
            self.settle(at, End::Bare);
        } else {
            self.begin(at);
        }
        self.end_turn();
        at
    }

    fn begin(&mut self, at: usize) {
        let call = self.session.call(Some(Resource(self.tasks[at].path)));
        let now = self.now;
        if self.session.goes_at_once()
            && let Admission::Send(token, _) = self.session.admit(&call, now)
        {
            self.tasks[at].at_once = true;
            self.goes_out(at, call, token);
            return drain(self);
        }
        drain(self);
        self.tasks[at].call = Some(call);
        self.drive(at);
    }

    /// A call that waits, or is to be sent again, asks what it does now.
    fn drive(&mut self, at: usize) {
        synchronize(self);
        let Some(call) = self.tasks[at].call else { return };
        self.tasks[at].at_once = false;
        // It waits or goes out before a listener is told of anything, who may do what it would miss.
        let now = self.now;
        match self.session.admit_or_wait(&call, now) {
            Admission::Wait(_) => self.tasks[at].phase = Phase::Waiting,
            Admission::Send(token, _) => self.goes_out(at, call, token),
            Admission::SendWithoutToken => {
                self.tasks[at].sends += 1;
                self.settle(at, End::Bare);
            }
            Admission::SignedOut => self.settle(at, End::SignedOut),
            Admission::Failed => self.settle(at, End::Failed),
            Admission::Ended => self.settle(at, End::Ended),
        }
        drain(self);
    }

    fn goes_out(&mut self, at: usize, mut call: Call, token: AccessToken) {
        self.check_send(at, token);
        let cancellable = self.tasks[at].is_get() && self.session.may_be_queued();
        self.session.note_sent(&mut call, token, cancellable);
        let task = &mut self.tasks[at];
        (task.call, task.place) = (None, call.place);
        task.sent = Some(token);
        task.sends += 1;
        task.awaits_sign_in = None;
        task.had_it = false;
        task.phase = Phase::InFlight;
    }

    pub(super) fn settle(&mut self, at: usize, end: End) {
        self.check_settled(at, end);
        if self.tasks[at].phase == Phase::InFlight {
            let _ = self.session.close_request(self.tasks[at].place);
        }
        let task = &mut self.tasks[at];
        (task.call, task.sent, task.refused_for, task.awaits_sign_in) = (None, None, None, None);
        task.phase = Phase::Settled(end);
    }

    /// Whoever was woken asks again, oldest first; who was cancelled is rejected.
    pub(super) fn run_microtasks(&mut self) {
        while let Some(microtask) = self.microtasks.pop_front() {
            self.now += std::mem::take(&mut self.jump);
            match microtask {
                Microtask::Wake(id) => {
                    let waits =
                        |task: &Task| task.phase == Phase::Waiting && task.call.is_some_and(|call| call.id == id);
                    match self.tasks.iter().position(waits) {
                        Some(at) => self.drive(at),
                        None => self.breaks("only a call that waits is woken"),
                    }
                }
                Microtask::Reject(place) => {
                    if let Some(at) = self.at_place(place) {
                        self.rejected(at);
                    }
                }
            }
        }
    }

    fn at_place(&self, place: u32) -> Option<usize> {
        self.tasks.iter().position(|task| task.phase == Phase::InFlight && task.place == place)
    }

    /// `Effect::CancelRequest`.
    pub(super) fn cancel(&mut self, place: u32) {
        match self.at_place(place) {
            Some(at) => self.check_cancelled(at),
            None => self.breaks("only what is in flight is cancelled"),
        }
        self.microtasks.push_back(Microtask::Reject(place));
    }

    /// What was cancelled is over, and its call asks again.
    fn rejected(&mut self, at: usize) {
        match self.session.close_request(self.tasks[at].place) {
            Closed::Requeued(call) => {
                let task = &mut self.tasks[at];
                task.phase = Phase::Waiting;
                task.call = Some(call);
                task.sends -= 1;
                task.requeues += 1;
                task.refused_for = task.sent;
                note("Requeues", if task.requeues > 1 { "Twice" } else { "Once" });
                self.drive(at);
            }
            Closed::Ended => self.settle(at, End::Ended),
            Closed::Settled(_) => self.breaks("what was cancelled asks again"),
        }
    }

    /// Every call in flight of an epoch that is over is rejected.
    pub(super) fn end_calls(&mut self) {
        for at in 0..self.tasks.len() {
            if self.tasks[at].phase == Phase::InFlight && self.tasks[at].epoch < self.session.epoch() {
                self.settle(at, End::Ended);
            }
        }
    }

    /// A call in flight is answered.
    pub fn answer(&mut self, at: usize, answer: Answer) {
        let task = &mut self.tasks[at];
        let Some(sent) = task.sent.filter(|_| task.phase == Phase::InFlight) else { return };
        task.phase = Phase::Answered;
        let usual = matches!(answer, Answer::Accepted | Answer::ServerError);
        let (place, at_once) = (task.place, task.at_once);
        self.before_answer(at, sent, answer);
        match self.session.close_request(place) {
            Closed::Ended => self.settle(at, End::Ended),
            Closed::Requeued(_) => self.breaks("what was cancelled asks again in the same turn"),
            Closed::Settled(call) if usual => {
                if !at_once || self.session.record().awaits_acceptance() {
                    synchronize(self);
                }
                self.accepted(at, &call, answer);
            }
            Closed::Settled(call) => {
                synchronize(self);
                self.refused(at, call, answer);
            }
        }
        self.after_answer();
        self.end_turn();
    }

    fn accepted(&mut self, at: usize, call: &Call, answer: Answer) {
        let at_once = self.tasks[at].at_once;
        if !at_once && call.epoch != self.session.epoch() {
            return self.settle(at, End::Ended);
        }
        if !at_once || self.session.record().awaits_acceptance() {
            let proof = answer == Answer::Accepted;
            ask(self, |session, now| session.on_accepted(call, proof, now));
        }
        self.settle(at, End::Answer(answer));
    }

    fn refused(&mut self, at: usize, mut call: Call, answer: Answer) {
        let replayable = self.tasks[at].replayable;
        if let Answer::StepUp { prevented } = answer {
            let known = self.session.known_step_up(&call, CHALLENGE);
            let waits = known.unwrap_or(prevented);
            if known.is_none() {
                self.session.on_step_up(&call, CHALLENGE, waits);
            }
            if waits && replayable && call.sends < SENDS {
                self.waits_for_sign_in(at);
                ask(self, |session, now| session.wait_for_sign_in(&mut call, now));
                self.tasks[at].call = Some(call);
                self.drive(at);
            } else {
                ask(self, |session, now| session.on_accepted(&call, true, now));
                self.settle(at, End::Answer(answer));
            }
            return;
        }
        let redirected = answer == Answer::Redirected;
        let not_the_token = answer == Answer::NotTheToken;
        let unauthorized = Unauthorized { replayable, redirected, not_the_token };
        self.before_verdict(at, &call, not_the_token);
        match ask(self, |session, now| session.on_unauthorized(&mut call, unauthorized, now)) {
            Answered::Deliver => self.settle(at, End::Answer(answer)),
            Answered::Retry => {
                self.tasks[at].call = Some(call);
                self.after_answer();
                self.drive(at);
            }
            Answered::Failed => self.settle(at, End::Failed),
            Answered::Ended | Answered::EndsSession | Answered::Suspends => self.settle(at, End::Ended),
        }
    }

    /// The caller aborts, or the network fails, before an answer.
    pub fn gone(&mut self, at: usize) {
        let task = &self.tasks[at];
        let at_once = task.at_once;
        let call = match (task.phase, task.call) {
            (Phase::InFlight, _) => match self.session.close_request(task.place) {
                Closed::Settled(call) | Closed::Requeued(call) => Some(call),
                Closed::Ended => None,
            },
            (Phase::Waiting | Phase::Answered | Phase::Settled(_), call) => call,
        };
        self.settle(at, End::Gone);
        if let Some(call) = call.filter(|_| !at_once) {
            synchronize(self);
            ask(self, |session, now| session.on_call_dropped(&call, now));
        }
        self.end_turn();
    }
}
