//! Every interleaving of a small world: a few calls, expiry, 401s and step-ups in any order, a refresh that succeeds,
//! is refused, fails for a while or loses its answer, a logout and a `setTokens` at any point, a page that is being
//! left, another tab, and a listener that acts from within.

use super::actions::Action;
use super::world::{Answer, Phase, Reaction, Reply, World, faulty};
use authfetch::protocol::config::Setup;
use authfetch::protocol::event::Timer;
use authfetch::protocol::fault::Fault;
use authfetch::protocol::token::Record;
use stateright::{Checker, HasDiscoveries, Model, Property};

/// What is explored.
#[derive(Clone, Copy, Debug)]
pub struct Small {
    pub setup: Setup,
    pub fault: Option<Fault>,
    pub calls: usize,
    /// Where they go, in turn; an odd number is a GET's.
    pub paths: &'static [u64],
    pub budget: Budget,
    /// Each refresh brings the text of the token that it was to replace.
    pub same_text: bool,
    /// The answer of a request that was aborted may come all the same.
    pub answers_late: bool,
    /// What a listener does, from some time on, when it is told of something.
    pub listener: Option<Reaction>,
}

/// How often each thing that nobody controls may still happen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Budget {
    pub expiries: u8,
    pub logouts: u8,
    pub sign_ins: u8,
    pub failures: u8,
    pub refusals: u8,
    pub aborts: u8,
    /// A canary has no headers for a while.
    pub canaries: u8,
    /// A refresh ahead of expiry is due.
    pub ahead: u8,
    pub by_hand: u8,
    pub step_ups: u8,
    pub unloads: u8,
    /// Another tab refreshes, or ends the session.
    pub elsewhere: u8,
    /// A listener is set.
    pub listens: u8,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct State {
    pub world: World,
    left: Budget,
    /// How many calls may still be made.
    calls: usize,
}

impl Model for Small {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let mut world = World::of(faulty(self.setup, self.fault));
        world.set_tokens(true);
        world.same_text = self.same_text;
        world.answers_late = self.answers_late;
        vec![State { world, left: self.budget, calls: self.calls }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        let State { world, left, calls } = state;
        if world.breach.is_some() {
            return;
        }
        if *calls > 0 {
            actions.push(Action::Call);
        }
        for (at, task) in world.tasks.iter().enumerate() {
            if task.phase == Phase::InFlight {
                actions.extend([Answer::Accepted, Answer::Unauthorized].map(|answer| Action::Answer(at, answer)));
                if left.step_ups > 0 {
                    actions.push(Action::Answer(at, Answer::StepUp { prevented: true }));
                }
            }
            if !matches!(task.phase, Phase::Settled(_)) && left.aborts > 0 {
                actions.push(Action::Abort(at));
            }
        }
        for at in 0..world.requests.len() {
            actions.push(Action::Reply(at, Reply::Served));
            if left.failures > 0 && !world.requests[at].aborted {
                actions.extend([Reply::Lost, Reply::Busy(None)].map(|reply| Action::Reply(at, reply)));
            }
            if left.refusals > 0 && !world.requests[at].aborted {
                actions.push(Action::Reply(at, Reply::Revoked));
            }
        }
        if world.lock.holder.is_none() && !world.lock.queue.is_empty() {
            actions.push(Action::GrantLock);
        }
        for (timer, _) in &world.timers {
            let may = match timer {
                Timer::Canary => left.canaries > 0,
                Timer::Expiry => left.ahead > 0,
                // A write of another tab becomes visible sooner.
                Timer::Grace => world.unseen.is_none(),
                Timer::BackOff | Timer::Restore | Timer::CatchUp(_) | Timer::GiveUp(_) => true,
            };
            if may {
                actions.push(Action::Fire(*timer));
            }
        }
        self.accidents(state, actions);
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let State { mut world, mut left, mut calls } = last.clone();
        match action {
            Action::Call => {
                world.call_to(self.paths[(self.calls - calls) % self.paths.len()], true);
                calls -= 1;
            }
            Action::Answer(at, answer) => {
                left.step_ups -= u8::from(matches!(answer, Answer::StepUp { .. }));
                world.answer(at, answer);
            }
            Action::Abort(at) => {
                left.aborts -= 1;
                world.gone(at);
            }
            Action::GrantLock => drop(world.grant_lock()),
            Action::Reply(at, reply) => {
                match reply {
                    Reply::Served => {}
                    Reply::Revoked => left.refusals -= 1,
                    Reply::Lost | Reply::Dropped | Reply::Duplicated | Reply::Busy(_) | Reply::Nonsense => {
                        left.failures -= 1;
                    }
                }
                world.reply(at, reply);
            }
            Action::Fire(timer) => {
                left.canaries -= u8::from(timer == Timer::Canary);
                left.ahead -= u8::from(timer == Timer::Expiry);
                world.fire(timer);
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
            Action::Refresh => {
                left.by_hand -= 1;
                let _ = world.refresh();
            }
            Action::Unload => {
                left.unloads -= 1;
                world.unload();
            }
            Action::Listen => {
                left.listens -= 1;
                world.listener = self.listener;
            }
            Action::Seen => world.seen(),
            Action::RefreshedElsewhere => {
                left.elsewhere -= 1;
                world.refreshed_elsewhere();
            }
            Action::RefreshedUnseen => {
                left.elsewhere -= 1;
                world.refreshed_unseen();
            }
            Action::EndedElsewhere => {
                left.elsewhere -= 1;
                world.ended_elsewhere();
            }
            Action::ChangedElsewhere => {
                left.elsewhere -= 1;
                world.changed_elsewhere();
            }
        }
        merge(&mut world, &left);
        Some(State { world, left, calls })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(NO_BREACH, |_, state: &State| state.world.breach.is_none()),
            Property::always(ALL_SETTLE, |model: &Self, state: &State| {
                let (world, mut actions) = (&state.world, Vec::new());
                model.actions(state, &mut actions);
                let goes_on = actions.iter().any(|action| action.goes_on(world));
                goes_on || world.breach.is_some() || world.quiet()
            }),
            Property::sometimes("a refresh lets all calls through", |_, State { world, calls, .. }: &State| {
                let Record { accepted, signin, version, .. } = world.record;
                (accepted, signin, version) == (true, 1, 2) && world.tasks.is_empty() && *calls == 0
            }),
        ]
    }
}

