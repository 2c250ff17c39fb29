//! Faults that are put in on purpose, each found. The same worlds without a fault are gone through in `checks`.

use super::checks::{FREEZE, LOGOUT, TWO};
use super::copies::{COPIED, DUPLICATED};
use super::model::{Budget, NONE, explore};
use super::pages::{GOOD, HIDE, UNLOAD};
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
fn in_a_session_in_cookies_a_record_read_without_waiting_is_found() {
    finds(Fault::SkipsCatchUp, Setup { in_cookies: true, ..TWO }, CALL, TWICE);
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

#[test]
fn a_lock_that_is_released_before_the_mark_is_committed_is_found() {
    finds(Fault::ReleasesBeforeTheCommit, TWO, CALL, TWICE);
}

#[test]
fn a_refresh_that_goes_on_after_the_end_of_its_session_is_found() {
    finds(Fault::KeepsTheOvertakenRefresh, TWO, CALL.and(LOGOUT), "every refresh comes to an end");
}

#[test]
fn a_frozen_page_that_keeps_its_lock_is_found() {
    let rule = "a page that is put away keeps no lock and no place in the queue";
    finds(Fault::KeepsTheLockWhenFrozen, TWO, CALL.and(FREEZE), rule);
    finds(Fault::KeepsTheLockWhenFrozen, TWO, CALL.and(HIDE), rule);
}

#[test]
fn a_page_that_comes_back_and_does_not_ask_for_the_lock_again_is_found() {
    let rule = "every refresh comes to an end";
    finds(Fault::ForgetsToQueueAgain, TWO, CALL.and(FREEZE), rule);
    finds(Fault::ForgetsToQueueAgain, TWO, CALL.and(HIDE), rule);
}

#[test]
fn a_refusal_that_counts_at_once_is_found() {
    let setup = Setup { forgiving: true, slow_server: true, burst: 1, ..TWO };
    finds(Fault::CountsRefusalsAtOnce, setup, CALL.and(FREEZE), "nobody is signed out wrongly");
}

#[test]
fn a_request_that_outlives_its_session_is_found() {
    let setup = Setup { slow_server: true, ..TWO };
    finds(Fault::LeavesTheRequest, setup, CALL.and(LOGOUT), "no token request outlives its refresh");
}

#[test]
fn a_token_request_that_is_sent_again_while_the_page_is_left_is_found() {
    let setup = Setup { slow_server: true, ..TWO };
    let rule = "a token request that an unload broke off is not sent again at once";
    finds(Fault::RetriesWhileUnloading, setup, CALL.and(UNLOAD), rule);
}

#[test]
fn a_call_that_is_aborted_and_stays_in_the_queue_is_found() {
    let setup = Setup { requests: true, ..TWO };
    finds(Fault::KeepsDroppedCalls, setup, Budget { aborts: 1, ..CALL }, "whoever is asked again waits");
}

#[test]
fn an_answer_that_is_given_to_its_caller_after_the_end_of_its_session_is_found() {
    let setup = Setup { requests: true, slow_events: true, ..TWO };
    let rule = "no answer of an ended session reaches its caller";
    finds(Fault::AnswersAfterTheEnd, setup, CALL.and(LOGOUT), rule);
}

#[test]
fn a_canary_that_nobody_is_asked_again_after_is_found() {
    let setup = Setup { requests: true, burst: 1, ..TWO };
    let budget = Budget { calls: 2, ..NONE };
    finds(Fault::WakesNobodyAfterTheCanary, setup, budget, "every call of a live tab settles");
}

#[test]
fn a_call_that_a_refresh_releases_from_its_step_up_is_found() {
    let rule = "a call that was asked for more waits for a sign-in";
    finds(Fault::RefreshAnswersStepUp, GOOD, Budget { calls: 1, challenges: 1, ..NONE }, rule);
}

#[test]
fn an_event_that_tells_of_what_is_over_is_found() {
    let setup = Setup { listener: true, slow_events: true, ..TWO };
    let budget = Budget { logouts: 1, sign_ins: 1, ..NONE };
    finds(Fault::NotifiesOfWhatIsOver, setup, budget, "listeners are told of no session that is over");
}

#[test]
fn a_duplicated_tab_that_keeps_the_copied_tokens_is_found() {
    finds(Fault::KeepsTheCopy, COPIED, CALL.and(DUPLICATED), TWICE);
}

#[test]
fn a_call_that_goes_out_before_it_is_known_whose_the_record_is_is_found() {
    let rule = "nothing is sent before it is known whose the record is";
    let setup = Setup { requests: true, expired: false, ..COPIED };
    finds(Fault::SendsBeforeTheClaim, setup, CALL.and(DUPLICATED), rule);
    finds(Fault::SendsBeforeTheClaim, COPIED, CALL.and(DUPLICATED), TWICE);
}
