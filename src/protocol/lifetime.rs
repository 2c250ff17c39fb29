//! What the clock says of an access token. It is a hint: a 401 always wins.

/// Longer lifetimes are taken for nonsense: ten years, in seconds.
const LONGEST_LIFETIME_S: f64 = 315_360_000.0;
const SHORTEST_LIFETIME_S: f64 = 0.001;
/// Fewer digits than this are seconds, more are milliseconds.
const SECONDS_BELOW: f64 = 1e11;

/// How fit a token is to be sent, by the clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Freshness {
    /// It is sent; a token of unknown lifetime is always fresh.
    Fresh,
    /// It is sent, and refreshed beside it.
    Expiring,
    /// It is refreshed before anything is sent.
    Expired,
}

/// The lifetime in ms; none where the server's number (seconds) is missing, zero, negative, unreadable or absurd, or
/// less than the clock can tell: such a token would be refreshed before each send, for ever.
#[must_use]
pub fn lifetime_ms(expires_in_seconds: Option<f64>) -> Option<f64> {
    let known = |seconds: &f64| *seconds >= SHORTEST_LIFETIME_S && *seconds <= LONGEST_LIFETIME_S;
    expires_in_seconds.filter(known).map(|seconds| seconds * 1_000.0)
}

/// When a token received at `received_at_ms` expires, by this device's clock. `expires_in` (RFC 6749 §5.1) wins; the
/// `exp` of a JWT (RFC 7519 §4.1.4) is corrected by its `iat`, so that a wrong clock does no harm.
#[must_use]
pub fn expires_at_ms(received_at_ms: f64, expires_in: Option<f64>, jwt: Option<(f64, Option<f64>)>) -> Option<f64> {
    let by_claims = |(exp, iat): (f64, Option<f64>)| lifetime_ms(Some(exp - iat.unwrap_or(received_at_ms / 1_000.0)));
    lifetime_ms(expires_in).or_else(|| jwt.and_then(by_claims)).map(|lifetime| received_at_ms + lifetime)
}

/// How long before expiry a token is refreshed, in ms: never before half its lifetime.
#[must_use]
pub fn leeway_ms(leeway_ms: f64, lifetime_ms: Option<f64>) -> f64 {
    lifetime_ms.map_or(leeway_ms, |lifetime| leeway_ms.min(lifetime / 2.0))
}

/// How fit a token is at `now_ms`. A device clock set back to before the receipt tells nothing, so the token counts as
/// fresh and a 401 corrects that; a record without a time of receipt (0) has no known lifetime to halve.
#[must_use]
pub fn freshness(now_ms: f64, received_at_ms: f64, expires_at_ms: Option<f64>, leeway: f64) -> Freshness {
    let Some(expires_at) = expires_at_ms else {
        return Freshness::Fresh;
    };
    let lifetime = (received_at_ms > 0.0).then_some(expires_at - received_at_ms).filter(|lifetime| *lifetime > 0.0);
    if now_ms >= expires_at {
        Freshness::Expired
    } else if now_ms >= expires_at - leeway_ms(leeway, lifetime) {
        Freshness::Expiring
    } else {
        Freshness::Fresh
    }
}

/// The expiry that the interceptor recipe stored, as ms since the Unix epoch: an ISO date, or digits, which are seconds
/// below 10¹¹ and milliseconds from there on. `parse_date` gives ms or NaN.
#[must_use]
pub fn recipe_expiry_ms(text: &str, parse_date: impl FnOnce(&str) -> f64) -> Option<f64> {
    let text = text.trim_ascii();
    if text.is_empty() {
        return None;
    }
    let at = if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number = text.bytes().fold(0.0, |sum, digit| sum * 10.0 + f64::from(digit - b'0'));
        if number < SECONDS_BELOW { number * 1_000.0 } else { number }
    } else {
        parse_date(text)
    };
    (at > 0.0 && at < 1e15).then_some(at)
}
