//! Which kinds of events, effects and steps of a refresh these worlds reach.

use super::model::{Bounded, State};
use authfetch::protocol::effect::Effect;
use authfetch::protocol::event::Event;
use authfetch::protocol::session::Session;
use stateright::Model;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet, VecDeque};
use std::fmt::Debug;

thread_local! {
    /// What has been reached, while somebody wants to know.
    static REACHED: RefCell<Option<BTreeSet<String>>> = const { RefCell::new(None) };
}

fn note(kind: &str, of: impl Debug) {
    REACHED.with_borrow_mut(|reached| {
        if let Some(reached) = reached {
            let text = format!("{of:?}");
            let name = text.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
            reached.insert(format!("{kind}::{name}"));
        }
    });
}

pub fn event(event: Event) {
    note("Event", event);
}

pub fn effect(effect: Effect, session: &Session) {
    note("Effect", effect);
    if let Some(step) = session.refresh_step() {
        note("Step", step);
    }
}

/// Names such as `Event::Online`, `Effect::Notify` and `Step::Grace`: all that is reached within so many states of each
/// of these worlds.
pub fn reached(worlds: &[Bounded], states: usize) -> BTreeSet<String> {
    REACHED.set(Some(BTreeSet::new()));
    for world in worlds {
        let (mut seen, mut ahead) = (HashSet::new(), VecDeque::from(world.init_states()));
        while let Some(state) = ahead.pop_front().filter(|_| seen.len() < states) {
            let mut actions = Vec::new();
            world.actions(&state, &mut actions);
            for action in actions {
                let next: Option<State> = world.next_state(&state, action);
                ahead.extend(next.filter(|next| seen.insert(next.clone())));
            }
        }
    }
    REACHED.take().unwrap_or_default()
}
