//! Tokens as the machine sees them, and the stored record.
//!
//! The machine never holds a token. It knows each by a number that its owner gave out, so it can tell whether two are
//! the same and can do nothing else: no `Debug` output, message or log of it can ever show one.

/// An access token (RFC 6749 §1.4), by number: equal numbers are equal tokens.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct AccessToken(pub u32);

/// A refresh token (RFC 6749 §1.5), by number: equal numbers are equal tokens.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct RefreshToken(pub u32);

/// What the stored record says, read afresh for each decision. The default is "nothing stored".
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Record {
    /// Grows at each sign-in from signed-out and at each end; a call belongs to the one it was made in.
    pub epoch: u64,
    /// Grows with each write of tokens or of their absence, and not with a note beside them (`accepted`, `retry_at`): a
    /// note of a tab that sees old tokens yet is not later than the new ones. Compared only within an epoch.
    pub version: u64,
    /// Counts `setTokens`.
    pub signin: u64,
    /// The access token; none when signed out or suspended.
    pub access: Option<AccessToken>,
    /// The refresh token, where it is not held in a cookie.
    pub refresh: Option<RefreshToken>,
    /// When the access token was received, in ms; 0 when that is not known.
    pub received_at: u64,
    /// When the access token expires, in ms; none when that is not known.
    pub expires_at: Option<u64>,
    /// Whether a call has been accepted with this access token, in any tab.
    pub accepted: bool,
    /// A refresh brought the text of this access token again after it was answered 401: no other is made for a 401 of
    /// it.
    pub rejected: bool,
    /// Refreshes since a call was last accepted, in any tab.
    pub unaccepted: u32,
    /// The refresh token was refused, and the session was not ended for it.
    pub suspended: bool,
    /// End of the cooldown after a failed refresh, in ms; 0 where there is none.
    pub retry_at: u64,
    /// `Retry-After` set that end: neither the network's return nor `refresh()` goes before it, in any tab.
    pub retry_after_set: bool,
    /// In a tombstone: the server has not confirmed the logout, and a cookie may outlive it.
    pub unconfirmed: bool,
}

impl Record {
    /// Whether somebody is signed in: an access token is there.
    #[must_use]
    pub const fn signed_in(&self) -> bool {
        self.access.is_some()
    }

    /// Whether there is a session: somebody is signed in, or it is suspended.
    #[must_use]
    pub const fn has_session(&self) -> bool {
        self.signed_in() || self.suspended
    }

    /// Whether it would be news that a call was accepted with its access token.
    #[must_use]
    pub const fn awaits_acceptance(&self) -> bool {
        !self.accepted || self.unaccepted > 0
    }

    /// A call was accepted with its access token.
    pub const fn note_accepted(&mut self) {
        self.accepted = true;
        self.unaccepted = 0;
    }

    /// The tombstone that ends this record's session, in `epoch`.
    #[must_use]
    pub fn tombstone(epoch: u64) -> Self {
        Self { epoch, ..Self::default() }
    }
}
