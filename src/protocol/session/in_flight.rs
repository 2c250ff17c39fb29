//! Requests in flight: sent with a token, and without headers yet. When their token is known to be rejected, those that
//! are queued behind others are cancelled, and their calls wait for the next token.
//!
//! A browser works on a few requests of an origin at once and queues the rest: a rejected token would cost each of them
//! a round trip, and the retries wait behind them.

use super::Session;
use crate::protocol::decisions::{Call, Resource};
use crate::protocol::effect::Effect;
use crate::protocol::fault::Fault;
use crate::protocol::token::AccessToken;

/// All that are in flight, in the order in which they were sent. The places of those that are over are given up when half
/// are empty.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct InFlight {
    all: Vec<Request>,
    over: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Request {
    call: Call,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum State {
    Sent,
    /// Until its promise says so.
    Cancelled,
    Over,
}

/// A token that the API has rejected while it stood in the record, and whoever it was rejected for waits for the next.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Rejection {
    token: AccessToken,
    resource: Resource,
    /// It is good nowhere, as far as can be told.
    everywhere: bool,
}

/// What has become of a request that is over.
#[must_use]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Closed {
    /// Its headers have come, or it has failed.
    Settled(Call),
    /// It was cancelled: whatever has come of it, the call is to ask again.
    Requeued(Call),
    /// The session of its call is over.
    Ended,
}

impl InFlight {
    fn enter(&mut self, call: &mut Call) {
        call.place = self.all.last().map_or(0, |last| last.call.place + 1);
        self.all.push(Request { call: *call, state: State::Sent });
    }

    fn leave(&mut self, place: u32) -> Option<Request> {
        let at = self.all.partition_point(|request| request.call.place < place);
        let request = self.all.get_mut(at).filter(|request| request.call.place == place)?;
        let left = *request;
        request.state = State::Over;
        self.over += 1;
        if 2 * self.over > self.all.len() {
            self.all.retain(|request| request.state != State::Over);
            self.over = 0;
        }
        Some(left)
    }
}

impl Session {
    /// The call goes out with this token, and is in flight until [`Session::close_request`]. A `cancellable` request may be
    /// sent again although it may have reached the server: it is to be aborted when its turn comes
    /// ([`Effect::CancelRequest`]).
    pub fn note_sent(&mut self, call: &mut Call, token: AccessToken, cancellable: bool) {
        call.sent = Some(token);
        call.sends += 1;
        call.after_signin = None;
        call.cancellable = cancellable;
        self.in_flight.enter(call);
    }

    /// Whether a request that is sent now may be queued behind others: only such a one is ever cancelled.
    #[must_use]
    pub fn may_be_queued(&self) -> bool {
        let in_flight = self.in_flight.all.len() - self.in_flight.over;
        self.setup.policy.cancel_pending.is_some_and(|kept| in_flight >= kept as usize)
    }

    /// The request at this place is in flight no more: its headers have come, or it has failed.
    pub fn close_request(&mut self, place: u32) -> Closed {
        match self.in_flight.leave(place) {
            Some(Request { mut call, state, .. }) if call.epoch == self.epoch() => {
                if state == State::Sent {
                    return Closed::Settled(call);
                }
                call.sends -= u8::from(!self.faulty(Fault::CountsCancelledSends));
                call.requeued = true;
                Closed::Requeued(call)
            }
            Some(_) | None => Closed::Ended,
        }
    }

    /// A call was answered 401. Where it waits for the next token now, or has it, what else was sent with the old one is
    /// doomed too, as far as is known.
    pub(super) fn on_rejected(&mut self, call: &Call, now: u64) {
        let record = &self.record;
        let Some(token) = call.sent.filter(|_| !self.decisions.is_broken(call.resource)) else { return };
        let superseded = record.signed_in() && record.access != Some(token);
        let waits = self.decisions.refresh().is_some_and(|refresh| refresh.blocking && refresh.from == Some(token));
        if !superseded && !waits {
            return;
        }
        let unfit = !superseded && (!record.accepted || record.expires_at.is_some_and(|at| at <= now));
        let known = self.rejection.filter(|rejection| rejection.token == token);
        let elsewhere = known.is_some_and(|known| known.everywhere || known.resource != call.resource);
        let everywhere = unfit || elsewhere || self.faulty(Fault::TakesOneRejectionForAll);
        let resource = known.map_or(call.resource, |known| known.resource);
        self.rejection = Some(Rejection { token, resource, everywhere });
        // Nothing more is sent with it: once is enough.
        if everywhere && !known.is_some_and(|known| known.everywhere) {
            self.cancel_pending(token, None);
        } else if superseded && known.is_none() {
            self.cancel_pending(token, Some(resource));
        }
    }

    /// Another token stands in the record: what was sent to where its predecessor was rejected is doomed.
    pub(super) fn cancel_superseded(&mut self) {
        if let Some(Rejection { token, resource, everywhere: false }) = self.rejection
            && self.record.signed_in()
            && self.record.access != Some(token)
        {
            self.cancel_pending(token, Some(resource));
        }
    }

    /// Cancels what was sent with this token and is queued behind others of its origin; with `only`, what goes there.
    fn cancel_pending(&mut self, token: AccessToken, only: Option<Resource>) {
        let Some(mut kept) = self.setup.policy.cancel_pending else { return };
        if self.faulty(Fault::CancelsTheOldest) {
            kept = 0;
        }
        let epoch = self.epoch();
        let (any, all) = (self.faulty(Fault::CancelsWhateverIsSent), self.faulty(Fault::CancelsOtherTokens));
        let mut origins: Vec<(u64, u32)> = Vec::new();
        let mut requests = std::mem::take(&mut self.in_flight);
        for Request { call, state } in requests.all.iter_mut().filter(|request| request.state == State::Sent) {
            let origin = call.resource.origin();
            let at = origins.iter().position(|(known, _)| *known == origin).unwrap_or_else(|| {
                origins.push((origin, 0));
                origins.len() - 1
            });
            let older = origins[at].1;
            origins[at].1 += 1;
            // What tries a token has the last word on it.
            let tries = self.decisions.is_canary(call.id) && !self.faulty(Fault::CancelsTheCanary);
            let doomed = call.epoch == epoch && !tries && (call.sent == Some(token) || all);
            if older >= kept && (call.cancellable || any) && doomed && only.is_none_or(|only| call.resource == only) {
                *state = State::Cancelled;
                self.push(Effect::CancelRequest(call.place));
            }
        }
        self.in_flight = requests;
    }
}
