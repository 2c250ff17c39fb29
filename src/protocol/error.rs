//! The codes of our errors. What the network or the caller's signal rejected with is never wrapped in one.

/// Why the package itself rejects.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Code {
    /// The app, in this tab or another, ended the session.
    LoggedOut,
    /// The authorization server or the API ended the session.
    SessionExpired,
    /// A refresh failed for a transient reason, or for good; the session is kept.
    RefreshFailed,
    /// There is no session.
    SignedOut,
    /// The caller gave an option that cannot be used.
    InvalidOptions,
}

impl Code {
    /// The stable text of `AuthFetchError.code`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LoggedOut => "logged_out",
            Self::SessionExpired => "session_expired",
            Self::RefreshFailed => "refresh_failed",
            Self::SignedOut => "signed_out",
            Self::InvalidOptions => "invalid_options",
        }
    }

    /// What the message says; it never holds the word "fetch" (a client relabels those), nor anything of a token.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::LoggedOut => "The session was ended by a logout.",
            Self::SessionExpired => "The session has expired; sign in again.",
            Self::RefreshFailed => "The access token could not be renewed; the session is kept.",
            Self::SignedOut => "There is no session; sign in first.",
            Self::InvalidOptions => "An option cannot be used.",
        }
    }
}
