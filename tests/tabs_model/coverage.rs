//! What is reached: a kind of event, of effect or of step that no world comes to is explored by nobody.

use super::checks::TWO;
use super::cookie;
use super::copies::{COPIED, DUPLICATED};
use super::model::{Budget, NONE, reach};
use super::pages::GOOD;
use super::reached::{EFFECTS, EVENTS, STEPS};
use super::world::Setup;

/// Small worlds that come to all of it together.
const WORLDS: &[(&str, Setup, Budget)] = &[
    ("accidents", TWO, Budget { calls: 1, hangs: 1, logouts: 1, ..NONE }),
    ("lost write", TWO, Budget { calls: 1, crashes: 1, logouts: 1, torn: 1, ..NONE }),
    ("late writes", Setup { slow_writes: true, ..TWO }, Budget { calls: 1, lost_writes: 1, sign_ins: 1, ..NONE }),
    ("answers", Setup { slow_server: true, ..TWO }, Budget { calls: 1, lost_answers: 2, freezes: 1, ..NONE }),
    ("pages", Setup { slow_server: true, ..TWO }, Budget { calls: 1, hides: 1, unloads: 1, ..NONE }),
    ("requests", Setup { requests: true, ..TWO }, Budget { calls: 1, timeouts: 1, onlines: 1, closes: 1, ..NONE }),
    (
        "cancelled",
        Setup { requests: true, cancels: Some(0), expired: false, ..TWO },
        Budget { calls: 2, expiries: 1, ..NONE },
    ),
    ("background", Setup { background: true, ..GOOD }, Budget { expiries: 1, visibilities: 1, ..NONE }),
    ("revocation", Setup { revokes: true, ..TWO }, Budget { logouts: 1, ..NONE }),
    ("blocked", TWO, Budget { calls: 1, blocks: 1, ..NONE }),
    ("duplicated", Setup { slow_server: true, ..COPIED }, Budget { calls: 1, hides: 1, refreshes: 1, ..DUPLICATED }),
];

#[test]
fn every_event_effect_and_step_is_reached_in_some_world() {
    let mut reached = cookie::reached::reached();
    for (name, setup, budget) in WORLDS {
        let (found, kinds) = reach(&format!("reached: {name}"), *setup, *budget);
        assert_eq!(found.breach, None, "{name}");
        reached.extend(kinds.into_iter().map(str::to_owned));
    }
    let all = [EVENTS, EFFECTS, STEPS].concat();
    let missing: Vec<&str> = all.into_iter().filter(|kind| !reached.contains(*kind)).collect();
    assert_eq!(missing, Vec::<&str>::new(), "no world comes to these");
}
