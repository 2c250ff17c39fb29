//! What an answer of the API means for its call and for the session.
//!
//! A 401 is a verdict on the token it was sent with, and on nothing else; whether one that was repeated ends the
//! session is `onRetryRejected`'s rule. The refreshes that a verdict starts are in [`super::refresh`].

use super::config::OnRetryRejected;
use super::decisions::{Call, Decisions, NeedsRefresh, Resource};
use super::refresh::Reason;
use super::token::Record;

/// What is known of a response that says "unauthorized".
#[derive(Clone, Copy, Debug, Default)]
pub struct Unauthorized {
    /// The request can be sent again, byte for byte.
    pub replayable: bool,
    /// The answer came after a redirect: it never ends a session.
    pub redirected: bool,
    /// It says nothing about the token's life: `insufficient_scope`, or a redirect that lost the header.
    pub not_the_token: bool,
}

/// What a 401 means for its call.
#[must_use]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The caller gets the response.
    Deliver(NeedsRefresh),
    /// The call is to be admitted again, now or after a refresh.
    Retry(NeedsRefresh),
    /// The call is rejected with the last `refresh_failed`.
    Failed,
    /// The session ends: the new token was rejected too.
    EndRetryRejected,
    /// The token has run out and nothing can refresh it: as a refusal of the token endpoint.
    EndRefused,
    /// The call's session is over already.
    Ended,
}

const BROKEN_PATHS: usize = 64;

/// A call that cannot be sent again never shows whether a new token helps it. A broken endpoint that only such calls
/// reach would rotate tokens at each of them: so many ms lie between two refreshes that these start.
const UNREPEATED_MS: u64 = 10_000;

impl Decisions {
    /// `call` was answered, and not with a refusal of its token. With `proof`, the answer shows that its token was
    /// accepted: true is returned where that is news to be stored, by [`Record::note_accepted`].
    #[must_use]
    pub fn on_accepted(&mut self, call: &Call, record: &Record, proof: bool) -> bool {
        if call.epoch != self.epoch || record.access != call.sent || call.sent.is_none() {
            return false;
        }
        self.canary = None;
        proof && record.awaits_acceptance()
    }

    /// `call` was answered "unauthorized".
    pub fn on_unauthorized(
        &mut self,
        call: &mut Call,
        record: &Record,
        now: u64,
        unauthorized: Unauthorized,
    ) -> Verdict {
        if call.epoch != self.epoch {
            return Verdict::Ended;
        }
        call.opened = self.refreshes;
        let canary = self.is_canary(call.id);
        if call.sent.is_none() || unauthorized.not_the_token {
            self.on_call_dropped(call.id);
            return Verdict::Deliver(NeedsRefresh::No);
        }
        if record.access != call.sent {
            let again = call.sends < 2 && unauthorized.replayable && record.has_session();
            return if again { Verdict::Retry(NeedsRefresh::No) } else { Verdict::Deliver(NeedsRefresh::No) };
        }
        let expired = record.expires_at.is_some_and(|at| at <= now);
        // A held call that was the canary of a token which ran out meanwhile has proved nothing, and has a send left.
        if call.sends >= 2 || call.requeued || (canary && !expired) {
            return self.on_retry_rejected(call, record, expired, unauthorized);
        }
        if record.rejected && !expired {
            // Another refresh would bring the same text. While a canary tries it once more, its answer is waited for.
            let waits = self.canary.is_some() && unauthorized.replayable;
            return if waits {
                Verdict::Retry(NeedsRefresh::No)
            } else {
                self.on_retry_rejected(call, record, expired, unauthorized)
            };
        }
        self.on_call_dropped(call.id);
        // Nobody but the server can tell when a cookie is over.
        let lost = self.policy.by_cookie() && !self.can_refresh(record);
        if self.is_broken(call.resource) && !lost {
            return Verdict::Deliver(NeedsRefresh::No);
        }
        if !self.can_refresh(record) {
            return if (expired || lost) && !unauthorized.redirected {
                Verdict::EndRefused
            } else {
                Verdict::Deliver(NeedsRefresh::No)
            };
        }
        if self.refresh.is_none() && self.cooling(record, now) {
            // Whoever waits for a canary's answer is asked again when it is delivered.
            return if unauthorized.replayable && !canary {
                Verdict::Failed
            } else {
                Verdict::Deliver(NeedsRefresh::No)
            };
        }
        if unauthorized.replayable {
            return Verdict::Retry(self.start(record, Reason::Unauthorized, true));
        }
        // After a clock that was set back it counts from now.
        if self.refresh.is_none() && (self.unrepeated_at..self.unrepeated_at + UNREPEATED_MS).contains(&now) {
            return Verdict::Deliver(NeedsRefresh::No);
        }
        self.unrepeated_at = now;
        Verdict::Deliver(self.start(record, Reason::Unauthorized, true))
    }

    fn on_retry_rejected(
        &mut self,
        call: &Call,
        record: &Record,
        expired: bool,
        unauthorized: Unauthorized,
    ) -> Verdict {
        self.canary = None;
        let end = match self.policy.on_retry_rejected {
            OnRetryRejected::Logout => true,
            OnRetryRejected::Return => false,
            // The lifetime of a cookie is usually unknown: one broken endpoint is to sign nobody out.
            OnRetryRejected::Auto if self.policy.by_cookie() => {
                let elsewhere = self.broken.iter().any(|known| *known != call.resource);
                !self.can_refresh(record) || (elsewhere && !record.accepted && !expired)
            }
            OnRetryRejected::Auto => !record.accepted && !self.seen.predecessor_good && !expired,
        };
        if end && !unauthorized.redirected {
            return Verdict::EndRetryRejected;
        }
        if !expired && self.broken.len() < BROKEN_PATHS && !self.is_broken(call.resource) {
            self.broken.push(call.resource);
        }
        Verdict::Deliver(NeedsRefresh::No)
    }

    /// Whether a new token was answered 401 there, and good elsewhere.
    pub(super) fn is_broken(&self, resource: Resource) -> bool {
        self.broken.contains(&resource)
    }
}
