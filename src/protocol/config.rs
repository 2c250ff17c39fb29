//! The options that decide, parsed once. What each means for a user is in docs/api.md.

use super::fault::Faults;
use super::token::Record;

/// A call made without a session.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum SignedOut {
    /// It is sent without a token.
    #[default]
    Send,
    /// It is rejected with `signed_out`.
    Reject,
}

/// The token endpoint refused the refresh token.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum OnSessionExpired {
    /// The session ends, every pending call fails together.
    #[default]
    Logout,
    /// Calls wait for a sign-in or a logout.
    Hold,
    /// Calls go out without a token until the next sign-in.
    PassThrough,
}

/// The retried request was answered 401 too.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum OnRetryRejected {
    /// The session ends only where no token of it can be told to be good.
    #[default]
    Auto,
    /// The session ends.
    Logout,
    /// The caller gets the 401.
    Return,
}

/// What a refresh needs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Refreshable {
    /// No `refresh` is set: tokens are never refreshed.
    #[default]
    Never,
    /// A stored refresh token.
    WithToken,
    /// Nothing stored: a refresh function, or a cookie may hold the refresh token.
    Always,
}

/// What a call proves itself with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Credential {
    /// An access token, which the page holds and sends.
    #[default]
    Bearer,
    /// Cookies that the page cannot read. In the place of the access token is a generation: a number that each refresh
    /// and each sign-in raises.
    Cookie,
}

/// Everything the machine was told at construction.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Policy {
    /// A call made without a session.
    pub signed_out: SignedOut,
    /// The refresh token was refused.
    pub on_session_expired: OnSessionExpired,
    /// The retry was answered 401 too.
    pub on_retry_rejected: OnRetryRejected,
    /// What a refresh needs.
    pub refreshable: Refreshable,
    /// What a call proves itself with.
    pub credential: Credential,
    /// Refresh ahead of expiry by this many ms.
    pub leeway: u64,
    /// Token requests before a transient failure is reported.
    pub attempts: u32,
    /// Requests that are queued behind others are cancelled once their token is known to be rejected; so many of each
    /// origin, the oldest, are taken to be on the wire, and left alone. None where none is cancelled.
    pub cancel_pending: Option<u32>,
    /// How long a refusal waits for a newer record that another tab may have written, in ms; 0 where there are no other
    /// tabs.
    pub grace: u64,
}

impl Policy {
    /// Whether the session is in cookies that the page cannot read.
    #[must_use]
    pub const fn by_cookie(&self) -> bool {
        matches!(self.credential, Credential::Cookie)
    }

    /// Whether calls are left alone while this is the record: they belong to no session, whose end they would follow.
    #[must_use]
    pub const fn leaves_alone(&self, record: &Record) -> bool {
        matches!(self.signed_out, SignedOut::Send) && !record.has_session()
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            signed_out: SignedOut::Send,
            on_session_expired: OnSessionExpired::Logout,
            on_retry_rejected: OnRetryRejected::Auto,
            refreshable: Refreshable::WithToken,
            credential: Credential::Bearer,
            leeway: 30_000,
            attempts: 3,
            cancel_pending: Some(6),
            grace: 250,
        }
    }
}

/// Who else sees the record.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Place {
    /// Every tab of the origin.
    #[default]
    Shared,
    /// This tab, and the browser copies it into a duplicated one.
    Copied,
    /// This page.
    Private,
}

impl Place {
    /// Whether other tabs see the record.
    #[must_use]
    pub const fn shared(self) -> bool {
        matches!(self, Self::Shared)
    }
}

/// What a session is set up with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Setup {
    /// The options that decide.
    pub policy: Policy,
    /// Who else sees the record.
    pub place: Place,
    /// The refresh token may be in a cookie, which other tabs present too.
    pub cookie_possible: bool,
    /// A revocation can end a session whose refresh token is in a cookie.
    pub revokes_cookie: bool,
    /// Tokens are refreshed ahead of expiry while the page can be seen.
    pub background: bool,
    /// What is done wrong on purpose; nothing in what ships.
    pub faults: Faults,
}
