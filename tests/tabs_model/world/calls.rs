//! Calls, from their start to their settling: what the browser's driver of a call asks the session.

use super::{End, Microtask, Phase, World};
use authfetch::protocol::decisions::{Admission, Call, Resource, Unauthorized};
use authfetch::protocol::environment::{ask, synchronize};
use authfetch::protocol::session::{Answered, Closed};
use authfetch::protocol::token::AccessToken;

/// What the API answers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    Accepted,
    Unauthorized,
    /// It asks for more (RFC 9470), and a listener wants its calls to wait for that.
    StepUp,
}

impl World {
    /// `fetch`, or a call that asks for a token alone.
    pub fn call(&mut self, i: usize) {
        synchronize(&mut self.at(i));
        let c = self.tabs[i].calls.len();
        self.tabs[i].calls.push(Phase::Settled(End::WithoutToken));
        let requests = self.setup.requests;
        if !requests || self.tabs[i].session.record().has_session() {
            let session = &mut self.tabs[i].session;
            let call = session.call(requests.then_some(Resource(c as u64)));
            let at_once = requests && session.goes_at_once();
            if at_once {
                self.send_at_once(i, c, call);
            } else {
                self.drive(i, c, call);
            }
        }
        self.then(i);
    }

    fn send_at_once(&mut self, i: usize, c: usize, call: Call) {
        match ask(&mut self.at(i), |session, now| session.admit(&call, now)) {
            Admission::Send(number, _) => self.send(i, c, call, number, true),
            Admission::SendWithoutToken
            | Admission::Wait(_)
            | Admission::SignedOut
            | Admission::Failed
            | Admission::Ended => self.drive(i, c, call),
        }
    }

    fn send(&mut self, i: usize, c: usize, mut call: Call, number: AccessToken, at_once: bool) {
        let vault = &self.tabs[i].vault;
        let Some(token) = vault.access.text else { return self.breaks("a call that is sent has a token") };
        self.check_send(i, token);
        self.check_step_up(i, call.id);
        if self.tabs[i].claiming {
            self.breaks("nothing is sent before it is known whose the record is");
        }
        let session = &mut self.tabs[i].session;
        let cancellable = session.may_be_queued();
        session.note_sent(&mut call, number, cancellable);
        self.tabs[i].calls[c] = Phase::InFlight { token, place: call.place, at_once, epoch: call.epoch };
    }

    /// The slow path of a call, from where it asks what to do.
    fn drive(&mut self, i: usize, c: usize, call: Call) {
        synchronize(&mut self.at(i));
        let end = match ask(&mut self.at(i), |session, now| session.admit_or_wait(&call, now)) {
            Admission::Wait(_) => return self.tabs[i].calls[c] = Phase::Waiting(call),
            Admission::Send(number, _) if call.answers => return self.send(i, c, call, number, false),
            Admission::Send(..) => End::Done,
            Admission::SendWithoutToken | Admission::SignedOut => End::WithoutToken,
            Admission::Failed => End::Failed,
            Admission::Ended => End::Ended,
        };
        self.tabs[i].calls[c] = Phase::Settled(end);
    }

