//! Which kinds of events, effects and steps of a refresh these worlds reach.

use super::Setup;
use super::chances::{Budget, Chance};
use super::checks::{CALLS, FREEZE, NO_LOCKS, OFFLINE_LOGOUT, OPENED, PUT_AWAY, REFRESHES, SLOW, TWO};
use super::model::Bounded;
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

/// Names such as `Event::Online`, `Effect::Notify` and `Step::Grace`.
pub fn reached() -> BTreeSet<String> {
    REACHED.set(Some(BTreeSet::new()));
    for world in worlds() {
        let (mut seen, mut ahead) = (HashSet::new(), VecDeque::from(world.init_states()));
        while let Some(state) = ahead.pop_front() {
            let mut actions = Vec::new();
            world.actions(&state, &mut actions);
            for action in actions {
                let next = world.next_state(&state, action);
                ahead.extend(next.filter(|next| seen.insert(next.clone())));
            }
        }
    }
    REACHED.take().unwrap_or_default()
}

/// Each is small, and together they have all that may happen.
fn worlds() -> Vec<Bounded> {
    let one = Setup { tabs: 1, expiring: true, ..SLOW };
    vec![
        Bounded { setup: TWO, budget: REFRESHES.with(Chance::Hang, 1) },
        Bounded { setup: NO_LOCKS, budget: REFRESHES },
        Bounded { setup: one, budget: CALLS.with(Chance::LoseAnswer, 2).with(Chance::Online, 1) },
        Bounded { setup: one, budget: CALLS.with(Chance::SlowCanary, 1).with(Chance::Unload, 1) },
        Bounded { setup: one, budget: Budget::of(Chance::Refresh, 1).and(FREEZE).and(PUT_AWAY).and(OFFLINE_LOGOUT) },
        Bounded { setup: one, budget: Budget::of(Chance::Expire, 1).and(OPENED).with(Chance::Close, 1) },
    ]
}

#[test]
fn all_that_is_not_of_a_record_which_other_pages_see_is_reached() {
    let reached = reached();
    for (kind, names) in [("Event", EVENTS), ("Effect", EFFECTS), ("Step", STEPS)] {
        for name in names.split_whitespace() {
            assert!(reached.contains(&format!("{kind}::{name}")), "{kind}::{name} is not reached");
        }
    }
    let of_a_record = ["Event::RecordRead", "Event::StorageChanged", "Effect::ReadRecord", "Effect::RestoreRecord"];
    assert!(of_a_record.iter().all(|name| !reached.contains(*name)), "a record in memory is read or restored");
}

const EVENTS: &str = "\
    Closed Frozen LockGranted LockLost LockUnavailable MarkCommitted MarkRead Online Opened PageHidden \
    PageShown Resumed Revoked SetTokens Signalled TimerFired TokenReply Unloading VisibilityChanged";
const EFFECTS: &str = "\
    AbortRequest AcquireLock AdoptRead BeginRefresh ClearTimer CloseChannel CloseEpoch CommitMark EndCalls \
    Navigate Notify OpenChannel ReadMark ReleaseLock ReleaseTab RequestToken RetryRefresh Revoke SetTimer \
    SettleRefresh Signal WakeCall WatchUnload WriteRecord";
const STEPS: &str = "BackOff Grace Lock Mark Request";
