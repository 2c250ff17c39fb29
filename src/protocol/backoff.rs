//! When to try again after a transient failure. Chance and the clock are numbers given from outside.

/// The longest `Retry-After` that is waited for, in ms; a longer one ends the attempts.
pub const LONGEST_WAIT_MS: f64 = 30_000.0;
const FIRST_DELAY_MS: f64 = 500.0;
const LONGEST_DELAY_MS: f64 = 10_000.0;
const FIRST_COOLDOWN_MS: f64 = 1_000.0;
/// The longest cooldown that no `Retry-After` has set, in ms.
pub const LONGEST_COOLDOWN_MS: f64 = 30_000.0;
/// The longest that `Retry-After` is believed, in ms.
pub const DAY_MS: f64 = 86_400_000.0;

fn doubled(first: f64, failures: u32, longest: f64) -> f64 {
    let mut value = first;
    for _ in 1..failures.min(16) {
        value *= 2.0;
    }
    value.min(longest)
}

/// The delay before the next attempt, in ms, with full jitter: `jitter` is a number from 0 up to 1.
#[must_use]
pub fn delay_ms(failures: u32, jitter: f64) -> f64 {
    doubled(FIRST_DELAY_MS, failures, LONGEST_DELAY_MS) * jitter.clamp(0.0, 1.0)
}

/// How long a failed refresh keeps others away, in ms.
#[must_use]
pub fn cooldown_ms(failures: u32) -> f64 {
    doubled(FIRST_COOLDOWN_MS, failures, LONGEST_COOLDOWN_MS)
}

/// `Retry-After` (RFC 9110 §10.2.3) in ms from now, a day at most; none where it is neither a number of seconds nor a
/// date. `parse_date` gives ms since the Unix epoch, or NaN.
#[must_use]
pub fn retry_after_ms(value: &str, now_ms: f64, parse_date: impl FnOnce(&str) -> f64) -> Option<f64> {
    let value = value.trim_ascii();
    let first = value.bytes().next()?;
    let wait = if value.bytes().all(|byte| byte.is_ascii_digit()) {
        value.bytes().fold(0.0, |sum, digit| sum * 10.0 + f64::from(digit - b'0')) * 1_000.0
    } else if first.is_ascii_alphabetic() {
        parse_date(value) - now_ms
    } else {
        return None;
    };
    (!wait.is_nan()).then(|| wait.clamp(0.0, DAY_MS))
}
