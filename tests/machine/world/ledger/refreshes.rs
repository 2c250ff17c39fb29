//! When a refresh may begin, what it may send, and how often its promise is settled.

use super::{Ledger, PATIENCE};
use crate::world::World;
use crate::world::server::Request;
use authfetch::protocol::effect::Settled;
use authfetch::protocol::refresh::Reason;

impl World {
    pub(in crate::world) fn check_begin(&mut self, id: u32, reason: Reason) {
        let from = self.record.access;
        let decisions = self.session.decisions();
        let cooling = decisions.cooling(&self.record, self.now);
        let forbidden = decisions.retry_after_set(&self.record, self.now);
        let by_hand = reason == Reason::Manual;
        self.require(!if by_hand { forbidden } else { cooling }, "a cooldown keeps refreshes away");
        let Ledger { refreshed, brought_again, rejected, judging, .. } = &mut self.ledger;
        let expired = self.record.expires_at.is_some_and(|at| at <= self.now);
        let in_vain = |from| reason == Reason::Unauthorized && !expired && brought_again.contains(&from);
        let mut again = from.is_some_and(|from| refreshed.contains(&from) || in_vain(from));
        if let Some((token, _)) = judging.filter(|_| reason == Reason::Unauthorized) {
            // The clock may ask for another where the same text was brought again.
            again |= refreshed.contains(&token) || (rejected.contains(&token) && !(expired && self.record.rejected));
            rejected.push(token);
        }
        self.require(!again, "one refresh per rejected token");
        let pending = self.ledger.promises.contains(&id);
        self.require(!pending, "each refresh is a new one");
        self.ledger.promises.push(id);
        self.ledger.requests = (id, self.setup.policy.attempts);
    }

    pub(in crate::world) fn check_request(&mut self, request: &Request) {
        self.token_requests = self.token_requests.saturating_add(1);
        let spent = request.presented.is_some_and(|token| self.ledger.spent.contains(&token));
        self.require(!spent, "no refresh token is presented twice unless an answer was lost");
        let running = self.requests.iter().any(|other| !other.aborted);
        self.require(!running, "one refresh in flight");
        let broken_off = self.ledger.broken_off.take();
        let at_once = broken_off.is_some_and(|(id, until)| id == request.id && self.now < until);
        self.require(!at_once, "a page that is being left sends no token request again");
        let (id, left) = self.ledger.requests;
        self.require(id == request.id && left > 0, "no more token requests than attempts");
        self.ledger.requests.1 = left.saturating_sub(1);
        self.ledger.unloading = None;
    }

    pub(in crate::world) fn before_unload(&mut self) {
        self.ledger.unloading = self.requests.iter().find(|request| !request.aborted).map(|request| request.id);
    }

    pub(in crate::world) fn before_reply(&mut self, request: Request, may_be_broken_off: bool) {
        let rejected = self.session.decisions().refresh().is_some_and(|refresh| refresh.rejected);
        self.ledger.replying = Some((request, rejected));
        if may_be_broken_off && self.ledger.unloading == Some(request.id) {
            self.ledger.broken_off = Some((request.id, self.now + PATIENCE));
            // It counts for none: the page may stay.
            self.ledger.requests.1 += 1;
        }
    }

    pub(in crate::world) fn after_reply(&mut self) {
        self.ledger.replying = None;
        let spent = self.record.refresh.is_some_and(|token| self.ledger.spent.contains(&token));
        self.require(!spent, "a spent refresh token is never kept");
    }

    pub(in crate::world) fn check_settle(&mut self, id: u32, settled: Settled) {
        let pending = self.ledger.promises.contains(&id);
        self.require(pending, "each refresh is settled once");
        self.ledger.promises.retain(|promise| *promise != id);
        match settled {
            Settled::Refreshed | Settled::UsedStored | Settled::Throttled => {
                self.ledger.untried = self.record.access;
            }
            Settled::Failed(_) => self.ledger.rejected.retain(|token| Some(*token) != self.record.access),
            Settled::Refused(_) | Settled::SignedOut | Settled::Ended => {}
        }
    }
}
