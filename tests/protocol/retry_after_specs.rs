//! `Retry-After`: seconds, a date, or nonsense.

use authfetch::protocol::backoff::retry_after_ms;
use proptest::prelude::*;

const NOW: f64 = 1_800_000_000_000.0;
const DAY: f64 = 86_400_000.0;

fn read(value: &str) -> Option<f64> {
    retry_after_ms(value, NOW, |_| f64::NAN)
}

#[test]
fn a_number_is_seconds() {
    assert_eq!(read("0"), Some(0.0));
    assert_eq!(read("3"), Some(3_000.0));
    assert_eq!(read(" 120 "), Some(120_000.0));
    assert_eq!(read("007"), Some(7_000.0));
}

#[test]
fn a_date_counts_from_now_and_a_past_one_is_no_wait() {
    let date = "Fri, 15 Jan 2027 08:00:10 GMT";
    assert_eq!(retry_after_ms(date, NOW, |_| NOW + 10_000.0), Some(10_000.0));
    assert_eq!(retry_after_ms(date, NOW, |_| NOW - 10_000.0), Some(0.0));
}

#[test]
fn a_day_is_the_most() {
    assert_eq!(read("86401"), Some(DAY));
    assert_eq!(read(&"9".repeat(1_000)), Some(DAY));
    assert_eq!(retry_after_ms("Fri, 15 Jan 2100 08:00:00 GMT", NOW, |_| f64::INFINITY), Some(DAY));
}

#[test]
fn nonsense_asks_for_nothing() {
    for nonsense in ["", "  ", "-1", "+1", "1.5", "1,5", "1e3", "0x10", "soon", "1 s", "\u{0663}", "\"3\"", "NaN"] {
        assert_eq!(read(nonsense), None, "{nonsense}");
    }
}

#[test]
fn what_is_no_date_never_reaches_the_engine_s_parser() {
    assert_eq!(retry_after_ms("-1", NOW, |_| panic!("a number is no date")), None);
    assert_eq!(retry_after_ms("12", NOW, |_| panic!("seconds are no date")), Some(12_000.0));
}

proptest! {
    #[test]
    fn whatever_is_read_is_a_wait_of_a_day_at_most(value in ".*", date in any::<f64>()) {
        if let Some(wait) = retry_after_ms(&value, NOW, |_| date) {
            prop_assert!((0.0..=DAY).contains(&wait));
        }
    }
}
