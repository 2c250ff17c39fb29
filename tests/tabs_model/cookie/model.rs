//! The world as stateright explores it: what may happen next, and how often what nobody controls may still happen.

use super::{Answer, Flow, Life, Setup, Step, World};
use authfetch::protocol::tabs::Mark;
use stateright::{Checker, HasDiscoveries, Model, Property};

/// How often each thing that nobody controls may happen, for all tabs together.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Budget {
    pub refreshes: u8,
    pub logouts: u8,
    pub sign_ins: u8,
    pub opened: u8,
    pub crashes: u8,
    pub freezes: u8,
    pub hangs: u8,
    /// A token request or its answer is lost.
    pub lost_answers: u8,
    /// A revocation is.
    pub lost_revocations: u8,
    /// The network is back.
    pub online: u8,
}

impl Budget {
    /// What this one allows, and what the other does.
    pub const fn and(self, other: Self) -> Self {
        Self {
            refreshes: self.refreshes + other.refreshes,
            logouts: self.logouts + other.logouts,
            sign_ins: self.sign_ins + other.sign_ins,
            opened: self.opened + other.opened,
            crashes: self.crashes + other.crashes,
            freezes: self.freezes + other.freezes,
            hangs: self.hangs + other.hangs,
            lost_answers: self.lost_answers + other.lost_answers,
            lost_revocations: self.lost_revocations + other.lost_revocations,
            online: self.online + other.online,
        }
    }
}

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
    Steal(usize),
    Read(usize),
    Serve(usize),
    Stray,
    Arrive(usize),
    Judge(usize),
    Resume(usize),
    HandedOver(usize),
    Commit(usize),
    Receive(usize, Mark),
    Look(usize),
    Revoke(usize),
    // What follows may happen, and need not.
    Thaw(usize),
    Refresh(usize),
    Logout(usize),
    SignIn(usize),
    Open(usize),
    Crash(usize),
    Freeze(usize),
    Hang(usize),
    Lose(usize),
    LoseRevocation(usize),
    Online(usize),
}

/// Whether tokens are on their way to the mark: a grace after a refusal outlasts that.
fn brings_tokens(flow: &Flow) -> bool {
    let tokens = |answer| matches!(answer, Answer::Tokens(_));
    match flow.step {
        Step::Sent { answer, .. } => answer.is_some_and(tokens),
        Step::Judging { answer, .. } => tokens(answer),
        Step::Committing(_) => true,
        Step::Queued | Step::Reading | Step::Pausing => false,
    }
}

impl Bounded {
    /// What happens by itself.
    pub fn course(&self, world: &World, actions: &mut Vec<Action>) {
        let hung = world.holder.is_some_and(|holder| world.tabs[holder].life == Life::Hung);
        if world.holder.is_none() && !world.queue.is_empty() {
            actions.push(Action::Grant);
        }
        if !world.strays.is_empty() {
            actions.push(Action::Stray);
        }
        let bring = |tab: &super::Tab| tab.life == Life::Live && tab.flow.as_ref().is_some_and(brings_tokens);
        let quiet = !world.tabs.iter().any(bring);
        for (i, tab) in world.tabs.iter().enumerate() {
            if !tab.commits.is_empty() {
                actions.push(Action::Commit(i));
            }
            let live = tab.life == Life::Live;
            if let Some(flow) = &tab.flow {
                match flow.step {
                    Step::Sent { answer: None, .. } => actions.push(Action::Serve(i)),
                    Step::Sent { .. } => actions.push(Action::Arrive(i)),
                    Step::Committing(_) => actions.push(Action::HandedOver(i)),
                    Step::Queued if live && hung => actions.push(Action::Steal(i)),
                    Step::Reading if live => actions.push(Action::Read(i)),
                    Step::Pausing if live => actions.push(Action::Resume(i)),
                    Step::Judging { answer, .. } if live && world.all_committed() => {
                        if quiet || flow.without_session || answer != Answer::Refused {
                            actions.push(Action::Judge(i));
                        }
                    }
                    Step::Queued | Step::Reading | Step::Pausing | Step::Judging { .. } => {}
                }
            }
            if live {
                actions.extend(tab.signals.iter().map(|mark| Action::Receive(i, *mark)));
                if tab.looks {
                    actions.push(Action::Look(i));
                }
                if tab.revoking.is_some() {
                    actions.push(Action::Revoke(i));
                }
            }
        }
    }

