//! Calls, from their start to their settling: the flow that ships says what is done with each, and here it is done.

use super::browser::Browser;
use super::{End, Microtask, Phase, World};
use authfetch::protocol::call::{self, Again, Exchange, Outcome, Step};
use authfetch::protocol::challenge::Challenge;
use authfetch::protocol::decisions::{Call, Resource, Unauthorized};
use authfetch::protocol::environment::{Environment, drain, synchronize};
use authfetch::protocol::session::Answered;
use authfetch::protocol::token::{AccessToken, Record};

/// What the API answers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    Accepted,
    Unauthorized,
    /// It asks for more (RFC 9470), and a listener wants its calls to wait for that.
    StepUp,
}

/// A call as its tab sees it.
struct Calling<'a> {
    browser: Browser<'a>,
    call: Call,
    /// What has come.
    answer: Option<Answer>,
    aborted: bool,
    /// The sign-in that stood in the record when it was asked for its challenge.
    signin: u64,
}

impl<'a> Exchange for Calling<'a> {
    type Place = Browser<'a>;

    fn place(&mut self) -> &mut Browser<'a> {
        &mut self.browser
    }

    fn is_aborted(&mut self) -> bool {
        self.aborted
    }

    fn streams(&mut self) -> bool {
        false
    }

    fn is_replayable(&mut self) -> bool {
        true
    }

    fn is_once(&mut self) -> bool {
        false
    }

    fn is_refused(&mut self) -> bool {
        self.answer != Some(Answer::Accepted)
    }

    fn challenge(&mut self) -> (Challenge, u64) {
        self.signin = self.browser.session(|session| session.record().signin);
        let step_up = Challenge::StepUp { acr_values: Vec::new(), max_age: None };
        (if self.answer == Some(Answer::StepUp) { step_up } else { Challenge::Other }, 1)
    }

    fn tell_step_up(&mut self, _: &[String], _: Option<f64>) -> bool {
        true
    }

    fn is_proof(&mut self) -> bool {
        if !self.is_refused() {
            self.browser.check_accepted(self.call.epoch);
        }
        true
    }

    fn unauthorized(&mut self) -> Unauthorized {
        Unauthorized { replayable: true, ..Unauthorized::default() }
    }

    fn judged(&mut self, _: &Call, _: &Record, _: &Unauthorized, _: Answered) {}

    fn let_go(&mut self, why: Again) {
        if why == Again::Cancelled && self.answer.is_some() {
            self.browser.breaks("what was cancelled asks again in the same turn");
        }
        if self.answer == Some(Answer::StepUp) {
            self.browser.note_step_up(self.call.id, self.signin);
        }
    }
}

impl World {
    /// `fetch`, or a call that asks for a token alone.
    pub fn call(&mut self, i: usize) {
        synchronize(&mut self.at(i));
        let c = self.tabs[i].calls.len();
        self.tabs[i].calls.push(Phase::Settled(End::WithoutToken));
        let requests = self.setup.requests;
        let (policy, now) = (self.setup.of_session().policy, self.now);
        let session = &mut self.tabs[i].session;
        if !requests || !policy.leaves_alone(session.record()) {
            let call = session.call(requests.then_some(Resource(c as u64)));
            let token = if requests { session.admit_at_once(&call, now) } else { None };
            if let Some(token) = token {
                self.send(i, c, call, token, true);
            }
            drain(&mut self.at(i));
            if token.is_none() {
                self.drive(i, c, call, false);
            }
        }
        self.then(i);
    }

    fn send(&mut self, i: usize, c: usize, mut call: Call, number: AccessToken, at_once: bool) {
        let vault = &self.tabs[i].vault;
        let Some(token) = vault.access.text else { return self.breaks("a call that is sent has a token") };
        self.check_send(i, token);
        self.check_step_up(i, call.id);
        if self.tabs[i].claiming {
            self.breaks("nothing is sent before it is known whose the record is");
        }
        call::note_sent(&mut self.at(i), &mut call, number, || true);
        self.tabs[i].calls[c] = Phase::InFlight { token, call, at_once };
    }

    /// A call asks what it does.
    fn drive(&mut self, i: usize, c: usize, mut call: Call, aborted: bool) {
        let step = call::next(&mut self.calling(i, &call, None, aborted), &mut call);
        self.go_on(i, c, call, step);
    }

