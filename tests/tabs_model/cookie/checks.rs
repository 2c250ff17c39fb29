//! Bounded worlds, each gone through to its end.

use super::model::{Budget, explore};
use super::{Fault, Setup};

/// The user is signed in in two tabs.
pub const TWO: Setup = Setup {
    tabs: 2,
    unopened: 0,
    joined: true,
    no_locks: false,
    lenient: false,
    slow_server: false,
    fault: Fault::None,
};

/// Nothing that nobody controls.
pub const NONE: Budget = Budget {
    refreshes: 0,
    logouts: 0,
    sign_ins: 0,
    opened: 0,
    crashes: 0,
    freezes: 0,
    hangs: 0,
    lost_answers: 0,
    lost_revocations: 0,
    online: 0,
};
pub const REFRESHES: Budget = Budget { refreshes: 2, ..NONE };
pub const LOGOUT: Budget = Budget { logouts: 1, ..NONE };
pub const OFFLINE_LOGOUT: Budget = Budget { logouts: 1, lost_revocations: 1, online: 1, ..NONE };
pub const SIGN_IN: Budget = Budget { sign_ins: 1, ..NONE };
pub const CRASH: Budget = Budget { crashes: 1, ..NONE };
pub const FREEZE: Budget = Budget { freezes: 1, ..NONE };
const HANG: Budget = Budget { hangs: 1, ..NONE };
const LOST_ANSWER: Budget = Budget { lost_answers: 1, ..NONE };
pub const OPENED: Budget = Budget { opened: 1, ..NONE };

const ACCIDENTS: [(&str, Budget); 7] = [
    ("logout", LOGOUT),
    ("offline logout", OFFLINE_LOGOUT),
    ("sign-in", SIGN_IN),
    ("crash", CRASH),
    ("freeze", FREEZE),
    ("hang", HANG),
    ("lost answer", LOST_ANSWER),
];

fn holds(name: &str, setup: Setup, budget: Budget) {
    let slow_server = setup.slow_server || budget.crashes + budget.freezes + budget.hangs + budget.lost_answers > 0;
    // A logout offline has many ends.
    let refreshes = if budget.lost_revocations > 0 { budget.refreshes.min(1) } else { budget.refreshes };
    let found = explore(name, Setup { slow_server, ..setup }, Budget { refreshes, ..budget });
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
    holds("cookie, three tabs", setup, Budget { refreshes: 4, ..NONE });
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
