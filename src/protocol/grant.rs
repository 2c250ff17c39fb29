//! What a token endpoint's answer means (RFC 6749 §5.1, §5.2). Only a clear refusal ends a session; nonsense never does.

/// The answer's body, as far as it matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Body<'a> {
    /// No body.
    Empty,
    /// Something that is not JSON: a firewall's or a proxy's page.
    NotJson,
    /// JSON.
    Json {
        /// Its `error`, where that is a string.
        error: Option<&'a str>,
        /// It has an `error` that is no string.
        error_is_other_type: bool,
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
    /// A hand-made back end: a bare 401 is its refusal.
    pub lenient: bool,
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

/// Classifies an answer. Where no rule names it, it is one that keeps the session.
#[must_use]
pub fn classify(answer: &Answer<'_>) -> GrantOutcome {
    if answer.opaque_redirect || answer.status == 0 {
        return GrantOutcome::Permanent;
    }
    let error = match answer.body {
        Body::Json { error, .. } => error.unwrap_or(""),
        Body::Empty | Body::NotJson => "",
    };
    if matches!(error, "temporarily_unavailable" | "server_error" | "slow_down") {
        return GrantOutcome::Transient;
    }
    match answer.status {
        200..=299 => success(&answer.body),
        408 | 425 | 429 | 500..=599 => GrantOutcome::Transient,
        400 | 401 | 403 => refusal(answer, error),
        _ => GrantOutcome::Permanent,
    }
}

fn success(body: &Body<'_>) -> GrantOutcome {
    match body {
        Body::Json { usable: true, sendable: true, object: true, error: None, .. } => GrantOutcome::Tokens,
        Body::Json { .. } | Body::Empty | Body::NotJson => GrantOutcome::Permanent,
    }
}

fn refusal(answer: &Answer<'_>, error: &str) -> GrantOutcome {
    let named = matches!(
        error,
        "invalid_grant"
            | "interaction_required"
            | "login_required"
            | "consent_required"
            | "access_denied"
            | "bad_token"
    );
    let bare = match answer.body {
        Body::Empty => true,
        Body::NotJson => false,
        Body::Json { error, .. } => error.is_none(),
    };
    if named || (answer.status == 401 && (error == "invalid_request" || (answer.lenient && bare))) {
        return GrantOutcome::Refused;
    }
    match answer.body {
        Body::NotJson | Body::Empty if answer.status != 400 => GrantOutcome::Transient,
        Body::NotJson | Body::Empty | Body::Json { .. } => GrantOutcome::Permanent,
    }
}
