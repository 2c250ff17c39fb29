//! The app's calls, from `fetch` to their settling, and the API that asks for an access token. The flow that ships says
//! what is done with each, and here it is done.

use super::World;
use crate::exchange::{Answer, Calling as Exchanged};
use authfetch::protocol::call::{self, Outcome, Step};
use authfetch::protocol::decisions::{Call, Resource};
use authfetch::protocol::environment::drain;
use authfetch::protocol::token::AccessToken;

/// A call that has not settled.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Calling {
    pub stage: Stage,
    /// The epoch whose end aborts it.
    pub epoch: u64,
    /// Whose call it is.
    pub user: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Stage {
    /// It is in flight, and is answered so; `at_once`: it went out in the turn it was made in.
    Sent { call: Call, at_once: bool, accepted: bool },
    /// Until it is woken.
    Waiting(Call),
}

impl Calling {
    pub const fn in_flight(&self) -> bool {
        !matches!(self.stage, Stage::Waiting(_))
    }

    const fn call(&self) -> Call {
        match self.stage {
            Stage::Sent { call, .. } | Stage::Waiting(call) => call,
        }
    }
}

impl World {
    /// `fetch` by somebody who is signed in.
    pub fn call(&mut self, i: usize) {
        let Some(user) = self.user_in(i) else { return };
        let now = self.now;
        let session = &mut self.tabs[i].session;
        let call = session.call(Some(Resource(1)));
        let calling = Calling { stage: Stage::Waiting(call), epoch: session.epoch(), user };
        let token = session.admit_at_once(&call, now);
        if let Some(token) = token {
            self.send(i, calling, call, token, true);
        }
        drain(&mut self.page(i));
        if token.is_none() {
            self.drive(i, calling, false);
        }
        self.after(i);
    }

    /// A call asks what it does.
    fn drive(&mut self, i: usize, calling: Calling, aborted: bool) {
        let mut call = calling.call();
        let step = Exchanged::next(self.page(i), &mut call, aborted);
        self.go_on(i, calling, call, step);
    }

    /// What a step asks for.
    fn go_on(&mut self, i: usize, calling: Calling, call: Call, step: Step) {
        match step {
            Step::Wait => {
                self.tabs[i].calls.push(Calling { stage: Stage::Waiting(call), ..calling });
            }
            Step::Send(token) => {
                if call.sends > 1 {
                    self.breaks("a call is sent twice at most");
                }
                self.send(i, calling, call, token, false);
            }
            Step::SendWithoutToken => {}
            Step::Settle(Outcome::Answer) if matches!(calling.stage, Stage::Sent { accepted: false, .. }) => {
                return self.check_delivered(&call);
            }
            Step::Settle(_) => return,
            Step::Hold(_) | Step::Judge => return self.breaks("a request has no stream here"),
        }
        drain(&mut self.page(i));
    }

    /// It is answered so, whenever that comes: a token that is rejected later might have been sent later.
    fn send(&mut self, i: usize, calling: Calling, mut call: Call, token: AccessToken, at_once: bool) {
        let number = self.sent_with(token);
        // A login in another tab has replaced the cookie before this one knows.
        if !self.setup.generations && number.is_some_and(|number| self.user(number) != calling.user) {
            self.breaks("nothing is sent as another user");
        }
        call::note_sent(&mut self.page(i), &mut call, token, || true);
        let stage = Stage::Sent { call, at_once, accepted: number.is_some_and(|number| self.accepts(number)) };
        self.tabs[i].calls.push(Calling { stage, ..calling });
    }

    pub fn accepts(&self, token: u32) -> bool {
        let issued = &self.issued[token as usize];
        !issued.rejected && !self.families[issued.family].revoked && issued.expires_at.is_none_or(|at| at > self.now)
    }

    /// A call that waits is to ask again.
    pub fn wake(&mut self, i: usize, id: u32) {
        let waits = |calling: &Calling| matches!(calling.stage, Stage::Waiting(call) if call.id == id);
        if let Some(at) = self.tabs[i].calls.iter().position(waits) {
            let calling = self.tabs[i].calls.remove(at);
            self.drive(i, calling, false);
        }
    }

    /// A request is over: answered, or else failed.
    fn over(&mut self, i: usize, at: usize, answered: bool) {
        let calling = self.tabs[i].calls.remove(at);
        let Stage::Sent { mut call, at_once, accepted } = calling.stage else { return };
        let answer = if accepted { Answer::Accepted } else { Answer::Unauthorized };
        let step = Exchanged::over(self.page(i), &mut call, at_once, answered.then_some(answer));
        self.go_on(i, calling, call, step);
    }

    /// The answer of a call reaches its tab.
    pub fn answer(&mut self, i: usize, at: usize) {
        self.over(i, at, true);
        self.after(i);
    }

    /// A 401 reaches its caller: there is nothing that another send would be worth.
    fn check_delivered(&mut self, call: &Call) {
        // Where the same text was brought again, another send is not worth it.
        let again = self.issued.iter().filter(|issued| Some(AccessToken(issued.access)) == call.sent);
        // A cookie may be later than the generation that the tab knew when it sent it: the next send, with the same
        // cookie, is the last then.
        let again_signed_in = self.families.len() > 1;
        let twice = again_signed_in || self.issued.iter().filter(|issued| issued.rejected).count() > 1;
        let worth_it = if self.setup.generations { !twice } else { again.count() < 2 };
        if call.sends < 2 && worth_it {
            self.breaks("a caller gets a 401 after two sends");
        }
    }

    /// What was cancelled is over, and its call asks again.
    pub fn cancelled(&mut self, i: usize, place: u32) {
        let at_place = |calling: &Calling| matches!(calling.stage, Stage::Sent { call, .. } if call.place == place);
        if let Some(at) = self.tabs[i].calls.iter().position(at_place) {
            self.over(i, at, false);
        }
    }

    /// The caller aborts the oldest call.
    pub fn drop_call(&mut self, i: usize) {
        if self.tabs[i].calls[0].in_flight() {
            self.over(i, 0, false);
        } else {
            let calling = self.tabs[i].calls.remove(0);
            self.drive(i, calling, true);
        }
        self.after(i);
    }

    /// What is in flight and of an epoch that is over ends.
    pub fn end_calls(&mut self, i: usize) {
        let epoch = self.tabs[i].session.epoch();
        let over = |call: &Calling| call.in_flight() && call.epoch != epoch;
        while let Some(at) = self.tabs[i].calls.iter().position(over) {
            self.over(i, at, false);
        }
    }

    /// The session ends because its tokens are rejected: they are.
    pub fn check_rejection(&mut self) {
        // All calls go to one endpoint, which is not enough where the lifetime of what it rejects is unknown.
        if self.setup.generations
            || !self.issued.iter().any(|issued| issued.rejected) && !self.families.iter().any(|family| family.revoked)
        {
            self.breaks("nobody is signed out wrongly");
        }
    }
}
