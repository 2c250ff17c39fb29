//! The world as stateright explores it: what may happen next, and how often what nobody controls may still happen.

pub use super::action::Action;
pub use super::budget::{Budget, NONE};
use super::exchange::Answer;
use super::reached::{self, Kinds};
use super::world::{Life, Phase, Setup, World};
use authfetch::protocol::event::Timer;
use stateright::{Checker, HasDiscoveries, Model, Property};
use std::sync::{Mutex, PoisonError};

pub struct Bounded {
    pub setup: Setup,
    pub budget: Budget,
    /// The kinds that were come to, where they are asked for.
    reached: Option<Mutex<Kinds>>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct State {
    pub world: World,
    pub left: Budget,
}

impl Bounded {
    pub const fn new(setup: Setup, budget: Budget) -> Self {
        Self { setup, budget, reached: None }
    }

    /// What happens by itself.
    pub fn course(&self, world: &World, actions: &mut Vec<Action>) {
        if world.holder.is_none() && !world.queue.is_empty() {
            actions.push(Action::Grant);
        }
        if !world.strays.is_empty() {
            actions.push(Action::Stray);
        }
        for (i, tab) in world.tabs.iter().enumerate() {
            if !tab.outbox.is_empty() {
                actions.push(Action::Arrive(i));
            }
            if !tab.inbox.is_empty() {
                actions.push(Action::Deliver(i));
            }
            if tab.request.is_some_and(|request| request.outcome.is_none()) {
                actions.push(Action::Serve(i));
            }
            if tab.life == Life::Live {
                self.course_of(world, i, actions);
            }
        }
    }

    fn course_of(&self, world: &World, i: usize, actions: &mut Vec<Action>) {
        let tab = &world.tabs[i];
        actions.extend(tab.told.iter().map(|(mark, of_end)| Action::Hear(i, *mark, *of_end)));
        if world.has_news(i) {
            actions.push(Action::Look(i));
        }
        let settled = !world.lags(i);
        for timer in &tab.timers {
            let fires = match timer {
                // It reads again what `Look` shows it as soon as that differs.
                Timer::CatchUp(_) | Timer::Expiry | Timer::Canary => false,
                Timer::Restore | Timer::Grace => settled,
                Timer::GiveUp(_) => !world.somebody_restores(),
                Timer::BackOff => true,
            };
            if fires {
                actions.push(Action::Fire(i, *timer));
            }
        }
        for (c, phase) in tab.calls.iter().enumerate() {
            if matches!(phase, Phase::InFlight { .. }) {
                // It was judged when it arrived, or now.
                actions.push(Action::Answer(i, c, Answer::Accepted));
                if world.expired(i, c) {
                    actions.push(Action::Answer(i, c, Answer::Unauthorized));
                }
            }
        }
        if world.is_kept() {
            let waiting = world.queue.iter().filter(|(at, _)| *at == i);
            actions.extend(waiting.map(|(_, ticket)| Action::WaitedEnough(i, *ticket)));
        }
        // Transactions of one tab are done in their order.
        let commits = if self.setup.slow_mark { tab.commits.len() } else { tab.commits.len().min(1) };
        actions.extend((0..commits).map(|n| Action::Committed(i, n)));
        actions.extend((0..tab.reads.len()).map(|n| Action::MarkRead(i, n)));
        if tab.request.is_some_and(|request| request.outcome.is_some()) {
            actions.push(Action::Reply(i));
        }
        if tab.claiming {
            actions.push(Action::Claimed(i));
        }
        if tab.revoking {
            actions.push(Action::Revoked(i));
        }
        if tab.navigates {
            actions.push(Action::Leave(i));
        }
        if tab.leaving.is_some() {
            actions.push(Action::Stay(i));
        }
    }