    /// What users and accidents may do yet.
    pub fn chances(&self, State { world, left }: &State, actions: &mut Vec<Action>) {
        let mut may = |left: u8, action: Action| actions.extend((left > 0).then_some(action));
        for (i, tab) in world.tabs.iter().enumerate() {
            match tab.life {
                Life::Unopened => may(left.opened, Action::Open(i)),
                Life::Frozen | Life::Hung => may(1, Action::Thaw(i)),
                Life::Gone => {}
                Life::Live => {
                    let signed_in = tab.record.signed_in();
                    let idle = tab.flow.is_none();
                    may(if idle { left.refreshes } else { 0 }, Action::Refresh(i));
                    may(if signed_in { left.logouts } else { 0 }, Action::Logout(i));
                    may(if signed_in { 0 } else { left.sign_ins }, Action::SignIn(i));
                    // It changes nothing where nothing is left to be told.
                    let untold = tab.machine.unconfirmed() && tab.revoking.is_none() && !tab.looks;
                    may(if untold { left.online } else { 0 }, Action::Online(i));
                    may(left.freezes, Action::Freeze(i));
                    may(left.hangs, Action::Hang(i));
                    let sent = tab.flow.as_ref().is_some_and(|flow| matches!(flow.step, Step::Sent { .. }));
                    may(if sent { left.lost_answers } else { 0 }, Action::Lose(i));
                    may(if tab.revoking.is_some() { left.lost_revocations } else { 0 }, Action::LoseRevocation(i));
                }
            }
            if !matches!(tab.life, Life::Unopened | Life::Gone) {
                may(left.crashes, Action::Crash(i));
            }
        }
    }

    /// Whether nothing happens any more unless somebody makes it happen.
    pub fn at_rest(&self, state: &State) -> bool {
        let mut actions = Vec::new();
        self.course(&state.world, &mut actions);
        actions.is_empty()
    }
}

impl Model for Bounded {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State { world: World::new(self.setup), left: self.budget }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        if state.world.breach.is_none() {
            self.course(&state.world, actions);
            self.chances(state, actions);
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let State { mut world, mut left } = last.clone();
        match action {
            Action::Grant => world.grant(),
            Action::Steal(i) => world.steal(i),
            Action::Read(i) => world.read(i),
            Action::Serve(i) => world.serve(i),
            Action::Stray => world.serve_stray(),
            Action::Arrive(i) => world.arrive(i, false),
            Action::Judge(i) => world.judge(i),
            Action::Resume(i) => world.resume(i),
            Action::HandedOver(i) => world.handed_over(i),
            Action::Commit(i) => world.commit(i),
            Action::Receive(i, mark) => world.receive(i, mark),
            Action::Look(i) => world.look(i),
            Action::Revoke(i) => world.revoke(i, false),
            Action::Thaw(i) => world.thaw(i),
            Action::Refresh(i) => (left.refreshes, ()) = (left.refreshes - 1, world.refresh(i)),
            Action::Logout(i) => (left.logouts, ()) = (left.logouts - 1, world.logout(i)),
            Action::SignIn(i) => (left.sign_ins, ()) = (left.sign_ins - 1, world.sign_in(i)),
            Action::Open(i) => (left.opened, ()) = (left.opened - 1, world.open(i)),
            Action::Crash(i) => (left.crashes, ()) = (left.crashes - 1, world.crash(i)),
            Action::Freeze(i) => (left.freezes, ()) = (left.freezes - 1, world.freeze(i)),
            Action::Hang(i) => (left.hangs, ()) = (left.hangs - 1, world.hang(i)),
            Action::Lose(i) => (left.lost_answers, ()) = (left.lost_answers - 1, world.arrive(i, true)),
            Action::LoseRevocation(i) => {
                left.lost_revocations -= 1;
                world.revoke(i, true);
            }
            Action::Online(i) => (left.online, world.tabs[i].looks) = (left.online - 1, true),
        }
        Some(State { world, left })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("no rule is broken", |_, state: &State| state.world.breach.is_none()),
            Property::always("whatever was begun ends well", |model: &Self, state: &State| {
                state.world.breach.is_some() || state.world.unrest().is_none() || !model.at_rest(state)
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
        if setup.fault == super::Fault::None {
            println!("{name}: {breach}\n{:?}", path.into_actions());
        }
        breach
    });
    let (states, depth) = (checker.unique_state_count(), checker.max_depth());
    println!("{name}: {states} states, depth {depth}, {}", breach.unwrap_or("no breach"));
    Found { states, depth, breach }
}
