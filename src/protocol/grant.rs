//! What a token endpoint's answer means (RFC 6749 §5.1, §5.2), or the `Response` that a refresh function returns.
//!
//! Whoever refuses says 401, or one of the known `error`s. A client that is wrong, a gateway and nonsense end no
//! session.

use super::challenge;

/// The answer's body, as far as it matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Body<'a> {
    /// None, or something that is not JSON: a framework's text, a firewall's or a proxy's page.
    NotJson,
    /// Nothing that matters: what has been granted is in cookies.
    InCookies,
    /// A refusal of the value against request forgery, which says nothing of the session.
    CsrfFailure,
    /// JSON.
    Json {
        /// Its `error`, where that is a string.
        error: Option<&'a str>,
        /// It has an `access_token` that can stand in a header.
        usable: bool,
        /// Its `token_type` is one that can be sent.
        sendable: bool,
        /// It is an object, not a list or a bare value.
        object: bool,
    },
}

/// An answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Answer<'a> {
    /// Its status; 0 for an opaque redirect.
    pub status: u16,
    /// It was a redirect, which is never followed.
    pub opaque_redirect: bool,
    /// Its `WWW-Authenticate`; empty where there is none, or where another origin does not expose it.
    pub www_authenticate: &'a str,
    /// Its body.
    pub body: Body<'a>,
}

/// What it means.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum GrantOutcome {
    /// New tokens.
    Tokens,
    /// The refresh token is no longer good.
    Refused,
    /// It may be different in a while.
    Transient,
    /// Trying again would change nothing, or present a spent token; the session is kept.
    Permanent,
}

impl Answer<'_> {
    const fn error(&self) -> &str {
        match self.body {
            Body::Json { error: Some(error), .. } => error,
            Body::Json { .. } | Body::NotJson | Body::InCookies | Body::CsrfFailure => "",
        }
    }

    fn is_transient(&self) -> bool {
        matches!(self.status, 408 | 425 | 429 | 500..=599)
            || matches!(self.error(), "temporarily_unavailable" | "server_error" | "slow_down")
    }

    /// Whether `isRefused` is asked about it.
    #[must_use]
    pub fn may_be_refused(&self) -> bool {
        matches!(self.status, 400..=499)
            && self.status != 407
            && !matches!(self.body, Body::CsrfFailure)
            && !self.is_transient()
    }
}

impl GrantOutcome {
    /// The same answer's meaning, after `isRefused` has spoken.
    #[must_use]
    pub fn overruled(self, refused: bool) -> Self {
        match self {
            _ if refused => Self::Refused,
            Self::Refused => Self::Permanent,
            Self::Tokens | Self::Transient | Self::Permanent => self,
        }
    }
}

/// Classifies an answer. Where no rule names it, it is one that keeps the session.
#[must_use]
pub fn classify(answer: &Answer<'_>) -> GrantOutcome {
    if answer.opaque_redirect || answer.status == 0 || matches!(answer.body, Body::CsrfFailure) {
        return GrantOutcome::Permanent;
    }
    if answer.is_transient() {
        return GrantOutcome::Transient;
    }
    match answer.status {
        200..=299 => success(&answer.body),
        400 | 401 | 403 if is_refusal(answer.error()) => GrantOutcome::Refused,
        401 if !is_of_client(answer.error()) && !challenge::is_of_gateway(answer.www_authenticate) => {
            GrantOutcome::Refused
        }
        403 if matches!(answer.body, Body::NotJson) => GrantOutcome::Transient,
        _ => GrantOutcome::Permanent,
    }
}

fn success(body: &Body<'_>) -> GrantOutcome {
    match body {
        Body::Json { usable: true, sendable: true, object: true, error: None } | Body::InCookies => {
            GrantOutcome::Tokens
        }
        Body::Json { .. } | Body::NotJson | Body::CsrfFailure => GrantOutcome::Permanent,
    }
}

/// The refresh token is refused, or cannot be used without the user.
fn is_refusal(error: &str) -> bool {
    matches!(
        error,
        "invalid_grant"
            | "interaction_required"
            | "login_required"
            | "consent_required"
            | "access_denied"
            | "bad_token"
    )
}

/// The client or its request is wrong: that says nothing of the refresh token (RFC 6749 §5.2, RFC 9449 §5, §8).
fn is_of_client(error: &str) -> bool {
    matches!(
        error,
        "invalid_client"
            | "unauthorized_client"
            | "invalid_request"
            | "unsupported_grant_type"
            | "invalid_scope"
            | "use_dpop_nonce"
            | "invalid_dpop_proof"
    )
}
