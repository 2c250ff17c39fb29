//! The world as stateright explores it: what may happen next, and how often what nobody controls may still happen.

use super::chances::{Budget, CHANCES, Chance};
use super::server::{Answer, Request};
use super::{Life, Setup, World};
use authfetch::protocol::cookie::UNCONFIRMED;
use authfetch::protocol::event::{Event, MarkFor, Timer};
use authfetch::protocol::session::refresh::Step;
use authfetch::protocol::tabs::Mark;
use stateright::{Checker, HasDiscoveries, Model, Property};

pub struct Bounded {
    pub setup: Setup,
    pub budget: Budget,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct State {
    pub world: World,
    pub left: Budget,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Action {
    Grant,
    Unavailable(usize),
    Read(usize, usize),
    Serve(usize),
    Stray,
    Arrive(usize),
    Fire(usize, Timer),
    Commit(usize),
    Receive(usize, Mark),
    Revoke(usize, usize),
    Answer(usize, usize),
    CatchUp(usize),
    /// What follows may happen, and need not.
    Thaw(usize),
    Happens(Chance, usize),
}

impl World {
    /// What happens by itself.
    pub fn course(&self, actions: &mut Vec<Action>) {
        let hung = self.holder.is_some_and(|(holder, _)| self.tabs[holder].life == Life::Hung);
        if self.holder.is_none() && !self.queue.is_empty() {
            actions.push(Action::Grant);
        }
        if !self.strays.is_empty() {
            actions.push(Action::Stray);
        }
        // A grace after a refusal outlasts tokens on their way to the mark.
        let quiet = !self.tabs.iter().any(|tab| tab.runs() && tab.brings_tokens());
        for (i, tab) in self.tabs.iter().enumerate() {
            if !tab.commits.is_empty() {
                actions.push(Action::Commit(i));
            }
            match tab.request {
                Some(Request { answer: None, .. }) => actions.push(Action::Serve(i)),
                Some(_) => actions.push(Action::Arrive(i)),
                None => {}
            }
            if !tab.runs() {
                continue;
            }
            // A page that runs again knows first what has become of its lock.
            if !tab.untold.is_empty() {
                actions.push(Action::CatchUp(i));
                continue;
            }
            if hung && self.queue.iter().any(|(waiting, _)| *waiting == i) {
                actions.push(Action::Unavailable(i));
            }
            for (at, reader) in tab.reads.iter().enumerate() {
                if self.all_committed() || matches!(reader, MarkFor::Lock(_)) {
                    actions.push(Action::Read(i, at));
                }
            }
            actions.extend(tab.signals.iter().map(|mark| Action::Receive(i, *mark)));
            actions.extend((0..tab.revocations.len()).map(|at| Action::Revoke(i, at)));
            let answered = |at: &usize| tab.calls[*at].in_flight();
            actions.extend((0..tab.calls.len()).filter(answered).map(|at| Action::Answer(i, at)));
            let timers = [
                (Timer::BackOff, tab.timers.back_off),
                (Timer::Grace, tab.timers.grace && quiet),
                (Timer::Expiry, tab.timers.expiry.is_some_and(|at| at <= self.now)),
            ];
            actions.extend(timers.iter().filter(|(_, fires)| *fires).map(|(timer, _)| Action::Fire(i, *timer)));
        }
    }

    /// Goes on until nothing happens by itself.
    pub fn rest(&mut self) {
        let mut actions = Vec::new();
        self.course(&mut actions);
        while let Some(action) = actions.first().copied() {
            self.act(action);
            actions.clear();
            self.course(&mut actions);
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Grant => self.grant(),
            Action::Unavailable(i) => {
                if let Some((_, ticket)) = self.queue.iter().find(|(waiting, _)| *waiting == i) {
                    self.dispatch(i, Event::LockUnavailable(*ticket));
                }
            }
            Action::Read(i, at) => self.read(i, at),
            Action::Serve(i) => self.serve(i, false),
            Action::Stray => self.serve_stray(),
            Action::Arrive(i) => self.arrive(i, false),
            Action::Fire(i, timer) => {
                self.tabs[i].timers.set(timer, None);
                self.tabs[i].leaving = false;
                self.dispatch(i, Event::TimerFired(timer));
            }
            Action::Commit(i) => self.commit(i),
            Action::Receive(i, mark) => {
                self.tabs[i].signals.remove(&mark);
                self.dispatch(i, Event::Signalled { mark, of_end: mark.version >= UNCONFIRMED });
            }
            Action::Revoke(i, at) => self.revoke(i, at, false),
            Action::Answer(i, at) => self.answer(i, at),
            Action::CatchUp(i) => self.catch_up(i),
            Action::Thaw(i) => self.thaw(i),
            Action::Happens(chance, i) => self.happens(chance, i),
        }
    }
}

impl super::Tab {
    fn brings_tokens(&self) -> bool {
        let reads = self.session.refresh_step() == Some(Step::Mark);
        let read = reads && self.asked.is_some_and(|asked| asked.tokens);
        let answered = self.request.is_some_and(|request| matches!(request.answer, Some(Answer::Tokens(_))));
        read || answered || !self.commits.is_empty()
    }
}

impl Model for Bounded {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State { world: World::new(self.setup), left: self.budget }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        let State { world, left } = state;
        if world.breach.is_some() {
            return;
        }
        world.course(actions);
        for (i, tab) in world.tabs.iter().enumerate() {
            if matches!(tab.life, Life::Frozen | Life::PutAway | Life::Hung) {
                actions.push(Action::Thaw(i));
            }
            let may = |chance: &Chance| left.left(*chance) > 0 && world.may(*chance, i);
            actions.extend(CHANCES.into_iter().filter(may).map(|chance| Action::Happens(chance, i)));
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let State { mut world, mut left } = last.clone();
        if let Action::Happens(chance, _) = action {
            left.spend(chance);
        }
        world.act(action);
        world.forget();
        Some(State { world, left })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("no rule is broken", |_, state: &State| state.world.breach.is_none()),
            Property::always("whatever was begun ends well", |_, state: &State| {
                let rests = || {
                    let mut actions = Vec::new();
                    state.world.course(&mut actions);
                    actions.is_empty()
                };
                state.world.breach.is_some() || state.world.unrest().is_none() || !rests()
            }),
        ]
    }
}

/// What has come of it.
pub struct Found {
    pub states: usize,
    pub depth: usize,
    pub breach: Option<&'static str>,
}

/// Goes through all of it, or up to the first breach.
pub fn explore(name: &str, setup: Setup, budget: Budget) -> Found {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let failures = HasDiscoveries::AnyFailures;
    let checker = Bounded { setup, budget }.checker().threads(threads).finish_when(failures).spawn_bfs().join();
    let rules = ["no rule is broken", "whatever was begun ends well"];
    let failed = rules.into_iter().find_map(|rule| checker.discovery(rule));
    let breach = failed.map(|path| {
        let last = path.last_state().clone();
        let breach = last.world.breach.or_else(|| last.world.unrest()).unwrap_or("nothing");
        if setup.fault.is_none() {
            println!("{name}: {breach}\n{:?}", path.into_actions());
        }
        breach
    });
    let (states, depth) = (checker.unique_state_count(), checker.max_depth());
    println!("{name}: {states} states, depth {depth}, {}", breach.unwrap_or("no breach"));
    Found { states, depth, breach }
}
