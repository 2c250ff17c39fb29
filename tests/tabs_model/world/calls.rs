//! Calls, from their start to their settling: the flow that ships says what is done with each, and here it is done.

use super::{End, Microtask, Phase, World};
use crate::exchange::{Answer, Calling};
use authfetch::protocol::call::{self, Outcome, Step};
use authfetch::protocol::decisions::{Call, Resource};
use authfetch::protocol::environment::{drain, synchronize};
use authfetch::protocol::token::AccessToken;

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
        let step = Calling::next(self.at(i), &mut call, aborted);
        self.go_on(i, c, call, step);
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
        let step = Calling::over(self.at(i), &mut call, at_once, answer);
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
