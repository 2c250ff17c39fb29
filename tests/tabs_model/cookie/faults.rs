//! Faults that are put in on purpose, each found. The same worlds without a fault are gone through too.

use super::Setup;
use super::chances::{Budget, Chance};
use super::checks::{
    CALLS, FREEZE, GENERATIONS, LOGOUT, NO_LOCKS, OFFLINE_LOGOUT, OPENED, PUT_AWAY, REFRESHES, SAME_TEXT, SIGN_IN,
    SLOW, TWO,
};
use super::model::explore;
use authfetch::protocol::fault::Fault;

fn finds(fault: Fault, setup: Setup, budget: Budget, rule: &'static str) {
    let name = format!("{fault:?}");
    assert_eq!(explore(&format!("{name} without it"), setup, budget).breach, None, "{name}");
    assert_eq!(explore(&name, Setup { fault: Some(fault), ..setup }, budget).breach, Some(rule), "{name}");
}

#[test]
fn a_refresh_without_the_lock_is_found() {
    let rule = "no refresh token is presented twice unless an answer was lost";
    finds(Fault::TakesNoLockForTheCookie, TWO, REFRESHES, rule);
}

#[test]
fn a_refusal_that_counts_although_another_tab_has_replaced_the_cookie_is_found() {
    let setup = Setup { no_locks: true, lenient: true, ..TWO };
    finds(Fault::CountsRefusalsOfAnOldCookie, setup, REFRESHES, "nobody is signed out wrongly");
}

#[test]
fn a_tab_that_comes_back_and_does_not_read_the_mark_is_found() {
    let rule = "all live tabs agree on the session of the cookie";
    finds(Fault::ResumesWithoutTheMark, TWO, PUT_AWAY.and(LOGOUT), rule);
}

#[test]
fn a_mark_that_is_not_read_again_when_the_answer_has_come_is_found() {
    let setup = Setup { joined: false, ..TWO };
    finds(Fault::ReadsTheMarkOnce, setup, REFRESHES.and(SIGN_IN), "nothing is sent as another user");
}

#[test]
fn a_tab_that_begins_a_session_of_its_own_with_the_cookie_of_others_is_found() {
    finds(Fault::JoinsNoEpoch, Setup { joined: false, ..TWO }, REFRESHES, "nobody is signed out wrongly");
}

#[test]
fn tokens_of_a_session_that_another_has_followed_meanwhile_are_found() {
    let budget = Budget::of(Chance::Refresh, 1).and(LOGOUT).and(SIGN_IN);
    let setup = Setup { joined: false, ..TWO };
    finds(Fault::TakesTokensOfAnotherSession, setup, budget, "no tab is left in the session of another user");
}

#[test]
fn a_cookie_that_is_tried_after_a_logout_which_the_server_has_not_confirmed_is_found() {
    let setup = Setup { unopened: 1, ..TWO };
    let rule = "a cookie that has outlived a logout is not tried";
    finds(Fault::TriesTheUnconfirmedCookie, setup, OPENED.and(OFFLINE_LOGOUT), rule);
}

#[test]
fn a_page_that_is_put_away_with_the_lock_is_found() {
    finds(Fault::KeepsTheLockWhenFrozen, TWO, REFRESHES.and(FREEZE), "every refresh comes to an end");
}

#[test]
fn a_page_that_comes_back_and_does_not_ask_for_the_lock_again_is_found() {
    finds(Fault::ForgetsToQueueAgain, TWO, Budget::of(Chance::Refresh, 2).and(FREEZE), "every refresh comes to an end");
}

#[test]
fn a_cookie_that_was_replaced_with_the_same_access_token_and_is_not_counted_is_found() {
    let rule = "nobody is signed out wrongly";
    finds(Fault::MissesTheCookieOfTheSameText, NO_LOCKS, REFRESHES.and(SAME_TEXT), rule);
}

#[test]
fn a_logout_that_is_told_only_once_is_found() {
    let rule = "a logout that was not confirmed is told again";
    finds(Fault::ForgetsTheUnconfirmedLogout, TWO, OFFLINE_LOGOUT, rule);
    finds(Fault::ForgetsTheUnconfirmedLogout, Setup { unopened: 1, ..TWO }, OPENED.and(OFFLINE_LOGOUT), rule);
}

#[test]
fn a_confirmation_that_is_taken_for_that_of_another_logout_is_found() {
    let budget = LOGOUT.and(LOGOUT).and(SIGN_IN).with(Chance::Refresh, 1).with(Chance::LoseRevocation, 1);
    let setup = Setup { tabs: 1, ..TWO };
    finds(Fault::TakesAnyConfirmation, setup, budget, "a cookie that has outlived a logout is not tried");
}

#[test]
fn a_page_that_goes_on_with_a_stolen_lock_is_found() {
    let rule = "no refresh token is presented twice unless an answer was lost";
    finds(Fault::IgnoresTheStolenLock, SLOW, REFRESHES.with(Chance::Hang, 1), rule);
}

#[test]
fn a_request_that_goes_on_after_the_session_has_ended_is_found() {
    let setup = Setup { joined: false, ..TWO };
    let rule = "no refresh token is presented twice unless an answer was lost";
    finds(Fault::LeavesTheRequest, setup, REFRESHES.and(SIGN_IN), rule);
}

#[test]
fn a_refresh_that_goes_on_after_a_sign_in_is_found() {
    let setup = Setup { joined: false, ..TWO };
    finds(Fault::KeepsTheOvertakenRefresh, setup, REFRESHES.and(SIGN_IN), "every refresh comes to an end");
}

#[test]
fn a_refusal_that_does_not_wait_for_another_tab_is_found() {
    finds(Fault::CountsRefusalsAtOnce, NO_LOCKS, REFRESHES, "nobody is signed out wrongly");
}

#[test]
fn calls_that_wait_for_ever_are_found() {
    let budget = CALLS.with(Chance::DropCall, 1);
    for fault in [Fault::WakesNobodyAfterTheCanary, Fault::KeepsDroppedCalls] {
        finds(fault, TWO, budget, "every call comes to an end");
    }
}

#[test]
fn a_request_that_is_sent_again_by_a_page_that_is_being_left_is_found() {
    let rule = "a page that is being left asks for no tokens at once";
    finds(Fault::RetriesWhileUnloading, SLOW, REFRESHES.with(Chance::Unload, 1), rule);
}

#[test]
fn a_generation_of_another_tab_that_is_not_taken_over_is_found() {
    let rule = "a generation that another tab has brought is not refreshed";
    finds(Fault::MissesGenerations, GENERATIONS, CALLS, rule);
}

#[test]
fn a_session_in_cookies_that_one_endpoint_ends_is_found() {
    finds(Fault::EndsAtOneEndpoint, GENERATIONS, CALLS.with(Chance::Reject, 1), "nobody is signed out wrongly");
}
