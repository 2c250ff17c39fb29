//! The decisions of one refresh, from its start to its one outcome. Its steps are in [`super::session::refresh`].
//!
//! An answer belongs to the epoch, sign-in and refresh token it started from; each decision compares them first.
//! Nothing waits here: it is said for how long.

use super::backoff::{DAY_MS, LONGEST_COOLDOWN_MS, LONGEST_WAIT_MS, cooldown_ms, delay_ms};
use super::decisions::{Decisions, NeedsRefresh};
use super::grant::GrantOutcome;
use super::lifetime::leeway_ms;
use super::tabs::Mark;
use super::token::{AccessToken, Record, RefreshToken};

/// After so many refreshes in a row with whose token no call was accepted, a cooldown follows each further one.
pub const UNACCEPTED_REFRESHES: u32 = 5;

/// Why a refresh was started, as a `RefreshFunction` is told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reason {
    /// By the clock, ahead of expiry included.
    Expired,
    /// By a 401.
    Unauthorized,
    /// By `refresh()`.
    Manual,
}

impl Reason {
    /// The reason of a call that finds its token unfit: by the clock or by a 401.
    #[must_use]
    pub const fn of_clock(expired: bool) -> Self {
        if expired { Self::Expired } else { Self::Unauthorized }
    }

    /// The contract's word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Unauthorized => "unauthorized",
            Self::Manual => "manual",
        }
    }
}

/// What a refresh started from.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Refresh {
    /// Its number: only its owner may go on with it, or end it.
    pub id: u32,
    /// The epoch it belongs to.
    pub epoch: u64,
    /// The sign-in it belongs to.
    pub signin: u64,
    /// The access token it replaces; none for a try with a cookie alone.
    pub from: Option<AccessToken>,
    /// The refresh token it presents; none where a cookie holds it.
    pub presented: Option<RefreshToken>,
    /// Calls wait for it: the token has run out or was rejected.
    pub blocking: bool,
    /// What was known of the cookie's session when the last request was sent.
    pub cookie: Mark,
    /// Why it was started.
    pub reason: Reason,
    /// The access token it replaces was answered 401, before it began or since.
    pub rejected: bool,
    /// The record said so already: an earlier refresh brought the same text.
    known_rejected: bool,
    /// Token requests sent so far.
    pub attempts: u32,
    prompt_spent: bool,
}

/// Before each token request: the record may have changed while the refresh waited.
#[must_use]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// Present the refresh token.
    Request,
    /// Somebody else has new tokens: use them.
    UseStored,
    /// The session it belongs to is over.
    Ended,
    /// The server has not confirmed the last logout, so the cookie that may have outlived it is not tried.
    SignedOut,
}

/// What became of one token request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Outcome {
    /// The answer's class.
    pub class: GrantOutcome,
    /// No answer came at all: the server may have rotated the token.
    pub lost: bool,
    /// What `Retry-After` asks for, in ms.
    pub retry_after: Option<u64>,
}

/// What the refresh does with it.
#[must_use]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Grant {
    /// The new tokens are stored; with `true`, only the new refresh token: the access token was replaced meanwhile.
    Store(Keep),
    /// The stored tokens are newer than the answer.
    UseStored,
    /// Try again after so many ms.
    Retry(u64),
    /// Report a transient failure; the record keeps the cooldown, for all tabs.
    Failed(Cooldown),
    /// The refresh token was refused, and no newer record has come within [`super::config::Policy::grace`].
    Refused,
    /// The session it belongs to is over.
    Ended,
}

/// How long refreshes stay away after a failed one. Both are members of the [`Record`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Cooldown {
    /// Its end, as ms since the epoch: `retry_at`.
    pub until: u64,
    /// `Retry-After` set it; `forbidden` in the stored record.
    pub retry_after_set: bool,
}

/// Which access token stands after a refresh.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keep {
    /// The refreshed one.
    New,
    /// The stored one: `setTokens` gave it while the refresh ran.
    Stored,
}

impl Decisions {
    /// Opens a refresh of what `record` holds, or joins the running one; `blocking` makes calls wait for it.
    pub fn start(&mut self, record: &Record, reason: Reason, blocking: bool) -> NeedsRefresh {
        if let Some(refresh) = &mut self.refresh {
            if refresh.from == record.access {
                refresh.blocking |= blocking;
                refresh.rejected |= reason == Reason::Unauthorized;
            }
            return NeedsRefresh::No;
        }
        self.refreshes = self.refreshes.wrapping_add(1);
        self.refresh = Some(Refresh {
            id: self.refreshes,
            epoch: self.epoch,
            signin: record.signin,
            from: record.access,
            presented: record.refresh,
            blocking,
            cookie: self.cookie,
            reason,
            rejected: reason == Reason::Unauthorized,
            known_rejected: record.rejected,
            attempts: 0,
            prompt_spent: false,
        });
        NeedsRefresh::Start
    }

    /// Whether a failed refresh forbids another one for now. An end that lies further ahead than any cooldown lasts was
    /// written by a clock that was wrong, and counts for nothing.
    #[must_use]
    pub const fn cooling(&self, record: &Record, now: u64) -> bool {
        let longest = if record.retry_after_set { DAY_MS } else { LONGEST_COOLDOWN_MS };
        record.retry_at > now && record.retry_at - now <= longest as u64
    }

    /// Whether `Retry-After` forbids even a refresh by hand.
    #[must_use]
    pub const fn retry_after_set(&self, record: &Record, now: u64) -> bool {
        record.retry_after_set && self.cooling(record, now)
    }

