//! Bounded worlds, each gone through to its end.

use super::bounds::bound;
use super::model::{Budget, Found, NONE, explore};
use super::world::Setup;
use authfetch::protocol::config::Place;

/// Two tabs whose access token has just run out.
pub const TWO: Setup = Setup {
    tabs: 2,
    unopened: 0,
    place: Place::Shared,
    grace_window: false,
    forgiving: false,
    in_cookies: false,
    requests: false,
    cancels: None,
    expired: true,
    background: false,
    burst: 0,
    slow_writes: false,
    slow_events: false,
    slow_server: false,
    slow_mark: false,
    revokes: false,
    navigates: false,
    listener: false,
    alike: true,
    fault: None,
    numbers_what_it_doubts: false,
};

pub const EXPIRY: Budget = Budget { expiries: 1, ..NONE };
pub const LOGOUT: Budget = Budget { logouts: 1, ..NONE };
pub const SIGN_IN: Budget = Budget { sign_ins: 1, ..NONE };
const CLEAR: Budget = Budget { clears: 1, ..NONE };
pub const CRASH: Budget = Budget { crashes: 1, ..NONE };
pub const FREEZE: Budget = Budget { freezes: 1, ..NONE };
const HANG: Budget = Budget { hangs: 1, ..NONE };
const DROPPED: Budget = Budget { dropped: 1, ..NONE };
pub const LOST_ANSWER: Budget = Budget { lost_answers: 1, ..NONE };
const LOST_WRITE: Budget = Budget { lost_writes: 1, ..NONE };
const TORN: Budget = Budget { torn: 1, ..NONE };

const ACCIDENTS: [(&str, Budget); 9] = [
    ("expiry", EXPIRY),
    ("logout", LOGOUT),
    ("sign-in", SIGN_IN),
    ("clear", CLEAR),
    ("crash", CRASH),
    ("freeze", FREEZE),
    ("hang", HANG),
    ("lost request", DROPPED),
    ("lost answer", LOST_ANSWER),
];

/// Goes through a world whose tabs make two calls each (unless the budget names another number), one at once and the
/// other at any time.
pub fn holds(name: &str, setup: Setup, budget: Budget) -> Found {
    let slow_server = setup.slow_server || budget.crashes + budget.freezes + budget.hangs + budget.dropped > 0;
    let burst = if setup.slow_events { 0 } else { 1 };
    let found = explore(
        name,
        Setup { burst, slow_server, ..setup },
        Budget { calls: if budget.calls > 0 { budget.calls } else { 2 }, ..budget },
    );
    assert_eq!(found.breach, None, "{name}");
    assert!(found.states > 8 && found.depth > 4, "{name}: the world has become too small to show anything");
    found
}

#[test]
fn two_tabs_agree_and_every_call_settles_whatever_accident_befalls_them() {
    for (name, budget) in ACCIDENTS {
        holds(&format!("two tabs, {name}"), TWO, budget);
    }
}

#[test]
fn two_tabs_agree_and_every_call_settles_whatever_two_accidents_befall_them() {
    let calls = Budget { calls: bound(1, 2), ..NONE };
    for (at, (first, one)) in ACCIDENTS.iter().enumerate() {
        for (second, other) in &ACCIDENTS[at + 1..] {
            holds(&format!("two tabs, {first}, {second}"), TWO, one.and(*other).and(calls));
        }
    }
}

#[test]
fn two_tabs_agree_and_every_call_settles_whatever_three_accidents_befall_them() {
    let some = [ACCIDENTS[4], ACCIDENTS[5], ACCIDENTS[7], ACCIDENTS[8]];
    let accidents = bound(&some[..], &ACCIDENTS[..]);
    for (at, (first, one)) in accidents.iter().enumerate() {
        for (next, (second, other)) in accidents.iter().enumerate().skip(at + 1) {
            for (third, another) in &accidents[next + 1..] {
                holds(&format!("two tabs, {first}, {second}, {third}"), TWO, one.and(*other).and(*another));
            }
        }
    }
}

