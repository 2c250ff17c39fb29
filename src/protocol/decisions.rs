//! What each thing means, without consequences: what a call does, what an answer says, what a record is worth.
//!
//! Truth is stored: each decision is shown the [`Record`], and only that is kept which no record can say. What an
//! answer means is in `verdict`, who tries a new token first in `canary`, the decisions of a refresh in [`super::refresh`].
//! Every decision compares epochs first. What follows from them is carried through by [`super::session`].

use super::canary::Canary;
use super::config::{OnSessionExpired, Policy, Refreshable, SignedOut};
use super::lifetime::{Freshness, freshness};
use super::refresh::{Reason, Refresh};
use super::tabs::Mark;
use super::token::{AccessToken, Record};
pub use super::verdict::{Unauthorized, Verdict};

/// Where a request goes: origin and path as one number, the upper half of which is the origin's. Equal numbers are
/// equal places.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Default)]
pub struct Resource(pub u64);

impl Resource {
    /// Its origin, as a number.
    #[must_use]
    pub const fn origin(self) -> u64 {
        self.0 >> 32
    }
}

/// One call, from `fetch` to its settling.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Call {
    /// Its number: lower is older.
    pub id: u32,
    /// The epoch it was made in; nothing of an older epoch is sent, stored or retried.
    pub epoch: u64,
    /// The token it was last sent with.
    pub sent: Option<AccessToken>,
    /// How often it was sent: twice at most, three times after an answered step-up.
    pub sends: u8,
    /// Where it goes.
    pub resource: Resource,
    /// Its place among the requests in flight, while it is there.
    pub place: u32,
    /// The request in flight may be sent again although it may have reached the server, and has a signal of its own.
    pub cancellable: bool,
    /// It was cancelled once, since its token was rejected: a 401 counts as that of a retry.
    pub requeued: bool,
    /// Set by a step-up: it waits for a sign-in later than this one.
    pub after_signin: Option<u64>,
    /// It carries a verdict when it is answered: a wait for a token alone never does, and is no canary.
    pub answers: bool,
    /// How many refreshes this machine had opened when it was made, or answered 401.
    pub opened: u32,
}

/// What a call does now.
#[must_use]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Admission {
    /// It goes out with this token; with `refresh`, a refresh ahead of expiry is started beside it.
    Send(AccessToken, NeedsRefresh),
    /// It goes out without a token.
    SendWithoutToken,
    /// It waits; with `refresh`, for a refresh that is to be started.
    Wait(NeedsRefresh),
    /// It is rejected with `signed_out`.
    SignedOut,
    /// It is rejected with the last `refresh_failed`.
    Failed,
    /// Its session is over: it is rejected with that end.
    Ended,
}

/// Whether the driver has a refresh to start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NeedsRefresh {
    /// None is needed, or one is running.
    No,
    /// The machine has opened one: the driver runs it.
    Start,
}

/// The decisions of one session. See the module's text.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Decisions {
    pub(super) policy: Policy,
    pub(super) epoch: u64,
    pub(super) refresh: Option<Refresh>,
    pub(super) failures: u32,
    pub(super) canary: Option<Canary>,
    pub(super) seen: Seen,
    pub(super) broken: Vec<Resource>,
    /// What the last refresh brought, and its number, until a call goes out with it.
    pub(super) untried: Option<(AccessToken, u32)>,
    pub(super) unrepeated_at: u64,
    calls: u32,
    pub(super) refreshes: u32,
    pub(super) cookie: Mark,
}

/// What was last seen of the access token, so that its successor can be judged.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Seen {
    pub(super) access: Option<AccessToken>,
    accepted: bool,
    expires_at: Option<u64>,
    pub(super) predecessor_good: bool,
}