    fn at_place(&self, i: usize, wanted: u32) -> Option<(usize, u32)> {
        let calls = self.tabs[i].calls.iter().enumerate();
        calls.into_iter().find_map(|(c, phase)| match phase {
            Phase::InFlight { token, place, .. } if *place == wanted => Some((c, *token)),
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
        let Some((c, _)) = self.at_place(i, place) else { return };
        match self.tabs[i].session.close_request(place) {
            Closed::Requeued(call) => self.drive(i, c, call),
            Closed::Ended => self.tabs[i].calls[c] = Phase::Settled(End::Ended),
            Closed::Settled(_) => self.breaks("what was cancelled asks again"),
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
            self.drive(i, c, call);
        }
    }

    /// Whether the token of a call in flight has run out since it was sent.
    pub fn expired(&self, i: usize, c: usize) -> bool {
        let Phase::InFlight { token, .. } = self.tabs[i].calls[c] else { return false };
        self.issued[token as usize].expires_at <= self.now
    }

    /// The API's answer comes.
    pub fn answer(&mut self, i: usize, c: usize, answer: Answer) {
        let Phase::InFlight { token, place, at_once, .. } = self.tabs[i].calls[c] else { return };
        if answer == Answer::Unauthorized {
            self.tabs[i].rejected.insert(token);
        }
        let end = match self.tabs[i].session.close_request(place) {
            Closed::Ended => Some(End::Ended),
            Closed::Requeued(_) => return self.breaks("what was cancelled asks again in the same turn"),
            Closed::Settled(call) if at_once && answer == Answer::Accepted => {
                if self.tabs[i].session.record().awaits_acceptance() {
                    synchronize(&mut self.at(i));
                    ask(&mut self.at(i), |session, now| session.on_accepted(&call, true, now));
                }
                Some(End::Done)
            }
            Closed::Settled(call) => self.answered(i, c, call, answer),
        };
        if let Some(end) = end {
            self.tabs[i].calls[c] = Phase::Settled(end);
        }
        self.then(i);
    }

    /// The slow path, with an answer. None where the call goes on.
    fn answered(&mut self, i: usize, c: usize, mut call: Call, answer: Answer) -> Option<End> {
        synchronize(&mut self.at(i));
        match answer {
            Answer::Accepted if call.epoch != self.tabs[i].session.epoch() => Some(End::Ended),
            Answer::Accepted => {
                ask(&mut self.at(i), |session, now| session.on_accepted(&call, true, now));
                Some(End::Done)
            }
            Answer::StepUp => {
                let session = &mut self.tabs[i].session;
                if session.known_step_up(&call, 1).is_none() {
                    session.on_step_up(&call, 1, true);
                }
                let signin = self.tabs[i].session.record().signin;
                self.tabs[i].stepped_up.push((call.id, signin));
                ask(&mut self.at(i), |session, now| session.wait_for_sign_in(&mut call, now));
                self.drive(i, c, call);
                None
            }
            Answer::Unauthorized => {
                let unauthorized = Unauthorized { replayable: true, ..Unauthorized::default() };
                let answered =
                    ask(&mut self.at(i), |session, now| session.on_unauthorized(&mut call, unauthorized, now));
                match answered {
                    Answered::Deliver | Answered::Suspends => Some(End::Done),
                    Answered::Retry => {
                        self.drive(i, c, call);
                        None
                    }
                    Answered::Failed => Some(End::Failed),
                    Answered::Ended | Answered::EndsSession => Some(End::Ended),
                }
            }
        }
    }

    /// The caller aborts it, or the network fails.
    pub fn abort(&mut self, i: usize, c: usize) {
        let call = match self.tabs[i].calls[c] {
            Phase::Waiting(call) => Some(call),
            Phase::InFlight { place, at_once, .. } => match self.tabs[i].session.close_request(place) {
                Closed::Settled(call) | Closed::Requeued(call) if !at_once => Some(call),
                Closed::Settled(_) | Closed::Requeued(_) | Closed::Ended => None,
            },
            Phase::Settled(_) => return,
        };
        if call.is_some() {
            synchronize(&mut self.at(i));
        }
        self.tabs[i].calls[c] = Phase::Settled(End::Aborted);
        if let Some(call) = call {
            ask(&mut self.at(i), |session, now| session.on_call_dropped(&call, now));
        }
        self.then(i);
    }

    /// `Effect::EndCalls`: what is in flight and of an epoch that is over ends.
    pub(super) fn end_calls(&mut self, i: usize) {
        let tab = &mut self.tabs[i];
        for phase in &mut tab.calls {
            if let Phase::InFlight { place, epoch, .. } = phase
                && *epoch != tab.session.epoch()
            {
                let _ = tab.session.close_request(*place);
                *phase = Phase::Settled(End::Ended);
            }
        }
    }
}