#[test]
fn two_tabs_whose_session_is_in_cookies_agree_whatever_two_accidents_befall_them() {
    let setup = Setup { in_cookies: true, ..TWO };
    let undisturbed = holds("in cookies", setup, NONE);
    assert!(undisturbed.one_refresh, "one token request is enough for the calls of all tabs");
    let accidents = bound(&ACCIDENTS[..6], &ACCIDENTS[..]);
    let calls = Budget { calls: bound(1, 2), ..NONE };
    for (at, (first, one)) in accidents.iter().enumerate() {
        holds(&format!("in cookies, {first}"), setup, *one);
        for (second, other) in &accidents[at + 1..] {
            holds(&format!("in cookies, {first}, {second}"), setup, one.and(*other).and(calls));
        }
    }
    holds("in cookies, requests", Setup { requests: true, ..setup }, NONE);
}

#[test]
fn a_server_with_a_grace_window_lets_nothing_of_that_go_wrong() {
    let setup = Setup { grace_window: true, ..TWO };
    holds("grace window, lost answer, logout", setup, LOST_ANSWER.and(LOGOUT));
    for (at, (first, one)) in ACCIDENTS[4..].iter().enumerate() {
        for (second, other) in &ACCIDENTS[4..][at + 1..] {
            holds(&format!("grace window, {first}, {second}"), setup, one.and(*other));
        }
    }
}

#[test]
fn three_tabs_agree_and_every_call_settles_whatever_accident_befalls_one() {
    let setup = Setup { tabs: 3, ..TWO };
    let undisturbed = holds("three tabs", setup, NONE);
    assert!(undisturbed.one_refresh, "one token request is enough for the calls of all tabs");
    // A second call in each of three tabs multiplies what a logout or a page that stands still may come between.
    let calls = Budget { calls: bound(1, 2), ..NONE };
    for (name, budget) in ACCIDENTS {
        holds(&format!("three tabs, {name}"), setup, budget.and(calls));
    }
    let pairs = [
        ("crash, lost answer", CRASH, LOST_ANSWER),
        ("lost request, lost answer", DROPPED, LOST_ANSWER),
        ("crash, freeze", CRASH, FREEZE),
        ("freeze, hang", FREEZE, HANG),
        ("logout, crash", LOGOUT, CRASH),
    ];
    for (name, one, other) in pairs.into_iter().take(bound(2, 5)) {
        holds(&format!("three tabs, {name}"), setup, one.and(other));
    }
}

#[test]
fn writes_and_storage_events_may_come_late_each_in_its_own_way() {
    let late = Setup { slow_writes: true, slow_events: true, ..TWO };
    for (name, budget) in [
        ("refreshes", NONE),
        ("lost write", LOST_WRITE),
        ("logout", LOGOUT),
        ("logout, torn", LOGOUT.and(TORN)),
        ("logout, lost write", LOGOUT.and(LOST_WRITE)),
        ("sign-in", SIGN_IN),
        ("sign-in, torn", SIGN_IN.and(TORN)),
        ("sign-in, lost write", SIGN_IN.and(LOST_WRITE)),
        ("clear", CLEAR),
    ] {
        holds(&format!("late writes, {name}"), late, budget);
    }
    holds("late writes, requests", Setup { requests: true, ..late }, NONE);
}

#[test]
fn a_tab_that_is_opened_after_a_logout_whose_tab_is_gone_ends_up_signed_out() {
    let setup = Setup { tabs: 3, unopened: 1, ..TWO };
    for (name, budget) in [("crash", CRASH), ("torn", TORN)] {
        holds(
            &format!("opened later, logout, {name}"),
            setup,
            LOGOUT.and(budget).and(Budget { calls: 1, opened: 1, ..NONE }),
        );
    }
}

#[test]
fn requests_in_flight_while_others_change_the_session_settle_too() {
    let setup = Setup { requests: true, ..TWO };
    for (name, budget) in &ACCIDENTS[3..] {
        holds(&format!("requests, {name}"), setup, *budget);
    }
    holds("requests, logout", setup, LOGOUT);
    let good = Setup { expired: false, ..setup };
    for (name, budget) in &ACCIDENTS[..4] {
        holds(&format!("requests with a good token, {name}"), good, *budget);
    }
}

#[test]
fn requests_that_are_cancelled_while_others_change_the_session_settle_too() {
    let setup = Setup { requests: true, expired: false, ..TWO };
    for (name, budget) in [("logout", LOGOUT), ("sign-in", SIGN_IN), ("crash", CRASH), ("lost answer", LOST_ANSWER)] {
        for kept in 0..bound(1, 2) {
            let setup = Setup { cancels: Some(kept), ..setup };
            holds(&format!("all but {kept} cancelled, {name}"), setup, Budget { calls: 1, ..EXPIRY.and(budget) });
        }
    }
}