impl Decisions {
    /// With nothing seen yet.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            epoch: 0,
            refresh: None,
            failures: 0,
            canary: None,
            seen: Seen::default(),
            broken: Vec::new(),
            untried: None,
            unrepeated_at: 0,
            calls: 0,
            refreshes: 0,
            cookie: Mark::default(),
        }
    }

    /// The highest epoch seen.
    #[must_use]
    pub const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// How long a refusal waits for a newer record, in ms.
    #[must_use]
    pub const fn grace(&self) -> u64 {
        self.policy.grace
    }

    /// Whether this machine may refresh what `record` holds.
    #[must_use]
    pub const fn can_refresh(&self, record: &Record) -> bool {
        match self.policy.refreshable {
            Refreshable::Never => false,
            Refreshable::WithToken => record.refresh.is_some(),
            Refreshable::Always => true,
        }
    }

    /// The refresh that is running.
    #[must_use]
    pub const fn refresh(&self) -> Option<&Refresh> {
        self.refresh.as_ref()
    }

    /// A record that differs from the last one was read or written.
    pub fn observe(&mut self, record: &Record, now: u64) {
        self.epoch = self.epoch.max(record.epoch);
        if self.refresh.as_ref().is_some_and(|refresh| refresh.epoch != self.epoch) {
            self.refresh = None;
        }
        if record.access != self.seen.access {
            let good = self.seen.accepted && self.seen.expires_at.is_some_and(|at| at > now);
            self.seen.predecessor_good = self.seen.access.is_some() && good;
            self.seen.access = record.access;
            self.broken.clear();
            if record.signed_in() && record.refresh.is_none() {
                self.cookie_replaced(record.epoch);
            }
            if record.signed_in() && record.retry_at == 0 {
                self.failures = 0;
            }
            if self.canary.as_ref().is_some_and(|canary| record.access != Some(canary.token)) {
                self.canary = None;
            }
        }
        self.seen.accepted = record.accepted;
        self.seen.expires_at = record.expires_at;
        if record.accepted {
            self.canary = None;
        }
    }

    /// A new call to `resource`; without one, for a token alone.
    #[must_use]
    pub fn open(&mut self, resource: Option<Resource>) -> Call {
        self.calls = self.calls.wrapping_add(1);
        Call {
            id: self.calls,
            epoch: self.epoch,
            sent: None,
            sends: 0,
            resource: resource.unwrap_or_default(),
            place: 0,
            cancellable: false,
            requeued: false,
            after_signin: None,
            answers: resource.is_some(),
            opened: self.refreshes,
        }
    }

    /// What `call` does now: asked before each send, and for each waiting call, oldest first, after each change.
    pub fn admit(&mut self, call: &Call, record: &Record, now: u64) -> Admission {
        if call.epoch != self.epoch {
            return Admission::Ended;
        }
        if call.after_signin.is_some_and(|signin| record.signin <= signin) {
            return Admission::Wait(NeedsRefresh::No);
        }
        let Some(token) = record.access else {
            return self.without_token(record);
        };
        let clock = self.clock(record, now);
        // Where a refresh has brought the same text again, the call is sent once more with it.
        let refused = call.sent == Some(token) && call.after_signin.is_none() && !record.rejected;
        // What a call has waited for is tried once, or a clock that jumps and a lifetime shorter than the way of the
        // answer would have it wait for ever.
        let just_brought = self.untried.is_some_and(|(untried, by)| untried == token && call.opened < by);
        let expired = clock == Freshness::Expired && !just_brought && self.can_refresh(record);
        if let Some(refresh) = &mut self.refresh {
            refresh.rejected |= refused && refresh.from == Some(token);
            // One that `setTokens` overtook is waited out: it may hold the refresh token that the next one is to
            // present.
            if refused || expired || (refresh.blocking && refresh.from == Some(token)) {
                return Admission::Wait(NeedsRefresh::No);
            }
        } else if refused || expired {
            return if self.cooling(record, now) || !self.can_refresh(record) {
                Admission::Failed
            } else {
                Admission::Wait(self.start(record, Reason::of_clock(expired), true))
            };
        }
        if call.answers && self.must_wait_for_canary(call.id, token) {
            return Admission::Wait(NeedsRefresh::No);
        }
        self.untried = self.untried.filter(|(untried, _)| *untried != token);
        let ahead = clock == Freshness::Expiring && self.can_refresh(record) && !self.cooling(record, now);
        Admission::Send(token, if ahead { self.start(record, Reason::Expired, false) } else { NeedsRefresh::No })
    }

    fn clock(&self, record: &Record, now: u64) -> Freshness {
        let expires_at = record.expires_at.map(|at| at as f64);
        freshness(now as f64, record.received_at as f64, expires_at, self.policy.leeway as f64)
    }

    fn without_token(&self, record: &Record) -> Admission {
        if record.suspended {
            return match self.policy.on_session_expired {
                OnSessionExpired::Hold => Admission::Wait(NeedsRefresh::No),
                OnSessionExpired::PassThrough | OnSessionExpired::Logout => Admission::SendWithoutToken,
            };
        }
        match self.policy.signed_out {
            SignedOut::Send => Admission::SendWithoutToken,
            SignedOut::Reject => Admission::SignedOut,
        }
    }

    /// The epoch of a sign-in from signed-out, or of an end: clearing the storage never restarts it.
    #[must_use]
    pub fn next_epoch(&self, record: &Record, now: u64) -> u64 {
        (self.epoch.max(record.epoch).max(self.cookie.epoch) + 1).max(now)
    }

    /// The session ends: what stands in storage from now on. Whatever comes back later meets the new epoch.
    #[must_use]
    pub fn on_end(&mut self, record: &Record, now: u64) -> Record {
        let epoch = self.next_epoch(record, now);
        let tombstone = Record { unconfirmed: record.unconfirmed, ..Record::tombstone(epoch) };
        self.failures = 0;
        self.canary = None;
        self.observe(&tombstone, now);
        if record.refresh.is_none() {
            self.cookie_ended(&tombstone);
        }
        tombstone
    }
}
