//! Pages that are left and come back, and what else befalls a session and not its tab: a step-up, a refresh ahead of
//! expiry, an abort, a logout that the server is told of, storage that is blocked.

use super::bounds::bound;
use super::checks::{CRASH, EXPIRY, FREEZE, LOGOUT, LOST_ANSWER, SIGN_IN, TWO, holds};
use super::model::{Budget, NONE};
use super::world::Setup;

pub const HIDE: Budget = Budget { hides: 1, ..NONE };
pub const UNLOAD: Budget = Budget { unloads: 1, ..NONE };
const ABORT: Budget = Budget { aborts: 1, ..NONE };
const CHALLENGE: Budget = Budget { challenges: 1, ..NONE };
const TIMEOUT: Budget = Budget { timeouts: 1, ..NONE };
const BLOCK: Budget = Budget { blocks: 1, ..NONE };
const CALL: Budget = Budget { calls: 1, ..NONE };

/// Both tabs have a good token, and their calls are requests.
pub const GOOD: Setup = Setup { requests: true, expired: false, ..TWO };

#[test]
fn a_page_that_is_left_and_comes_back_finds_its_place_in_the_queue() {
    let setup = Setup { slow_server: true, ..TWO };
    holds("hide", setup, HIDE);
    for (name, budget) in [("logout", LOGOUT), ("sign-in", SIGN_IN), ("crash", CRASH), ("hide", HIDE)] {
        holds(&format!("hide, {name}"), setup, HIDE.and(budget).and(CALL));
    }
}

#[test]
fn a_page_that_is_left_while_its_token_request_is_under_way_does_not_send_it_again_at_once() {
    let setup = Setup { slow_server: true, ..TWO };
    for (name, budget) in [("", NONE), (", hide", HIDE), (", logout", LOGOUT), (", sign-in", SIGN_IN)] {
        holds(&format!("unload{name}"), setup, UNLOAD.and(budget).and(CALL));
    }
}

#[test]
fn a_server_that_revokes_nothing_for_a_second_use_keeps_the_session() {
    let setup = Setup { forgiving: true, slow_server: true, ..TWO };
    for (name, budget) in [("crash", CRASH), ("freeze", FREEZE), ("lost answer", LOST_ANSWER), ("hide", HIDE)] {
        holds(&format!("forgiving, {name}"), setup, budget);
    }
}

#[test]
fn an_end_that_takes_every_tab_to_the_login_page_is_restored_on_the_way() {
    let setup = Setup { navigates: true, slow_events: true, ..TWO };
    holds("navigation", setup, LOGOUT.and(CALL));
    holds("navigation, sign-in", bound(Setup { expired: false, ..setup }, setup), LOGOUT.and(SIGN_IN).and(CALL));
}

#[test]
fn the_mark_may_be_read_late() {
    let setup = Setup { slow_mark: true, ..TWO };
    holds("late mark", setup, NONE);
    for (name, budget) in [("logout", LOGOUT), ("hide", HIDE), ("hang", Budget { hangs: 1, ..NONE })] {
        holds(&format!("late mark, {name}"), setup, budget.and(CALL));
    }
}

#[test]
fn what_a_failed_refresh_notes_is_no_later_than_the_tokens_beside_it() {
    let online = Budget { onlines: 1, ..NONE };
    let failure = LOST_ANSWER.and(LOST_ANSWER);
    holds("failure", TWO, failure);
    holds("failure, online", Setup { requests: true, ..TWO }, failure.and(online).and(CALL));
    holds("failure, logout", TWO, failure.and(LOGOUT).and(CALL));
    holds("failure, sign-in, late writes", Setup { slow_writes: true, ..TWO }, failure.and(SIGN_IN).and(CALL));
}

#[test]
fn a_call_that_is_aborted_holds_up_no_other() {
    let setup = Setup { requests: true, ..TWO };
    holds("abort", setup, ABORT);
    holds("abort, canary without headers", setup, ABORT.and(TIMEOUT).and(CALL));
    holds("abort, logout", setup, ABORT.and(LOGOUT).and(CALL));
    holds("abort of a token's wait, sign-in", TWO, ABORT.and(SIGN_IN).and(CALL));
}

#[test]
fn a_call_that_waits_for_a_step_up_goes_on_with_the_next_sign_in() {
    for (name, budget) in [("", NONE), (", sign-in", SIGN_IN), (", logout", LOGOUT)] {
        holds(&format!("step-up{name}"), GOOD, CHALLENGE.and(budget));
    }
    let calls = Budget { calls: bound(1, 2), ..NONE };
    holds("step-up, expiry", GOOD, CHALLENGE.and(EXPIRY).and(calls));
}

#[test]
fn refreshes_ahead_of_expiry_are_one_for_all_tabs() {
    let setup = Setup { background: true, expired: false, ..TWO };
    let visible = Budget { visibilities: 1, ..NONE };
    holds("background", setup, EXPIRY);
    holds("background, visibility", setup, EXPIRY.and(visible).and(CALL));
    holds("background, logout", setup, EXPIRY.and(LOGOUT).and(CALL));
    holds("background, twice", Setup { requests: true, ..setup }, EXPIRY.and(EXPIRY).and(CALL));
}

#[test]
fn a_logout_that_the_server_is_told_of_ends_the_session_of_all_tabs() {
    let setup = Setup { revokes: true, ..TWO };
    holds("revocation", setup, LOGOUT);
    holds("revocation, sign-in", setup, LOGOUT.and(SIGN_IN).and(CALL));
}

#[test]
fn a_tab_whose_storage_is_blocked_goes_on_in_memory() {
    holds("blocked", TWO, BLOCK);
    holds("blocked, logout", TWO, BLOCK.and(LOGOUT).and(CALL));
    holds("blocked, sign-in", TWO, BLOCK.and(SIGN_IN).and(CALL));
}

#[test]
fn a_listener_that_logs_out_is_told_of_nothing_that_is_over() {
    let setup = Setup { listener: true, slow_events: true, ..TWO };
    holds("listener", setup, LOGOUT.and(SIGN_IN).and(CALL));
}

#[test]
fn a_refresh_by_hand_takes_its_turn() {
    let setup = Setup { requests: true, ..TWO };
    let by_hand = Budget { refreshes: 1, ..NONE };
    holds("by hand", setup, by_hand);
    holds("by hand, online, closed", setup, by_hand.and(Budget { onlines: 1, closes: 1, ..CALL }));
}
