//! Bounded worlds, each gone through to its end.

use super::Setup;
use super::chances::{Budget, Chance};
use super::model::explore;
use crate::bounds::bound;

/// The user is signed in in two tabs.
pub const TWO: Setup = Setup {
    tabs: 2,
    unopened: 0,
    joined: true,
    no_locks: false,
    lenient: false,
    slow_server: false,
    generations: false,
    expiring: false,
    fault: None,
};

/// The same, where the access token is in a cookie too.
pub const GENERATIONS: Setup = Setup { generations: true, ..TWO };

pub const REFRESHES: Budget = Budget::of(Chance::Refresh, 2);
pub const LOGOUT: Budget = Budget::of(Chance::Logout, 1);
pub const OFFLINE_LOGOUT: Budget = LOGOUT.with(Chance::LoseRevocation, 1).with(Chance::Online, 1);
pub const SIGN_IN: Budget = Budget::of(Chance::SignIn, 1);
pub const CRASH: Budget = Budget::of(Chance::Crash, 1);
pub const FREEZE: Budget = Budget::of(Chance::Freeze, 1);
pub const PUT_AWAY: Budget = Budget::of(Chance::PutAway, 1);
const HANG: Budget = Budget::of(Chance::Hang, 1);
const LOST_ANSWER: Budget = Budget::of(Chance::LoseAnswer, 1);
pub const OPENED: Budget = Budget::of(Chance::Open, 1);
pub const SAME_TEXT: Budget = Budget::of(Chance::SameText, 1);
/// Calls whose token the API rejects.
pub const CALLS: Budget = Budget::of(Chance::Call, 2).with(Chance::Reject, 1);

const ACCIDENTS: [(&str, Budget); 8] = [
    ("logout", LOGOUT),
    ("offline logout", OFFLINE_LOGOUT),
    ("sign-in", SIGN_IN),
    ("crash", CRASH),
    ("freeze", FREEZE),
    ("put away", PUT_AWAY),
    ("hang", HANG),
    ("lost answer", LOST_ANSWER),
];

const MAKE_SLOW: [Chance; 6] =
    [Chance::Crash, Chance::Freeze, Chance::PutAway, Chance::Hang, Chance::LoseAnswer, Chance::SameText];

fn holds(name: &str, setup: Setup, budget: Budget) {
    let slow_server = setup.slow_server || MAKE_SLOW.iter().any(|chance| budget.left(*chance) > 0);
    // Of a logout there are many ends.
    let logouts = u8::from(budget.left(Chance::Logout) > 0) + budget.left(Chance::LoseRevocation);
    let budget = budget.at_most(Chance::Refresh, if logouts > 0 { bound(1, 3 - logouts) } else { 4 });
    let found = explore(name, Setup { slow_server, ..setup }, budget);
    assert_eq!(found.breach, None, "{name}");
    assert!(found.states > 8 && found.depth > 4, "{name}: the world has become too small to show anything");
}

#[test]
fn two_tabs_that_share_a_cookie_alone_agree_whatever_two_accidents_befall_them() {
    for (at, (first, one)) in ACCIDENTS.iter().enumerate() {
        for (second, other) in &ACCIDENTS[at + 1..] {
            holds(&format!("cookie, two tabs, {first}, {second}"), TWO, REFRESHES.and(*one).and(*other));
        }
    }
}

#[test]
fn three_tabs_that_share_a_cookie_alone_agree_whatever_accident_befalls_one() {
    let setup = Setup { tabs: 3, joined: false, ..TWO };
    holds("cookie, three tabs", setup, Budget::of(Chance::Refresh, bound(3, 4)));
    for (name, budget) in ACCIDENTS {
        holds(&format!("cookie, three tabs, {name}"), setup, REFRESHES.and(budget));
    }
}

#[test]
fn a_tab_that_is_opened_later_finds_the_session_or_its_end() {
    let setup = Setup { unopened: 1, ..TWO };
    for (name, budget) in ACCIDENTS {
        holds(&format!("cookie, opened later, {name}"), setup, OPENED.and(budget));
    }
    holds("cookie, opened later, offline logout, crash", setup, OPENED.and(OFFLINE_LOGOUT).and(CRASH));
}

#[test]
fn without_locks_a_refusal_of_a_cookie_that_another_tab_has_replaced_signs_nobody_out() {
    let setup = Setup { no_locks: true, lenient: true, ..TWO };
    for (name, budget) in ACCIDENTS.iter().filter(|(name, _)| ["logout", "lost answer"].contains(name)) {
        holds(&format!("cookie, no locks, {name}"), setup, REFRESHES.and(*budget));
    }
}

