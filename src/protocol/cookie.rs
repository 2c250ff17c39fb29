//! A refresh token in a cookie belongs to the browser: what tabs that share no record know of its session.
//!
//! Each tab has an access token of its own, and gets it in turn, under one lock, with the cookie that its predecessor's answer
//! has set. What one of them may have to know of the others is in a [`CookieMark`], which is committed as the mark of a record
//! is: it says nothing of a token.

use super::session::Session;
use super::tabs::Mark;
use super::token::Record;

/// How far the session of the browser's cookie has come. Greater is later.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, PartialOrd, Ord)]
pub struct CookieMark {
    /// That of the records of all its tabs.
    pub epoch: u64,
    /// Whether it has ended. Within an epoch an end is later than any refresh.
    pub end: End,
    /// How often the cookie has been replaced in this epoch, by a refresh or a sign-in.
    pub refreshes: u64,
}

/// Whether the session has ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, PartialOrd, Ord)]
pub enum End {
    /// It goes on.
    #[default]
    None,
    /// By a logout that the server has not confirmed: the cookie may still be good, and is not tried.
    Unconfirmed,
    /// The server knows, or is not to be told.
    Known,
}

/// In the version of a committed [`Mark`] the end is above this, the refreshes are below.
const END: u64 = 1 << 40;

impl From<CookieMark> for Mark {
    fn from(mark: CookieMark) -> Self {
        Self { epoch: mark.epoch, version: mark.end as u64 * END + mark.refreshes }
    }
}

impl From<Mark> for CookieMark {
    fn from(Mark { epoch, version }: Mark) -> Self {
        let end = match version / END {
            0 => End::None,
            1 => End::Unconfirmed,
            _ => End::Known,
        };
        Self { epoch, end, refreshes: version % END }
    }
}

impl CookieMark {
    /// The cookie has been replaced, in a session of this epoch.
    #[must_use]
    pub const fn replaced(self, epoch: u64) -> Self {
        let refreshes = if epoch == self.epoch { self.refreshes + 1 } else { 1 };
        Self { epoch, end: End::None, refreshes }
    }

    /// The session has ended, in this epoch. What the server has not confirmed before, and nobody has signed in since, it has
    /// not confirmed now.
    #[must_use]
    pub fn ended(self, epoch: u64, end: End) -> Self {
        Self { epoch, end: if self.end == End::Unconfirmed { self.end } else { end }, refreshes: 0 }
    }

    /// Whether a refusal of a request that was sent when the mark was `sent` counts. Where the cookie has been replaced
    /// meanwhile the server has judged an older one, and the new one is to be presented.
    #[must_use]
    pub fn refusal_counts(self, sent: Self) -> bool {
        (self.epoch, self.refreshes) == (sent.epoch, sent.refreshes)
    }
}

/// Whether this status of the revocation endpoint confirms the logout (RFC 7009 §2.2: also where there was nothing to revoke).
#[must_use]
pub const fn confirms(status: u16) -> bool {
    matches!(status, 200..=299)
}

impl Session {
    /// What a mark that was read or signalled makes of this tab's session: its end, where another one has begun or this one
    /// has ended. The tombstone is to be written. A record without an epoch was written by hand, and is believed.
    #[must_use]
    pub fn on_cookie_mark(&self, mark: CookieMark, record: &Record) -> Option<Record> {
        let over = mark.epoch > self.epoch || (mark.epoch == self.epoch && mark.end != End::None);
        (over && record.has_session() && record.epoch > 0).then(|| Record::tombstone(mark.epoch.max(self.epoch + 1)))
    }

    /// The epoch of a sign-in by the cookie: that of the tabs that are signed in by it, or a new one. `record` has an epoch no
    /// lower than the mark's.
    #[must_use]
    pub fn epoch_by_cookie(&self, mark: CookieMark, record: &Record, now: u64) -> u64 {
        if mark.end == End::None && mark.epoch > 0 && mark.epoch >= self.epoch {
            mark.epoch
        } else {
            self.next_epoch(record, now)
        }
    }
}
