//! A refresh token in a cookie belongs to the browser: what tabs that share no record know of its session.
//!
//! Each tab has an access token of its own, and gets it in turn, under one lock, with the cookie that its predecessor's
//! answer has set. What one of them may have to know of the others is a [`Mark`], committed as that of a record is: the
//! epoch, how often the cookie has been replaced in it, and whether the session has ended. It says nothing of a token.

use super::decisions::Decisions;
use super::tabs::Mark;
use super::token::Record;

/// The version of a mark whose session was ended by a logout that the server has not confirmed: the cookie may still
/// be good, and is not tried. Below it, the session goes on, and the version counts how often the cookie has been
/// replaced.
pub const UNCONFIRMED: u64 = 1 << 40;

/// The version of a mark whose session has ended, and the server knows, or is not to be told.
pub const ENDED: u64 = UNCONFIRMED + 1;

/// Whether this status of the revocation endpoint confirms the logout (RFC 7009 §2.2: also where there was nothing to
/// revoke).
#[must_use]
pub const fn confirms(status: u16) -> bool {
    status / 100 == 2
}

impl Decisions {
    /// The latest that this tab knows of the cookie's session.
    #[must_use]
    pub const fn cookie(&self) -> Mark {
        self.cookie
    }

    /// A mark was read, or signalled. Where another session has begun or this tab's has ended, what stands from now
    /// on is the tombstone returned. A record without an epoch was written by hand, and is believed.
    #[must_use]
    pub fn on_cookie_mark(&mut self, mark: Mark, record: &Record) -> Option<Record> {
        self.cookie = self.cookie.max(mark);
        let over = self.cookie >= Mark { epoch: self.epoch, version: UNCONFIRMED };
        let ends = over && record.epoch > 0 && record.refresh.is_none() && record.has_session();
        ends.then(|| Record::tombstone(self.cookie.epoch.max(self.epoch + 1)))
    }

    /// Whether the session of the cookie goes on, in a generation later than this mark.
    pub(super) fn has_later_generation(&self, known: Mark) -> bool {
        self.policy.by_cookie() && self.cookie > known && self.cookie.version < UNCONFIRMED
    }

    /// The generation that stands in the record is that of this mark: this tab has replaced nothing.
    pub(super) const fn join(&mut self, mark: Mark) {
        self.cookie = mark;
    }

    /// The epoch of a session that begins with a refresh by the cookie: that of the tabs which are signed in by it,
    /// or a new one.
    #[must_use]
    pub fn epoch_by_cookie(&self, record: &Record, now: u64) -> u64 {
        let Mark { epoch, version } = self.cookie;
        let joins = version < UNCONFIRMED && epoch > 0 && epoch >= self.epoch;
        if joins { epoch } else { self.next_epoch(record, now) }
    }

    /// Whether the server has not confirmed the logout that the mark speaks of.
    #[must_use]
    pub const fn unconfirmed(&self) -> bool {
        self.cookie.version == UNCONFIRMED
    }

    /// It has.
    pub const fn on_confirmed(&mut self) {
        self.cookie.version = ENDED;
    }

    /// The cookie has been replaced, in a session of this epoch.
    pub(super) const fn cookie_replaced(&mut self, epoch: u64) {
        let version = if epoch == self.cookie.epoch { self.cookie.version + 1 } else { 1 };
        self.cookie = Mark { epoch, version };
    }

    /// A session without a refresh token in its record has ended with this tombstone. What the server has not confirmed
    /// before, and nobody has signed in since, it has not confirmed now.
    pub(super) const fn cookie_ended(&mut self, tombstone: &Record) {
        let version = if tombstone.unconfirmed || self.unconfirmed() { UNCONFIRMED } else { ENDED };
        self.cookie = Mark { epoch: tombstone.epoch, version };
    }
}
