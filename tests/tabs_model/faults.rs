//! Faults that are put in on purpose, each found.

use super::checks::{CALL, TWO};
use super::model::{Budget, explore};
use super::world::{Fault, Setup};

fn finds(fault: Fault, setup: Setup, budget: Budget, rule: &'static str) {
    let healthy = explore("without it", setup, budget);
    assert_eq!(healthy.breach, None);
    let found = explore(&format!("{fault:?}"), Setup { fault, ..setup }, budget);
    assert_eq!(found.breach, Some(rule), "{fault:?}");
}

#[test]
fn a_steal_that_is_taken_for_a_fence() {
    let slow = Setup { slow_server: true, grace_window: true, ..TWO };
    finds(Fault::StealIsAFence, slow, Budget { hangs: 1, ..CALL }, "a late answer never replaces a newer refresh token");
}

#[test]
fn a_robbed_tab_that_does_not_feel_it() {
    finds(Fault::DoesNotFeelRobbed, TWO, Budget { hangs: 1, ..CALL }, "no refresh token is presented twice unless an answer was lost");
}

#[test]
fn a_record_read_without_waiting_for_what_was_committed() {
    finds(Fault::ReadsAtOnce, TWO, CALL, "no refresh token is presented twice unless an answer was lost");
}

#[test]
fn a_tombstone_that_stays_overwritten() {
    finds(Fault::LeavesOlderRecords, TWO, Budget { logouts: 1, ..CALL }, "all live tabs agree on the record");
}

#[test]
fn a_signal_ahead_of_its_record() {
    finds(Fault::TellsBeforeWriting, TWO, Budget { logouts: 1, torn: 1, ..CALL }, "nothing is told that was not written before");
}

#[test]
fn a_note_that_makes_old_tokens_later() {
    let setup = Setup { requests: true, burst: 1, expired: false, slow_events: true, ..TWO };
    finds(Fault::NotesAreWrites, setup, Budget { calls: 2, expiries: 1, ..CALL }, "no refresh token is presented twice unless an answer was lost");
}
