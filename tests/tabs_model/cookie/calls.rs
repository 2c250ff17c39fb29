//! The app's calls, from `fetch` to their settling, and the API that asks for an access token.

use super::World;
use authfetch::protocol::decisions::{Admission, Call, Resource, Unauthorized};
use authfetch::protocol::session::{Answered, Closed};
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
    /// It is in flight at this place, and is answered so; `at_once`: it went out in the turn it was made in.
    Sent { place: u32, at_once: bool, accepted: bool },
    /// Until it is woken.
    Waiting(Call),
}

impl Calling {
    pub const fn in_flight(&self) -> bool {
        !matches!(self.stage, Stage::Waiting(_))
    }
}

impl World {
    /// `fetch` by somebody who is signed in.
    pub fn call(&mut self, i: usize) {
        let Some(user) = self.user_in(i) else { return };
        let session = &mut self.tabs[i].session;
        let call = session.call(Some(Resource(1)));
        let calling = Calling { stage: Stage::Waiting(call), epoch: session.epoch(), user };
        if session.goes_at_once()
            && let Admission::Send(token, _) = self.ask(i, |session, now| session.admit(&call, now))
        {
            self.send(i, calling, call, token, true);
        } else {
            self.drive(i, calling, call);
        }
        self.after(i);
    }

    fn drive(&mut self, i: usize, calling: Calling, call: Call) {
        match self.ask(i, |session, now| session.admit_or_wait(&call, now)) {
            Admission::Wait(_) => {
                self.tabs[i].calls.push(Calling { stage: Stage::Waiting(call), ..calling });
            }
            Admission::Send(token, _) => {
                if call.sends > 1 {
                    self.breaks("a call is sent twice at most");
                }
                self.send(i, calling, call, token, false);
            }
            Admission::SendWithoutToken | Admission::SignedOut | Admission::Failed | Admission::Ended => {}
        }
    }

    /// It is answered so, whenever that comes: a token that is rejected later might have been sent later.
    fn send(&mut self, i: usize, calling: Calling, mut call: Call, token: AccessToken, at_once: bool) {
        let number = self.sent_with(token);
        // A login in another tab has replaced the cookie before this one knows.
        if !self.setup.generations && number.is_some_and(|number| self.user(number) != calling.user) {
            self.breaks("nothing is sent as another user");
        }
        let session = &mut self.tabs[i].session;
        let cancellable = session.may_be_queued();
        session.note_sent(&mut call, token, cancellable);
        let stage =
            Stage::Sent { place: call.place, at_once, accepted: number.is_some_and(|number| self.accepts(number)) };
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
            if let Stage::Waiting(call) = calling.stage {
                self.drive(i, calling, call);
            }
        }
    }

    /// The answer of a call reaches its tab.
    pub fn answer(&mut self, i: usize, at: usize) {
        let calling = self.tabs[i].calls.remove(at);
        if let Stage::Sent { place, at_once, accepted } = calling.stage {
            match self.tabs[i].session.close_request(place) {
                Closed::Ended => {}
                Closed::Requeued(_) => self.breaks("what was cancelled asks again in the same turn"),
                Closed::Settled(call) if !accepted => self.unauthorized(i, calling, call),
                Closed::Settled(call) => {
                    if !at_once || self.tabs[i].session.record().awaits_acceptance() {
                        self.ask(i, |session, now| session.on_accepted(&call, true, now));
                    }
                }
            }
        }
        self.after(i);
    }

    fn unauthorized(&mut self, i: usize, calling: Calling, mut call: Call) {
        let unauthorized = Unauthorized { replayable: true, ..Unauthorized::default() };
        match self.ask(i, |session, now| session.on_unauthorized(&mut call, unauthorized, now)) {
            Answered::Retry => self.drive(i, calling, call),
            Answered::Deliver => {
                // Where the same text was brought again, another send is not worth it.
                let again = self.issued.iter().filter(|issued| Some(AccessToken(issued.access)) == call.sent);
                // A cookie may be later than the generation that the tab knew when it sent it: the next send, with the
                // same cookie, is the last then.
                let again_signed_in = self.families.len() > 1;
                let twice = again_signed_in || self.issued.iter().filter(|issued| issued.rejected).count() > 1;
                let worth_it = if self.setup.generations { !twice } else { again.count() < 2 };
                if call.sends < 2 && worth_it {
                    self.breaks("a caller gets a 401 after two sends");
                }
            }
            Answered::Failed | Answered::Ended | Answered::EndsSession | Answered::Suspends => {}
        }
    }

    /// What was cancelled is over, and its call asks again.
    pub fn cancelled(&mut self, i: usize, place: u32) {
        let at_place = |calling: &Calling| matches!(calling.stage, Stage::Sent { place: at, .. } if at == place);
        if let Some(at) = self.tabs[i].calls.iter().position(at_place) {
            let calling = self.tabs[i].calls.remove(at);
            if let Closed::Requeued(call) = self.tabs[i].session.close_request(place) {
                self.drive(i, calling, call);
            }
        }
    }

    /// The caller aborts the oldest call.
    pub fn drop_call(&mut self, i: usize) {
        let calling = self.tabs[i].calls.remove(0);
        let call = match calling.stage {
            Stage::Waiting(call) => Some(call),
            Stage::Sent { place, at_once, .. } => match self.tabs[i].session.close_request(place) {
                Closed::Settled(call) | Closed::Requeued(call) if !at_once => Some(call),
                Closed::Settled(_) | Closed::Requeued(_) | Closed::Ended => None,
            },
        };
        if let Some(call) = call {
            self.ask(i, |session, now| session.on_call_dropped(&call, now));
            self.after(i);
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
