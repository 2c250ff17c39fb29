//! Every interleaving of a small world: three calls, expiry, 401s in any order, a renewal that succeeds, is refused,
//! fails for a while or loses its answer, a logout and a `setTokens` at any point.

use super::bounds::bound;
use super::world::{Answer, Fault, Phase, Reply, Step, World};
use authfetch::protocol::config::{OnRetryRejected, OnSessionExpired, Policy};
use stateright::{Checker, HasDiscoveries, Model, Property};

struct Small {
    policy: Policy,
    fault: Fault,
    calls: usize,
    budget: Budget,
}

/// How often each thing that nobody controls may still happen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Budget {
    expiries: u8,
    logouts: u8,
    sign_ins: u8,
    failures: u8,
    refusals: u8,
    aborts: u8,
    patience: u8,
    /// Each renewal brings the text of the token that it was to replace.
    same_text: bool,
}

const BUDGET: Budget =
    Budget { expiries: 1, logouts: 1, sign_ins: 1, failures: 1, refusals: 1, aborts: 1, patience: 1, same_text: false };

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct State {
    world: World,
    left: Budget,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Action {
    Call,
    Accept(usize),
    Reject(usize),
    Abort(usize),
    Turn(usize),
    Answer(usize, Reply),
    Resume(usize),
    Grace(usize),
    Patience,
    Expire,
    Logout,
    SetTokens { with_refresh: bool },
}

impl Model for Small {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let mut world = World::faulty(self.policy, self.fault);
        world.same_text = self.budget.same_text;
        vec![State { world, left: self.budget }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        let State { world, left } = state;
        if world.breach.is_some() {
            return;
        }
        if world.tasks.len() < self.calls {
            actions.push(Action::Call);
        }
        for (at, task) in world.tasks.iter().enumerate() {
            if task.phase == Phase::InFlight {
                actions.extend([Action::Accept(at), Action::Reject(at)]);
            }
            if !matches!(task.phase, Phase::Settled(_)) && left.aborts > 0 {
                actions.push(Action::Abort(at));
            }
        }
        for (at, run) in world.runs.iter().enumerate() {
            match run.step {
                Step::Turn => actions.push(Action::Turn(at)),
                Step::Sent(_) => {
                    actions.push(Action::Answer(at, Reply::Served));
                    if left.failures > 0 {
                        actions.extend([Reply::Lost, Reply::Busy(None)].map(|reply| Action::Answer(at, reply)));
                    }
                    if left.refusals > 0 {
                        actions.push(Action::Answer(at, Reply::Revoked));
                    }
                }
                Step::Pausing(_) => actions.push(Action::Resume(at)),
                Step::Grace => actions.push(Action::Grace(at)),
            }
        }
        if left.patience > 0 && world.machine.waits_for_canary() {
            actions.push(Action::Patience);
        }
        if left.expiries > 0 && world.record.signed_in() {
            actions.push(Action::Expire);
        }
        if left.logouts > 0 {
            actions.push(Action::Logout);
        }
        if left.sign_ins > 0 {
            actions.extend([true, false].map(|with_refresh| Action::SetTokens { with_refresh }));
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let State { mut world, mut left } = last.clone();
        match action {
            Action::Call => drop(world.call()),
            Action::Accept(at) => world.answer(at, Answer::Accepted),
            Action::Reject(at) => world.answer(at, Answer::Unauthorized),
            Action::Abort(at) => {
                left.aborts -= 1;
                world.gone(at);
            }
            Action::Turn(at) => world.turn(at),
            Action::Answer(at, reply) => {
                match reply {
                    Reply::Served => {}
                    Reply::Revoked => left.refusals -= 1,
                    Reply::Lost | Reply::Dropped | Reply::Duplicated | Reply::Busy(_) | Reply::Nonsense => {
                        left.failures -= 1
                    }
                }
                world.reply(at, reply);
            }
            Action::Resume(at) => world.resume(at),
            Action::Grace(at) => world.refused(at),
            Action::Patience => {
                left.patience -= 1;
                world.patience();
            }
            Action::Expire => {
                left.expiries -= 1;
                world.expire();
            }
            Action::Logout => {
                left.logouts -= 1;
                world.logout();
            }
            Action::SetTokens { with_refresh } => {
                left.sign_ins -= 1;
                world.set_tokens(with_refresh);
            }
        }
        Some(State { world, left })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("no rule of the protocol is broken", |_, state: &State| state.world.breach.is_none()),
            Property::always("every call settles", |model: &Self, state: &State| {
                let mut actions = Vec::new();
                model.actions(state, &mut actions);
                // What only a user or a caller can do does not count as going on.
                let goes_on = actions.iter().any(|action| {
                    !matches!(
                        action,
                        Action::Abort(_)
                            | Action::Patience
                            | Action::Expire
                            | Action::Logout
                            | Action::SetTokens { .. }
                            | Action::Call
                    )
                });
                goes_on || state.world.breach.is_some() || state.world.quiet()
            }),
            Property::sometimes("a renewal lets all three calls through", |_, state: &State| {
                state.world.token_requests == 1 && state.world.tasks.len() == 3 && state.world.quiet()
            }),
        ]
    }
}

fn explore(policy: Policy, fault: Fault, calls: usize, budget: Budget) -> (usize, Option<&'static str>) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let failures = HasDiscoveries::AnyFailures;
    let checker =
        Small { policy, fault, calls, budget }.checker().threads(threads).finish_when(failures).spawn_bfs().join();
    let breach = ["no rule of the protocol is broken", "every call settles"].into_iter().find_map(|property| {
        let path = checker.discovery(property)?;
        let last = path.last_state().clone();
        if fault == Fault::None {
            println!("{property}: {:?}\n{:#?}\n{:#?}", last.world.breach, path.into_actions(), last);
        }
        Some(last.world.breach.unwrap_or(property))
    });
    (checker.unique_state_count(), breach)
}

fn policy(on_session_expired: OnSessionExpired, on_retry_rejected: OnRetryRejected) -> Policy {
    Policy { on_session_expired, on_retry_rejected, attempts: 2, grace: 0, ..Policy::default() }
}

#[test]
fn no_interleaving_of_three_calls_breaks_a_rule() {
    let budget = bound(Budget { aborts: 0, patience: 0, ..BUDGET }, BUDGET);
    let (states, breach) = explore(policy(OnSessionExpired::Logout, OnRetryRejected::Auto), Fault::None, 3, budget);
    println!("three calls: {states} states explored");
    assert_eq!(breach, None);
    assert!(states > 50_000, "the world has become too small to show anything: {states}");
}

#[test]
fn no_interleaving_under_the_other_policies_breaks_a_rule() {
    for (on_expired, on_rejected) in [
        (OnSessionExpired::Logout, OnRetryRejected::Auto),
        (OnSessionExpired::Hold, OnRetryRejected::Return),
        (OnSessionExpired::PassThrough, OnRetryRejected::Logout),
        (OnSessionExpired::Hold, OnRetryRejected::Auto),
    ] {
        let (states, breach) = explore(policy(on_expired, on_rejected), Fault::None, 2, BUDGET);
        println!("{on_expired:?}, {on_rejected:?}: {states} states explored");
        assert_eq!(breach, None);
    }
}

#[test]
fn no_interleaving_in_which_the_same_text_is_brought_again_breaks_a_rule() {
    for on_rejected in [OnRetryRejected::Auto, OnRetryRejected::Return] {
        let budget = Budget { same_text: true, patience: 0, ..BUDGET };
        let (states, breach) = explore(policy(OnSessionExpired::Logout, on_rejected), Fault::None, 2, budget);
        println!("the same text, {on_rejected:?}: {states} states explored");
        assert_eq!(breach, None);
    }
}

#[test]
fn the_exploration_finds_each_fault_that_is_put_in() {
    for (fault, finds) in [
        (Fault::NoEpochCheck, "tokens of an ended session are never stored"),
        (Fault::SlotClearedByOthers, "one renewal in flight"),
        (Fault::NoTokenComparison, "one renewal per rejected token"),
        (Fault::NoCanary, "the canary goes before the rest"),
        (Fault::RetriesForever, "a call is sent at most twice"),
        (Fault::ForgetsRotation, "a spent refresh token is never kept"),
        (Fault::ForgetsRejected, "one renewal per rejected token"),
        (Fault::NobodyAsked, "every call settles"),
    ] {
        let budget = Budget { aborts: 0, same_text: fault == Fault::ForgetsRejected, ..BUDGET };
        let (states, breach) = explore(policy(OnSessionExpired::Logout, OnRetryRejected::Auto), fault, 3, budget);
        println!("{fault:?}: found after {states} states: {breach:?}");
        assert_eq!(breach, Some(finds), "{fault:?}");
    }
}
