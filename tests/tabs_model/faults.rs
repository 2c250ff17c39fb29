//! Faults that are put in on purpose, each found. The same worlds without a fault are gone through in `checks`.

use super::checks::{LOGOUT, TWO};
use super::model::{Budget, NONE, explore};
use super::world::Setup;
use authfetch::protocol::fault::Fault;

const TWICE: &str = "no refresh token is presented twice unless an answer was lost";
const CALL: Budget = Budget { calls: 1, ..NONE };

fn finds(fault: Fault, setup: Setup, budget: Budget, rule: &'static str) {
    assert_eq!(explore(&format!("{fault:?}"), setup.with(fault), budget).breach, Some(rule), "{fault:?}");
}

#[test]
fn a_steal_that_is_taken_for_a_fence_is_found() {
    let setup = Setup { slow_server: true, grace_window: true, ..TWO };
    finds(
        Fault::StoresWhatever,
        setup,
        Budget { hangs: 1, ..CALL },
        "a late answer never replaces a newer refresh token",
    );
}

#[test]
fn a_tab_that_does_not_notice_a_stolen_lock_is_found() {
    finds(Fault::IgnoresTheStolenLock, TWO, Budget { hangs: 1, ..CALL }, TWICE);
}

#[test]
fn a_record_read_without_waiting_for_what_was_committed_is_found() {
    finds(Fault::SkipsCatchUp, TWO, CALL, TWICE);
}

#[test]
fn a_tombstone_that_stays_overwritten_is_found() {
    finds(Fault::LeavesOlderRecords, TWO, CALL.and(LOGOUT), "all live tabs agree on the record");
}

#[test]
fn a_signal_ahead_of_its_record_is_found() {
    let budget = Budget { torn: 1, ..CALL }.and(LOGOUT);
    finds(Fault::SignalsBeforeWriting, TWO, budget, "nothing is told that was not written before");
}

#[test]
fn a_note_that_makes_old_tokens_later_is_found() {
    let setup = Setup { requests: true, burst: 1, expired: false, slow_events: true, ..TWO };
    finds(Fault::NotesAreLater, setup, Budget { calls: 2, expiries: 1, ..CALL }, TWICE);
}

#[test]
fn an_end_that_is_forgotten_when_the_storage_is_cleared_is_found() {
    let budget = Budget { clears: 1, crashes: 1, ..CALL }.and(LOGOUT);
    finds(Fault::ForgetsTheEnd, TWO, budget, "all live tabs agree on the record");
}
