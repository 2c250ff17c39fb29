//! Worlds that are too large to go through: walks through them, drawn from a seed.

use super::bounds::bound;
use super::checks::TWO;
use super::model::{Action, Bounded, Budget, NONE, State};
use super::world::Setup;
use authfetch::protocol::config::Place;
use stateright::Model;

const WALKS: u64 = 10_000;
const LONGEST: usize = 400;

/// SplitMix64: the same numbers from the same seed, everywhere.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end as u64) as usize
    }
}

/// One walk: how long it was, and what it has found.
fn walk(model: &Bounded, seed: u64) -> (usize, Option<&'static str>) {
    let mut chance = Chance(seed);
    let Some(mut state) = model.init_states().pop() else { return (0, None) };
    let mut way = Vec::new();
    for steps in 0..LONGEST {
        let (mut actions, mut chances) = (Vec::new(), Vec::new());
        model.course(&state.world, &mut actions);
        model.chances(&state, &mut chances);
        if let Some(breach) = breach(model, &state) {
            if model.setup.sound() {
                retrace(model, &way);
            }
            return (steps, Some(breach));
        }
        // What goes on by itself mostly does: else all accidents would have happened before anything was begun.
        if actions.is_empty() || chance.below(6) == 0 {
            actions.append(&mut chances);
        }
        if actions.is_empty() {
            return (steps, None);
        }
        let action = actions[chance.below(actions.len())];
        way.push(action);
        state = model.next_state(&state, action).unwrap_or(state);
    }
    retrace(model, &way);
    (LONGEST, Some("everything comes to an end"))
}

/// Prints a way, and what each tab knows on it.
fn retrace(model: &Bounded, way: &[Action]) {
    let Some(mut state) = model.init_states().pop() else { return };
    for action in way {
        println!("  {}\n{action:?}", state.world.summary());
        state = model.next_state(&state, *action).unwrap_or(state);
    }
    println!("  {}", state.world.summary());
}

fn breach(model: &Bounded, state: &State) -> Option<&'static str> {
    state.world.breach.or_else(|| state.world.unrest().filter(|_| model.at_rest(state)))
}

fn walks(name: &str, setup: Setup, budget: Budget) -> Option<(u64, &'static str)> {
    some_walks(name, setup, budget, bound(WALKS, 100 * WALKS))
}

fn some_walks(name: &str, setup: Setup, budget: Budget, walks: u64) -> Option<(u64, &'static str)> {
    let model = Bounded::new(setup, budget);
    let (mut steps, mut longest) = (0, 0);
    for seed in 0..walks {
        let (length, breach) = walk(&model, seed);
        (steps, longest) = (steps + length, longest.max(length));
        if let Some(breach) = breach {
            println!("{name}: walk {seed} of {length} steps: {breach}");
            return Some((seed, breach));
        }
    }
    println!("{name}: {walks} walks, seeds 0 to {}, {steps} steps, the longest {longest}", walks - 1);
    None
}

/// Three tabs, two calls in each, and everything that may happen, as late as it may.
const THREE: Setup = Setup {
    tabs: 3,
    requests: true,
    expired: false,
    slow_writes: true,
    slow_events: true,
    slow_server: true,
    alike: false,
    ..TWO
};
const ALL: Budget = Budget {
    calls: 2,
    expiries: 2,
    logouts: 1,
    sign_ins: 1,
    crashes: 1,
    lost_writes: 1,
    torn: 1,
    freezes: 1,
    hangs: 1,
    dropped: 1,
    lost_answers: 1,
    ..NONE
};

#[test]
fn three_tabs_with_every_accident_keep_the_rules_on_every_way_that_is_tried() {
    assert_eq!(walks("walks", THREE, ALL), None);
    assert_eq!(walks("walks, storage is cleared", THREE, Budget { clears: 1, ..ALL }), None);
    // Of two tabs that know of an end one is left: where none is, a tab that is opened later cannot know.
    let opened = Budget { opened: 1, logouts: 2, sign_ins: 2, torn: 0, lost_writes: 0, ..ALL };
    assert_eq!(walks("walks, a tab is opened", Setup { unopened: 1, ..THREE }, opened), None);
}

#[test]
fn a_server_with_a_grace_window_keeps_them_too() {
    assert_eq!(walks("walks, grace window", Setup { grace_window: true, ..THREE }, ALL), None);
}

#[test]
fn pages_that_are_left_and_whatever_else_befalls_a_session_keep_them_too() {
    // A page that was put away is told of nothing: of those that know of an end one is left.
    let pages = Budget {
        torn: 0,
        crashes: 0,
        lost_writes: 0,
        calls: 3,
        refreshes: 1,
        hides: 2,
        unloads: 1,
        aborts: 1,
        timeouts: 1,
        challenges: 1,
        visibilities: 1,
        onlines: 1,
        opened: 1,
        ..ALL
    };
    let long = |name, setup, budget| some_walks(name, setup, budget, bound(WALKS / 2, 100 * WALKS));
    let setup = Setup { background: true, slow_mark: true, revokes: true, ..THREE };
    assert_eq!(long("walks, pages", setup, pages), None);
    let blocked = Budget { blocks: 1, ..pages };
    assert_eq!(long("walks, blocked storage", Setup { listener: true, navigates: true, ..setup }, blocked), None);
    let copied = Setup { place: Place::Copied, unopened: 1, ..setup };
    assert_eq!(long("walks, duplicated tabs", copied, pages), None);
}

#[test]
fn a_token_that_gets_a_new_number_when_an_older_record_is_read_is_found() {
    let budget = Budget { calls: 2, expiries: 3, sign_ins: 2, ..NONE };
    assert_eq!(walks("numbers what it doubts without that", THREE, budget), None);
    let setup = Setup { numbers_what_it_doubts: true, ..THREE };
    let found = walks("numbers what it doubts", setup, budget).map(|(_, breach)| breach);
    assert_eq!(found, Some("no refresh token is presented twice unless an answer was lost"));
}