    /// May the refresh `id` send its request? Asked before each one.
    pub fn on_turn(&mut self, id: u32, record: &Record) -> Turn {
        let (epoch, cookie) = (self.epoch, self.cookie);
        let Some(refresh) = &mut self.refresh else {
            return Turn::Ended;
        };
        if refresh.id != id || refresh.epoch != epoch {
            return Turn::Ended;
        }
        if record.unconfirmed {
            return Turn::SignedOut;
        }
        let brought_again = record.rejected && !refresh.known_rejected;
        if record.refresh != refresh.presented || record.access != refresh.from || brought_again {
            return if record.signed_in() { Turn::UseStored } else { Turn::Ended };
        }
        refresh.cookie = cookie;
        refresh.attempts += 1;
        Turn::Request
    }

    /// The token request of refresh `id` has ended; a refusal, after [`super::config::Policy::grace`]. `jitter` is from
    /// 0 up to 1.
    pub fn on_grant(&mut self, id: u32, outcome: Outcome, record: &Record, now: u64, jitter: f64) -> Grant {
        let (epoch, cookie) = (self.epoch, self.cookie);
        let attempts = self.policy.attempts;
        let Some(refresh) = &mut self.refresh else {
            return Grant::Ended;
        };
        if refresh.id != id || refresh.epoch != epoch {
            return Grant::Ended;
        }
        let overtaken = record.refresh != refresh.presented
            || (refresh.presented.is_none() && (record.access != refresh.from || record.signin != refresh.signin));
        if overtaken {
            return if record.signed_in() { Grant::UseStored } else { Grant::Ended };
        }
        match outcome.class {
            // Without a session: the tokens of one that has ended since, or that another has followed.
            GrantOutcome::Tokens if refresh.from.is_none() && refresh.cookie.epoch != cookie.epoch => Grant::Retry(0),
            GrantOutcome::Tokens => {
                Grant::Store(if record.signin == refresh.signin { Keep::New } else { Keep::Stored })
            }
            // The server has judged a cookie that has been replaced since: the new one is to be presented.
            GrantOutcome::Refused if refresh.cookie != cookie => Grant::Retry(0),
            GrantOutcome::Refused => Grant::Refused,
            GrantOutcome::Transient => {
                let wait = outcome.retry_after.unwrap_or(0);
                if refresh.attempts >= attempts || wait as f64 > LONGEST_WAIT_MS {
                    return self.on_failed(outcome.retry_after, now);
                }
                let prompt = outcome.lost && !refresh.prompt_spent;
                let backed_off = refresh.attempts - u32::from(refresh.prompt_spent);
                refresh.prompt_spent |= prompt;
                let delay = if prompt { 0 } else { delay_ms(backed_off, jitter) as u64 };
                Grant::Retry(delay.max(wait))
            }
            GrantOutcome::Permanent => self.on_failed(outcome.retry_after, now),
        }
    }

    /// What the record says after the running refresh: `same_text` where it brought the text of the access token that
    /// it was to replace. Tokens that no call is accepted with are refreshed at the pace of failures, whatever the
    /// server answers.
    #[must_use]
    pub fn refreshed(&self, record: &Record, same_text: bool, now: u64, expires_at: Option<u64>) -> Record {
        let unaccepted = record.unaccepted.saturating_add(1);
        let throttled = unaccepted.checked_sub(UNACCEPTED_REFRESHES).map(|more| now + cooldown_ms(more + 1) as u64);
        let rejected = record.rejected || self.refresh.as_ref().is_some_and(|refresh| refresh.rejected);
        Record {
            received_at: now,
            expires_at,
            accepted: same_text && record.accepted,
            rejected: same_text && rejected,
            unaccepted,
            suspended: false,
            retry_at: throttled.unwrap_or(0),
            retry_after_set: false,
            ..*record
        }
    }

    fn on_failed(&mut self, retry_after: Option<u64>, now: u64) -> Grant {
        self.failures = self.failures.saturating_add(1);
        let wait = retry_after.unwrap_or(0).max(cooldown_ms(self.failures) as u64);
        Grant::Failed(Cooldown { until: now + wait, retry_after_set: retry_after.is_some() })
    }

    /// The refresh `id` is over, whatever became of it; with `refreshed`, the failures before it are forgotten.
    pub fn finish(&mut self, id: u32, refreshed: bool) {
        if self.refresh.as_ref().is_none_or(|refresh| refresh.id != id) {
            return;
        }
        self.refresh = None;
        if refreshed {
            self.untried = self.seen.access.map(|token| (token, id));
            self.failures = 0;
        }
    }

    /// When a refresh ahead of expiry is due, as ms since the epoch; none where none is to be made.
    #[must_use]
    pub fn due(&self, record: &Record) -> Option<u64> {
        if self.refresh.is_some() || !record.signed_in() || !self.can_refresh(record) {
            return None;
        }
        let expires_at = record.expires_at?;
        let lifetime = expires_at.checked_sub(record.received_at).filter(|lifetime| *lifetime > 0)?;
        let leeway = leeway_ms(self.policy.leeway as f64, Some(lifetime as f64)) as u64;
        Some(expires_at.saturating_sub(leeway).max(record.retry_at))
    }

    /// The network is back: the end of a cooldown that no `Retry-After` set. True where the record has one to clear.
    #[must_use]
    pub const fn on_online(&self, record: &Record, now: u64) -> bool {
        self.cooling(record, now) && !record.retry_after_set
    }
}