    /// What users and accidents may do yet.
    pub fn chances(&self, State { world, left }: &State, actions: &mut Vec<Action>) {
        let mut may = |left: u8, action: Action| actions.extend((left > 0).then_some(action));
        may(left.expiries, Action::Expire);
        for (i, tab) in world.tabs.iter().enumerate() {
            match tab.life {
                Life::Unopened => may(left.opened, Action::Open(i)),
                Life::Frozen | Life::Hidden | Life::Hung => may(1, Action::Thaw(i)),
                Life::Gone => {}
                Life::Live => {
                    may(left.calls.saturating_sub(tab.calls.len() as u8), Action::Call(i));
                    if tab.session.record().signed_in() {
                        may(left.logouts, Action::Logout(i, false));
                        may(left.logouts.min(left.torn), Action::Logout(i, true));
                        may(left.refreshes, Action::Refresh(i));
                    }
                    may(left.sign_ins, Action::SetTokens(i, false));
                    may(left.sign_ins.min(left.torn), Action::SetTokens(i, true));
                    may(left.clears, Action::Clear(i));
                    may(left.freezes, Action::Freeze(i));
                    may(left.hangs, Action::Hang(i));
                    may(left.hides, Action::Hide(i));
                    let served = tab.request.map(|request| request.outcome.is_some());
                    may(if tab.watches && served.is_some() { left.unloads } else { 0 }, Action::Unload(i));
                    may(if served == Some(false) { left.dropped } else { 0 }, Action::Drop(i));
                    may(if served == Some(true) { left.lost_answers } else { 0 }, Action::Lose(i));
                    for (c, phase) in tab.calls.iter().enumerate() {
                        let (open, sent) = match phase {
                            Phase::Settled(_) => (false, false),
                            Phase::Waiting(_) => (true, false),
                            Phase::InFlight { .. } => (true, true),
                        };
                        may(if open { left.aborts } else { 0 }, Action::Abort(i, c));
                        may(if sent { left.challenges } else { 0 }, Action::StepUp(i, c));
                    }
                    may(if tab.has(Timer::Expiry) { left.expiries } else { 0 }, Action::Due(i));
                    may(if tab.has(Timer::Canary) { left.timeouts } else { 0 }, Action::NoHeaders(i));
                    may(if tab.blocked { 0 } else { left.blocks }, Action::Block(i));
                    may(left.visibilities, Action::Visible(i, false));
                    may(left.visibilities, Action::Visible(i, true));
                    may(left.onlines, Action::Online(i));
                    may(left.closes, Action::Close(i));
                }
            }
            if !matches!(tab.life, Life::Unopened | Life::Gone) {
                may(left.crashes, Action::Crash(i, false));
                may(if tab.outbox.is_empty() { 0 } else { left.lost_writes }, Action::Crash(i, true));
            }
        }
    }

    /// Whether nothing happens any more unless somebody makes it happen.
    pub fn at_rest(&self, state: &State) -> bool {
        let mut actions = Vec::new();
        self.course(&state.world, &mut actions);
        actions.is_empty()
    }

    fn note_reached(&self) {
        if let Some(reached) = &self.reached {
            reached.lock().unwrap_or_else(PoisonError::into_inner).append(&mut reached::take());
        }
    }
}

impl Model for Bounded {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let world = World::new(self.setup);
        self.note_reached();
        vec![State { world, left: self.budget }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        if state.world.breach.is_none() {
            self.course(&state.world, actions);
            self.chances(state, actions);
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let State { mut world, mut left } = last.clone();
        action.carry_out(&mut world, &mut left);
        if self.setup.alike {
            world.sort_tabs();
        }
        self.note_reached();
        Some(State { world, left })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(NO_BREACH, |_, state: &State| state.world.breach.is_none()),
            Property::always(ENDS_WELL, |model: &Self, state: &State| {
                state.world.breach.is_some() || state.world.unrest().is_none() || !model.at_rest(state)
            }),
            Property::sometimes(ONE_REFRESH, |_, state: &State| state.world.served_by_one_refresh()),
        ]
    }
}

const NO_BREACH: &str = "no rule is broken";
const ENDS_WELL: &str = "whatever was begun ends well";
const ONE_REFRESH: &str = "one refresh is enough for all";

/// What has come of it.
pub struct Found {
    pub states: usize,
    pub depth: usize,
    pub breach: Option<&'static str>,
    /// In some order one token request served every call.
    pub one_refresh: bool,
}

/// Goes through all of it, or up to the first breach.
pub fn explore(name: &str, setup: Setup, budget: Budget) -> Found {
    explore_model(name, Bounded::new(setup, budget)).0
}

/// Goes through all of it, and tells which kinds it has come to.
pub fn reach(name: &str, setup: Setup, budget: Budget) -> (Found, Kinds) {
    explore_model(name, Bounded { reached: Some(Mutex::default()), ..Bounded::new(setup, budget) })
}

fn explore_model(name: &str, model: Bounded) -> (Found, Kinds) {
    let sound = model.setup.sound();
    // By one thread the same breach of several is found each time.
    let threads = if sound { std::thread::available_parallelism().map_or(1, usize::from) } else { 1 };
    let checker = model.checker().threads(threads).finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    let failed = [NO_BREACH, ENDS_WELL].iter().find_map(|rule| checker.discovery(rule));
    let breach = failed.map(|path| {
        let last = path.last_state().clone();
        let breach = last.world.breach.or_else(|| last.world.unrest()).unwrap_or("nothing");
        if sound {
            println!("{name}: {breach}");
            for (state, action) in path.into_vec() {
                println!("  {}\n{action:?}", state.world.summary());
            }
        }
        breach
    });
    let (states, depth) = (checker.unique_state_count(), checker.max_depth());
    println!("{name}: {states} states, depth {depth}, {}", breach.unwrap_or("no breach"));
    let one_refresh = checker.discovery(ONE_REFRESH).is_some();
    let reached = checker.model().reached.as_ref();
    let kinds = reached.map(|kinds| kinds.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap_or_default();
    (Found { states, depth, breach, one_refresh }, kinds)
}