    fn calling(&mut self, i: usize, call: &Call, answer: Option<Answer>, aborted: bool) -> Calling<'_> {
        Calling { call: *call, browser: self.at(i), answer, aborted, signin: 0 }
    }

    /// What a step asks for.
    fn go_on(&mut self, i: usize, c: usize, call: Call, step: Step) {
        let end = match step {
            Step::Wait => {
                self.tabs[i].calls[c] = Phase::Waiting(call);
                return drain(&mut self.at(i));
            }
            Step::Send(number) => {
                self.send(i, c, call, number, false);
                return drain(&mut self.at(i));
            }
            Step::SendWithoutToken => {
                self.tabs[i].calls[c] = Phase::Settled(End::WithoutToken);
                return drain(&mut self.at(i));
            }
            Step::Settle(Outcome::Answer | Outcome::Token) => End::Done,
            Step::Settle(Outcome::NoToken | Outcome::SignedOut) => End::WithoutToken,
            Step::Settle(Outcome::Failed) => End::Failed,
            Step::Settle(Outcome::Ended | Outcome::Expired) => End::Ended,
            Step::Settle(Outcome::Error | Outcome::Aborted) => End::Aborted,
            Step::Hold(_) | Step::Judge => return self.breaks("a request has no stream here"),
        };
        self.tabs[i].calls[c] = Phase::Settled(end);
    }

    fn at_place(&self, i: usize, wanted: u32) -> Option<(usize, u32)> {
        let calls = self.tabs[i].calls.iter().enumerate();
        calls.into_iter().find_map(|(c, phase)| match phase {
            Phase::InFlight { token, call, .. } if call.place == wanted => Some((c, *token)),
            Phase::InFlight { .. } | Phase::Waiting(_) | Phase::Settled(_) => None,
        })
    }

    /// `Effect::CancelRequest`.
    pub(super) fn cancel(&mut self, i: usize, place: u32) {
        match self.at_place(i, place) {
            Some((_, token)) if self.tabs[i].rejected.contains(&token) => {}
            Some(_) => self.breaks("only what was sent with a rejected token is cancelled"),
            None => self.breaks("only what is in flight is cancelled"),
        }
        self.tabs[i].microtasks.push_back(Microtask::Reject(place));
    }

    /// What was cancelled is over, and its call asks again.
    pub(super) fn rejected(&mut self, i: usize, place: u32) {
        if let Some((c, _)) = self.at_place(i, place)
            && self.over(i, c, None) == Some(Step::Settle(Outcome::Error))
        {
            self.breaks("what was cancelled asks again");
        }
    }

    /// `Effect::WakeCall`.
    pub(super) fn woken(&mut self, i: usize, id: u32) {
        let waiting = |phase: &Phase| match phase {
            Phase::Waiting(call) if call.id == id => Some(*call),
            Phase::Waiting(_) | Phase::InFlight { .. } | Phase::Settled(_) => None,
        };
        let found = self.tabs[i].calls.iter().enumerate().find_map(|(c, phase)| Some((c, waiting(phase)?)));
        if let Some((c, call)) = found {
            self.drive(i, c, call, false);
        }
    }

    /// Whether the token of a call in flight has run out since it was sent.
    pub fn expired(&self, i: usize, c: usize) -> bool {
        let Phase::InFlight { token, .. } = self.tabs[i].calls[c] else { return false };
        self.issued[token as usize].expires_at <= self.now
    }

    /// A request is over: answered, or else failed. What its call does then is returned.
    fn over(&mut self, i: usize, c: usize, answer: Option<Answer>) -> Option<Step> {
        let Phase::InFlight { mut call, at_once, .. } = self.tabs[i].calls[c] else { return None };
        let closed = call::close(&mut self.at(i), call.place, answer.is_some());
        let mut calling = self.calling(i, &call, answer, false);
        let mut step = call::on_closed(&mut calling, &mut call, closed, answer.is_some());
        if step == Step::Judge {
            step = if at_once && answer == Some(Answer::Accepted) {
                call::accepted_at_once(&mut calling.browser, &call, || true);
                Step::Settle(Outcome::Answer)
            } else {
                call::on_answer(&mut calling, &mut call)
            };
        }
        self.go_on(i, c, call, step);
        Some(step)
    }

    /// The API's answer comes.
    pub fn answer(&mut self, i: usize, c: usize, answer: Answer) {
        let Phase::InFlight { token, .. } = self.tabs[i].calls[c] else { return };
        if answer == Answer::Unauthorized {
            self.tabs[i].rejected.insert(token);
        }
        let _ = self.over(i, c, Some(answer));
        self.then(i);
    }

    /// The caller aborts it, or the network fails.
    pub fn abort(&mut self, i: usize, c: usize) {
        match self.tabs[i].calls[c] {
            Phase::Waiting(call) => self.drive(i, c, call, true),
            Phase::InFlight { .. } => drop(self.over(i, c, None)),
            Phase::Settled(_) => return,
        }
        self.then(i);
    }

    /// `Effect::EndCalls`: what is in flight and of an epoch that is over ends.
    pub(super) fn end_calls(&mut self, i: usize) {
        for c in 0..self.tabs[i].calls.len() {
            if let Phase::InFlight { call, .. } = self.tabs[i].calls[c]
                && call.epoch != self.tabs[i].session.epoch()
            {
                let _ = self.over(i, c, None);
            }
        }
    }
}