/// What can make no difference any more is no part of the state.
fn merge(world: &mut World, left: &Budget) {
    world.tasks.retain(|task| !matches!(task.phase, Phase::Settled(_)));
    world.token_requests = 0;
    world.timers.retain(|(timer, _)| match timer {
        Timer::Canary => left.canaries > 0,
        Timer::Expiry => left.ahead > 0,
        Timer::BackOff | Timer::Grace | Timer::Restore | Timer::CatchUp(_) | Timer::GiveUp(_) => true,
    });
}

impl Small {
    /// What may happen at any time.
    fn accidents(&self, State { world, left, .. }: &State, actions: &mut Vec<Action>) {
        let mut may = |left: u8, fits: bool, action: Action| {
            if left > 0 && fits {
                actions.push(action);
            }
        };
        let signed_in = world.record.signed_in();
        may(left.expiries, signed_in, Action::Expire);
        may(left.logouts, true, Action::Logout);
        may(left.sign_ins, true, Action::SetTokens { with_refresh: true });
        may(left.sign_ins, true, Action::SetTokens { with_refresh: false });
        may(left.by_hand, true, Action::Refresh);
        may(left.listens, self.listener.is_some(), Action::Listen);
        may(left.unloads, world.watches_unload, Action::Unload);
        let seen = world.unseen.is_none();
        may(left.elsewhere, signed_in && seen && world.lock.holder.is_none(), Action::RefreshedElsewhere);
        may(left.elsewhere, signed_in && seen, Action::RefreshedUnseen);
        may(left.elsewhere, seen, Action::EndedElsewhere);
        may(left.elsewhere, seen, Action::ChangedElsewhere);
        may(1, !seen, Action::Seen);
    }

    /// Whether such a state is come to.
    pub fn reaches(self, such: fn(&Self, &State) -> bool) -> bool {
        struct Looking(Small, fn(&Small, &State) -> bool);
        impl Model for Looking {
            type State = State;
            type Action = Action;

            fn init_states(&self) -> Vec<State> {
                self.0.init_states()
            }

            fn actions(&self, state: &State, actions: &mut Vec<Action>) {
                self.0.actions(state, actions);
            }

            fn next_state(&self, last: &State, action: Action) -> Option<State> {
                self.0.next_state(last, action)
            }

            fn properties(&self) -> Vec<Property<Self>> {
                vec![Property::sometimes("such a state", |model: &Self, state| model.1(&model.0, state))]
            }
        }
        Looking(self, such).checker().spawn_bfs().join().discovery("such a state").is_some()
    }

    /// How many states there are, and the rule that one of them breaks.
    pub fn explore(self) -> (usize, Option<&'static str>) {
        // One thread finds the same state first, each time.
        let threads =
            if self.fault.is_some() { 1 } else { std::thread::available_parallelism().map_or(1, usize::from) };
        let checker = self.checker().threads(threads).finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
        let breach = [NO_BREACH, ALL_SETTLE].into_iter().find_map(|property| {
            let path = checker.discovery(property)?;
            let last = path.last_state().clone();
            if self.fault.is_none() {
                println!("{property}: {:?}\n{last:#?}\n{:#?}", last.world.breach, path.into_actions());
            }
            Some(last.world.breach.unwrap_or(property))
        });
        (checker.unique_state_count(), breach)
    }
}

const NO_BREACH: &str = "no rule of the protocol is broken";
pub const ALL_SETTLE: &str = "every call and every refresh settles";
