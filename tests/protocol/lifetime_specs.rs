//! One contract for expiry: from receipt, in seconds, by a clock that may be wrong.

use authfetch::protocol::lifetime::{Freshness, expires_at_ms, freshness, leeway_ms, lifetime_ms, recipe_expiry_ms};
use proptest::prelude::*;

const NOW: f64 = 1_800_000_000_000.0;

#[test]
fn a_lifetime_is_seconds_and_nonsense_is_unknown() {
    assert_eq!(lifetime_ms(Some(3_600.0)), Some(3_600_000.0));
    assert_eq!(lifetime_ms(Some(0.5)), Some(500.0));
    assert_eq!(lifetime_ms(Some(315_360_000.0)), Some(315_360_000_000.0));
    for nonsense in [0.0, -1.0, 315_360_001.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(lifetime_ms(Some(nonsense)), None, "{nonsense}");
    }
    assert_eq!(lifetime_ms(None), None);
}

#[test]
fn a_lifetime_too_short_for_the_clock_is_unknown_and_not_refreshed_for_ever() {
    assert_eq!(lifetime_ms(Some(0.000_4)), None);
}

#[test]
fn expires_in_counts_from_receipt_and_wins_over_a_jwt() {
    assert_eq!(expires_at_ms(NOW, Some(60.0), None), Some(NOW + 60_000.0));
    assert_eq!(expires_at_ms(NOW, Some(60.0), Some((9e9, Some(0.0)))), Some(NOW + 60_000.0));
}

#[test]
fn the_exp_of_a_jwt_is_corrected_by_its_iat() {
    let an_hour_ahead = NOW / 1_000.0 + 3_600.0;
    let claims = Some((an_hour_ahead + 300.0, Some(an_hour_ahead)));
    assert_eq!(expires_at_ms(NOW, None, claims), Some(NOW + 300_000.0));
}

#[test]
fn the_exp_of_a_jwt_without_iat_is_taken_as_it_stands() {
    assert_eq!(expires_at_ms(NOW, None, Some((NOW / 1_000.0 + 300.0, None))), Some(NOW + 300_000.0));
    assert_eq!(expires_at_ms(NOW, None, Some((NOW / 1_000.0 - 300.0, None))), None);
}

#[test]
fn an_unusable_expires_in_leaves_the_word_to_the_jwt() {
    let claims = Some((NOW / 1_000.0 + 300.0, None));
    assert_eq!(expires_at_ms(NOW, Some(-1.0), claims), Some(NOW + 300_000.0));
    assert_eq!(expires_at_ms(NOW, None, None), None);
}

#[test]
fn a_token_is_fresh_then_expiring_then_expired() {
    let at = |now| freshness(now, NOW, Some(NOW + 100_000.0), 30_000.0);
    assert_eq!(at(NOW), Freshness::Fresh);
    assert_eq!(at(NOW + 69_999.0), Freshness::Fresh);
    assert_eq!(at(NOW + 70_000.0), Freshness::Expiring);
    assert_eq!(at(NOW + 99_999.0), Freshness::Expiring);
    assert_eq!(at(NOW + 100_000.0), Freshness::Expired);
}

#[test]
fn a_short_lived_token_is_not_refreshed_before_half_its_lifetime() {
    assert_eq!(leeway_ms(30_000.0, Some(2_000.0)), 1_000.0);
    assert_eq!(leeway_ms(30_000.0, Some(600_000.0)), 30_000.0);
    assert_eq!(leeway_ms(30_000.0, None), 30_000.0);
    let at = |now| freshness(now, NOW, Some(NOW + 2_000.0), 30_000.0);
    assert_eq!(at(NOW + 999.0), Freshness::Fresh);
    assert_eq!(at(NOW + 1_000.0), Freshness::Expiring);
}

#[test]
fn a_token_of_unknown_lifetime_is_always_fresh() {
    assert_eq!(freshness(f64::MAX, NOW, None, 30_000.0), Freshness::Fresh);
}

#[test]
fn a_clock_set_back_to_before_the_receipt_makes_a_token_no_older() {
    assert_eq!(freshness(NOW - 3_600_000.0, NOW, Some(NOW + 100_000.0), 30_000.0), Freshness::Fresh);
}

#[test]
fn a_record_without_a_time_of_receipt_keeps_the_full_leeway() {
    assert_eq!(freshness(NOW - 20_000.0, 0.0, Some(NOW), 30_000.0), Freshness::Expiring);
    assert_eq!(freshness(NOW - 40_000.0, 0.0, Some(NOW), 30_000.0), Freshness::Fresh);
}

#[test]
fn the_recipe_s_expiry_is_read_in_seconds_milliseconds_or_as_a_date() {
    let no_date = |_: &str| f64::NAN;
    assert_eq!(recipe_expiry_ms("1800000000", no_date), Some(NOW));
    assert_eq!(recipe_expiry_ms(" 1800000000000 ", no_date), Some(NOW));
    assert_eq!(recipe_expiry_ms("2027-01-15T08:00:00Z", |_| NOW), Some(NOW));
    for nonsense in ["", "  ", "undefined", "NaN", "[object Object]", "-5"] {
        assert_eq!(recipe_expiry_ms(nonsense, no_date), None, "{nonsense}");
    }
    assert_eq!(recipe_expiry_ms("0", no_date), None);
    assert_eq!(recipe_expiry_ms(&"9".repeat(400), no_date), None);
}

proptest! {
    #[test]
    fn any_expiry_that_is_known_lies_after_the_receipt(
        seconds in any::<f64>(),
        exp in any::<f64>(),
        iat in any::<Option<f64>>(),
    ) {
        if let Some(at) = expires_at_ms(NOW, Some(seconds), Some((exp, iat))) {
            prop_assert!(at > NOW && at <= NOW + 315_360_000_000.0);
        }
    }
}
