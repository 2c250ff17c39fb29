//! The calls of an app: the flow that ships says what is done with each, and here it is done.

use super::World;
use super::exchange::Calling;
use super::task::{Answer, End, Microtask, ONCE, Phase, STREAM, Task};
use crate::reached::note;
use authfetch::protocol::call::{self, Outcome, Step};
use authfetch::protocol::decisions::{Call, Resource};
use authfetch::protocol::environment::{drain, synchronize};
use authfetch::protocol::token::AccessToken;

impl World {
    /// A call; its place among the tasks is returned.
    pub fn call(&mut self) -> usize {
        self.call_to(1, true)
    }

    /// To a path, or [`ONCE`], or [`STREAM`].
    pub fn call_to(&mut self, path: u64, replayable: bool) -> usize {
        let (once, streams) = (path & ONCE != 0, path & STREAM != 0);
        synchronize(self);
        let at = self.tasks.len();
        self.tasks.push(Task {
            call: None,
            phase: Phase::Waiting,
            at_once: false,
            sent: None,
            sends: 0,
            path: path & !(ONCE | STREAM),
            replayable: replayable && !once,
            once,
            streams,
            requeues: 0,
            epoch: self.session.epoch(),
            refused_for: None,
            awaits_sign_in: None,
            stepped_up: false,
            had_it: false,
        });
        if self.setup.policy.leaves_alone(self.session.record()) {
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
        let token = self.session.admit_at_once(&call, now);
        let held = self.tasks[at].streams && self.session.holds_stream(&call).is_some();
        let token = token.filter(|_| !held);
        if let Some(token) = token {
            self.goes_out(at, call, token);
            self.tasks[at].at_once = true;
        }
        // It waits or goes out before a listener is told of anything, who may do what it would miss.
        drain(self);
        if token.is_none() {
            self.tasks[at].call = Some(call);
            self.drive(at, false);
        }
    }

    /// A call that waits asks what it does now.
    fn drive(&mut self, at: usize, aborted: bool) {
        let Some(mut call) = self.tasks[at].call else { return };
        let step = call::next(&mut Calling::waiting(self, at, aborted), &mut call);
        self.go_on(at, call, step, None);
    }

    /// What a step asks for.
    fn go_on(&mut self, at: usize, call: Call, step: Step, answer: Option<Answer>) {
        note("Flow", step);
        if let Step::Settle(outcome) = step {
            note("Outcome", outcome);
        }
        let end = match (step, answer) {
            (Step::Wait, _) => {
                let task = &mut self.tasks[at];
                (task.call, task.phase, task.at_once) = (Some(call), Phase::Waiting, false);
                return drain(self);
            }
            (Step::Hold(refresh), _) => {
                let task = &mut self.tasks[at];
                (task.call, task.phase, task.at_once) = (Some(call), Phase::Held(refresh), false);
                task.streams = false;
                return drain(self);
            }
            (Step::Send(token), _) => {
                self.goes_out(at, call, token);
                return drain(self);
            }
            (Step::SendWithoutToken, _) => {
                self.tasks[at].sends += 1;
                self.settle(at, End::Bare);
                return drain(self);
            }
            (Step::Settle(Outcome::Answer), Some(answer)) => End::Answer(answer),
            (Step::Settle(Outcome::Error | Outcome::Aborted), _) => End::Gone,
            (Step::Settle(Outcome::SignedOut), _) => End::SignedOut,
            (Step::Settle(Outcome::Failed), _) => End::Failed,
            (Step::Settle(Outcome::Ended | Outcome::Expired), _) => End::Ended,
            (Step::Settle(Outcome::Answer), None)
            | (Step::Settle(Outcome::Token | Outcome::NoToken) | Step::Judge, _) => {
                return self.breaks("a request has an answer, and asks for no token alone");
            }
        };
        self.settle(at, end);
    }

    fn goes_out(&mut self, at: usize, mut call: Call, token: AccessToken) {
        self.check_send(at, token);
        let get = self.tasks[at].is_get();
        call::note_sent(self, &mut call, token, || get);
        let task = &mut self.tasks[at];
        task.call = Some(call);
        task.at_once = false;
        task.sent = Some(token);
        task.sends += 1;
        task.awaits_sign_in = None;
        task.had_it = false;
        task.phase = Phase::InFlight;
    }

    fn settle(&mut self, at: usize, end: End) {
        self.check_settled(at, end);
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
                        Some(at) => self.drive(at, false),
                        None => self.breaks("only a call that waits is woken"),
                    }
                }
                Microtask::Release(at) => {
                    if matches!(self.tasks[at].phase, Phase::Held(_)) {
                        self.drive(at, false);
                    }
                }
                Microtask::Reject(place) => {
                    if let Some(at) = self.at_place(place)
                        && self.over(at, None, false) == Some(Step::Settle(Outcome::Error))
                    {
                        self.breaks("what was cancelled asks again");
                    }
                }
            }
        }
    }

    fn at_place(&self, place: u32) -> Option<usize> {
        self.tasks.iter().position(|task| task.place() == Some(place))
    }

    /// This refresh is over: streams that wait for it wait no more.
    pub(super) fn release_streams(&mut self, refresh: u32) {
        for at in 0..self.tasks.len() {
            if self.tasks[at].phase == Phase::Held(refresh) {
                self.microtasks.push_back(Microtask::Release(at));
            }
        }
    }

    /// `Effect::CancelRequest`.
    pub(super) fn cancel(&mut self, place: u32) {
        match self.at_place(place) {
            Some(at) => self.check_cancelled(at),
            None => self.breaks("only what is in flight is cancelled"),
        }
        self.microtasks.push_back(Microtask::Reject(place));
    }

    /// Every call in flight of an epoch that is over is rejected.
    pub(super) fn end_calls(&mut self) {
        for at in 0..self.tasks.len() {
            if self.tasks[at].phase == Phase::InFlight && self.tasks[at].epoch < self.session.epoch() {
                let _ = self.over(at, None, false);
            }
        }
    }

    /// A request is over: answered, or else failed. What the call does then is returned.
    fn over(&mut self, at: usize, answer: Option<Answer>, aborted: bool) -> Option<Step> {
        let mut call = self.tasks[at].call?;
        self.tasks[at].phase = Phase::Answered;
        let closed = call::close(self, call.place, answer.is_some());
        let mut calling = Calling { answer, ..Calling::waiting(self, at, aborted) };
        let mut step = call::on_closed(&mut calling, &mut call, closed, answer.is_some());
        if let (Step::Judge, Some(answer)) = (step, answer) {
            step = if self.tasks[at].at_once && !answer.is_refusal() {
                call::accepted_at_once(self, &call, || answer.is_proof());
                Step::Settle(Outcome::Answer)
            } else {
                call::on_answer(&mut Calling { answer: Some(answer), ..Calling::waiting(self, at, false) }, &mut call)
            };
        }
        self.go_on(at, call, step, answer);
        Some(step)
    }

    /// A call in flight is answered.
    pub fn answer(&mut self, at: usize, answer: Answer) {
        let task = &self.tasks[at];
        let Some(sent) = task.sent.filter(|_| task.phase == Phase::InFlight) else { return };
        self.before_answer(at, sent, answer);
        let _ = self.over(at, Some(answer), false);
        self.after_answer();
        self.end_turn();
    }

    /// The caller aborts, or the network fails, before an answer.
    pub fn gone(&mut self, at: usize) {
        match self.tasks[at].phase {
            Phase::InFlight => drop(self.over(at, None, true)),
            Phase::Waiting | Phase::Held(_) => self.drive(at, true),
            Phase::Answered | Phase::Settled(_) => self.breaks("what has settled stays settled"),
        }
        self.end_turn();
    }
}
