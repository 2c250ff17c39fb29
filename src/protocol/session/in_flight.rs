//! Requests in flight: sent with a token, and without headers yet. When their token is known to be rejected, those that
//! are queued behind others are cancelled, and their calls wait for the next token.
//!
//! A browser works on a few requests of an origin at once and queues the rest: a rejected token would cost each of them
//! a round trip, and the retries wait behind them.

use super::Session;
use super::pending::State;
use crate::protocol::decisions::{Call, Resource};
use crate::protocol::effect::Effect;
use crate::protocol::fault::Fault;
use crate::protocol::token::AccessToken;

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

impl Session {
    /// The call goes out with this token, and is in flight until [`Session::close_request`]. A `cancellable` request
    /// may be sent again although it may have reached the server: it is to be aborted when that is asked for
    /// ([`Effect::CancelRequest`]).
    pub fn note_sent(&mut self, call: &mut Call, token: AccessToken, cancellable: bool) {
        call.sent = Some(token);
        call.sends += 1;
        call.after_signin = None;
        call.cancellable = cancellable;
        call.place = self.in_flight.all.last().map_or(0, |(last, _)| last.place + 1);
        self.in_flight.enter(*call);
    }

    /// Whether a request that is sent now may be queued behind others: only such a one is ever cancelled.
    #[must_use]
    pub fn may_be_queued(&self) -> bool {
        self.setup.policy.cancel_pending.is_some_and(|kept| self.in_flight.count() >= kept as usize)
    }

    /// The request at this place is in flight no more: its headers have come, or it has failed.
    pub fn close_request(&mut self, place: u32) -> Closed {
        match self.in_flight.leave(place) {
            Some((mut call, state)) if call.epoch == self.epoch() => {
                if state == State::Open {
                    return Closed::Settled(call);
                }
                call.sends -= u8::from(!self.faulty(Fault::CountsCancelledSends));
                call.requeued = true;
                Closed::Requeued(call)
            }
            Some(_) | None => Closed::Ended,
        }
    }

    /// A call was answered 401. Where it waits for the next token now, or has it, what else was sent with the old one
    /// is doomed too, as far as is known.
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
        // Each origin as often as it has been met, but no more often than it may be.
        let mut met: Vec<u64> = Vec::new();
        let mut cancelled = Vec::new();
        let mut requests = std::mem::take(&mut self.in_flight);
        for (call, state) in requests.all.iter_mut().filter(|(_, state)| *state == State::Open) {
            let origin = call.resource.origin();
            if met.iter().filter(|known| **known == origin).count() < kept as usize {
                met.push(origin);
                continue;
            }
            // What tries a token has the last word on it.
            let tries = self.decisions.is_canary(call.id) && !self.faulty(Fault::CancelsTheCanary);
            let doomed = call.epoch == epoch && !tries && (call.sent == Some(token) || all);
            if (call.cancellable || any) && doomed && only.is_none_or(|only| call.resource == only) {
                *state = State::Cancelled;
                cancelled.push(call.place);
            }
        }
        self.in_flight = requests;
        // The youngest first: a connection that an abort frees takes the next request that is queued.
        for place in cancelled.into_iter().rev() {
            self.push(Effect::CancelRequest(place));
        }
    }
}