/// A browser without locks, and a server that refuses a second use and leaves it at that.
pub const SLOW: Setup = Setup { slow_server: true, ..TWO };
pub const NO_LOCKS: Setup = Setup { no_locks: true, lenient: true, slow_server: true, ..TWO };

#[test]
fn a_refresh_that_brings_the_same_access_token_has_replaced_the_cookie() {
    holds("cookie, same text", TWO, REFRESHES.and(SAME_TEXT));
    holds("cookie, same text, no locks", NO_LOCKS, REFRESHES.and(SAME_TEXT));
}

#[test]
fn calls_whose_token_is_rejected_are_sent_again_in_every_tab() {
    holds("cookie, calls", TWO, CALLS);
    holds("cookie, four calls", TWO, Budget::of(Chance::Call, 4).with(Chance::Reject, 1));
    for (name, budget) in ACCIDENTS {
        holds(&format!("cookie, calls, {name}"), TWO, CALLS.and(budget));
    }
    if bound(false, true) {
        for (at, (first, one)) in ACCIDENTS.iter().enumerate() {
            for (second, other) in &ACCIDENTS[at + 1..] {
                holds(&format!("cookie, calls, {first}, {second}"), TWO, CALLS.and(*one).and(*other));
            }
        }
    }
    holds("cookie, calls, same text", TWO, CALLS.and(SAME_TEXT));
    holds("cookie, calls, dropped", TWO, CALLS.with(Chance::DropCall, 1).with(Chance::SlowCanary, 2));
    holds("cookie, calls, unload", TWO, CALLS.with(Chance::Unload, 1));
    holds("cookie, calls, rejected twice", TWO, CALLS.with(Chance::Reject, 1));
}

#[test]
fn calls_whose_token_expires_are_sent_with_a_new_one_in_every_tab() {
    let setup = Setup { expiring: true, ..TWO };
    let calls = Budget::of(Chance::Call, 2).with(Chance::Expire, 1);
    holds("cookie, expired", setup, calls);
    for (name, budget) in ACCIDENTS {
        holds(&format!("cookie, expired, {name}"), setup, calls.and(budget).at_most(Chance::Call, bound(1, 2)));
    }
}

#[test]
fn tokens_that_are_set_within_a_session_overtake_a_refresh_and_end_nothing() {
    let again = Budget::of(Chance::SignInAgain, 1);
    for (name, budget) in ACCIDENTS {
        holds(&format!("cookie, signed in again, {name}"), TWO, again.with(Chance::Refresh, bound(1, 2)).and(budget));
    }
    holds("cookie, signed in again, calls", SLOW, CALLS.and(again));
}

#[test]
fn a_session_that_is_closed_and_opened_again_finds_what_has_become_of_it() {
    let again = OPENED.with(Chance::Close, 1).with(Chance::Refresh, bound(0, 1));
    for (name, budget) in ACCIDENTS {
        holds(&format!("cookie, opened again, {name}"), TWO, again.and(budget));
    }
}

#[test]
fn a_refresh_that_fails_keeps_the_session_until_the_network_is_back() {
    let fails = CALLS.with(Chance::LoseAnswer, 2);
    holds("cookie, no answers", TWO, fails.with(Chance::Online, 1));
    holds("cookie, no answers, logout", TWO, fails.and(LOGOUT));
}

#[test]
fn tabs_whose_session_is_in_cookies_alone_have_its_generation_in_common() {
    for (name, budget) in ACCIDENTS {
        holds(&format!("generations, {name}"), GENERATIONS, REFRESHES.and(budget));
        holds(&format!("generations, calls, {name}"), GENERATIONS, CALLS.and(budget));
        let setup = Setup { unopened: 1, ..GENERATIONS };
        holds(&format!("generations, opened later, {name}"), setup, OPENED.and(budget));
    }
    holds("generations, two calls", GENERATIONS, CALLS.with(Chance::Reject, 1));
    let expired = Budget::of(Chance::Call, 2).with(Chance::Expire, 1);
    holds("generations, expired", Setup { expiring: true, ..GENERATIONS }, expired);
    let again = Budget::of(Chance::SignInAgain, 1);
    holds("generations, signed in again", GENERATIONS, CALLS.and(again));
    let setup = Setup { no_locks: true, lenient: true, ..GENERATIONS };
    holds("generations, no locks", setup, REFRESHES);
    if bound(false, true) {
        for (at, (first, one)) in ACCIDENTS.iter().enumerate() {
            for (second, other) in &ACCIDENTS[at + 1..] {
                holds(&format!("generations, {first}, {second}"), GENERATIONS, CALLS.and(*one).and(*other));
            }
        }
    }
}
