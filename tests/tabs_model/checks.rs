//! Bounded worlds, each gone through to its end.

use super::model::{Budget, explore};
use super::world::{Fault, Setup};

/// Two tabs whose access token has just run out.
pub const TWO: Setup = Setup {
    tabs: 2,
    unopened: 0,
    grace_window: false,
    requests: false,
    expired: true,
    burst: 0,
    slow_writes: false,
    slow_events: false,
    slow_server: false,
    alike: true,
    fault: Fault::None,
};

/// A call in each tab, and nothing else.
pub const CALL: Budget = Budget {
    calls: 1,
    expiries: 0,
    logouts: 0,
    sign_ins: 0,
    clears: 0,
    crashes: 0,
    lost_writes: 0,
    torn: 0,
    freezes: 0,
    hangs: 0,
    dropped: 0,
    lost_answers: 0,
    opened: 0,
};

fn holds(setup: Setup, budgets: &[(&str, Budget)]) {
    for (name, budget) in budgets {
        let found = explore(name, setup, *budget);
        assert_eq!(found.breach, None, "{name}");
        assert!(found.states > 8 && found.depth > 4, "{name}: the world has become too small to show anything");
    }
}

#[test]
fn calls_of_two_tabs_settle_and_no_refresh_token_is_sent_twice() {
    let setup = Setup { slow_writes: true, slow_events: true, requests: true, ..TWO };
    holds(setup, &[("two calls in each of two tabs", Budget { calls: 2, ..CALL })]);
}

#[test]
fn an_end_in_one_tab_is_the_end_in_the_other() {
    let setup = Setup { slow_writes: true, slow_events: true, ..TWO };
    holds(setup, &[
        ("a logout", Budget { logouts: 1, ..CALL }),
        ("a logout, whose tab dies", Budget { logouts: 1, crashes: 1, ..CALL }),
        ("a logout, whose tab dies in the middle of it", Budget { logouts: 1, torn: 1, ..CALL }),
    ]);
}

#[test]
fn whoever_dies_or_is_put_away_keeps_nobody_waiting() {
    let setup = Setup { slow_events: true, slow_server: true, ..TWO };
    holds(setup, &[
        ("a crash", Budget { crashes: 1, ..CALL }),
        ("a freeze", Budget { freezes: 1, ..CALL }),
        ("a holder that stands still", Budget { hangs: 1, ..CALL }),
    ]);
}
