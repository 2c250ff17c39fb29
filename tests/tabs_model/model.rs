//! The world as stateright explores it: what may happen next, and how often what nobody controls may still happen.

use super::world::{Fault, Kind, Life, Phase, Setup, Step, World};
use authfetch::protocol::tabs::Mark;
use stateright::{Checker, HasDiscoveries, Model, Property};

/// How often each thing that nobody controls may happen. `calls` is for each tab, all else for all together.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Budget {
    pub calls: u8,
    pub expiries: u8,
    pub logouts: u8,
    pub sign_ins: u8,
    pub clears: u8,
    /// A tab dies between two turns.
    pub crashes: u8,
    /// A tab dies, and its last writes with it.
    pub lost_writes: u8,
    /// A tab dies in the middle of a logout or a `setTokens`.
    pub torn: u8,
    pub freezes: u8,
    pub hangs: u8,
    /// The server does not hear of a token request.
    pub dropped: u8,
    /// The server's answer is lost.
    pub lost_answers: u8,
    pub opened: u8,
}

impl Budget {
    /// What this one allows, and what the other does.
    pub const fn and(self, other: Self) -> Self {
        Self {
            calls: self.calls + other.calls,
            expiries: self.expiries + other.expiries,
            logouts: self.logouts + other.logouts,
            sign_ins: self.sign_ins + other.sign_ins,
            clears: self.clears + other.clears,
            crashes: self.crashes + other.crashes,
            lost_writes: self.lost_writes + other.lost_writes,
            torn: self.torn + other.torn,
            freezes: self.freezes + other.freezes,
            hangs: self.hangs + other.hangs,
            dropped: self.dropped + other.dropped,
            lost_answers: self.lost_answers + other.lost_answers,
            opened: self.opened + other.opened,
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
    Arrive(usize),
    Deliver(usize),
    Hear(usize, Mark),
    Look(usize),
    Restore(usize),
    Answer(usize, usize, bool),
    Grant,
    Steal(usize, u8),
    WaitedEnough(usize, u8),
    GiveUp(usize, u8),
    Committed(usize, u8),
    Serve(usize, u8),
    Stray,
    Reply(usize, u8),
    Resume(usize, u8),
    Grace(usize, u8),
    // What follows may happen, and need not.
    Thaw(usize),
    Call(usize),
    Expire,
    Logout(usize, bool),
    SetTokens(usize, bool),
    Clear(usize),
    Crash(usize, bool),
    Freeze(usize),
    Hang(usize),
    Drop(usize, u8),
    Lose(usize, u8),
    Open(usize),
}

impl Bounded {
    /// What happens by itself.
    pub fn course(&self, world: &World, actions: &mut Vec<Action>) {
        let robbable = world.holder.is_some_and(|(i, _)| world.tabs[i].life == Life::Hung);
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
            for flow in &tab.flows {
                if matches!(&flow.step, Step::Sent(request) if request.outcome.is_none()) {
                    actions.push(Action::Serve(i, flow.n));
                }
            }
            if tab.life != Life::Live {
                continue;
            }
            actions.extend(tab.told.iter().map(|mark| Action::Hear(i, *mark)));
            if world.has_news(i) {
                actions.push(Action::Look(i));
            }
            let settled = !world.lags(i);
            if tab.restoring && settled && world.puts_back_at_all() {
                actions.push(Action::Restore(i));
            }
            for (c, task) in tab.tasks.iter().enumerate() {
                if matches!(task.phase, Phase::InFlight { .. }) {
                    // It was judged when it arrived, or now.
                    actions.push(Action::Answer(i, c, true));
                    if world.expired(i, c) {
                        actions.push(Action::Answer(i, c, false));
                    }
                }
            }
            for flow in &tab.flows {
                let n = flow.n;
                match &flow.step {
                    Step::Queued if robbable && matches!(flow.kind, Kind::Renewal(_)) => {
                        actions.push(Action::Steal(i, n))
                    }
                    Step::Queued if robbable => actions.push(Action::WaitedEnough(i, n)),
                    Step::Catching(_) if !world.somebody_puts_back() => actions.push(Action::GiveUp(i, n)),
                    Step::Committing(_) => actions.push(Action::Committed(i, n)),
                    Step::Sent(request) if request.outcome.is_some() => actions.push(Action::Reply(i, n)),
                    Step::Pausing => actions.push(Action::Resume(i, n)),
                    Step::Grace if settled => actions.push(Action::Grace(i, n)),
                    Step::Queued | Step::Catching(_) | Step::Sent(_) | Step::Grace => {}
                }
            }
        }
    }

    /// What users and accidents may do yet.
    pub fn chances(&self, State { world, left }: &State, actions: &mut Vec<Action>) {
        let mut may = |left: u8, action: Action| actions.extend((left > 0).then_some(action));
        may(left.expiries, Action::Expire);
        for (i, tab) in world.tabs.iter().enumerate() {
            match tab.life {
                Life::Unopened => may(left.opened, Action::Open(i)),
                Life::Frozen | Life::Hung => may(1, Action::Thaw(i)),
                Life::Gone => {}
                Life::Live => {
                    may(left.calls.saturating_sub(tab.tasks.len() as u8), Action::Call(i));
                    let signed_in = tab.known.signed_in();
                    if signed_in {
                        may(left.logouts, Action::Logout(i, false));
                        may(left.logouts.min(left.torn), Action::Logout(i, true));
                    }
                    may(left.sign_ins, Action::SetTokens(i, false));
                    may(left.sign_ins.min(left.torn), Action::SetTokens(i, true));
                    may(left.clears, Action::Clear(i));
                    may(left.freezes, Action::Freeze(i));
                    may(left.hangs, Action::Hang(i));
                    for flow in &tab.flows {
                        if let Step::Sent(request) = &flow.step {
                            may(if request.outcome.is_none() { left.dropped } else { 0 }, Action::Drop(i, flow.n));
                            may(if request.outcome.is_some() { left.lost_answers } else { 0 }, Action::Lose(i, flow.n));
                        }
                    }
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
            Action::Arrive(i) => world.arrive(i),
            Action::Deliver(i) => world.deliver(i),
            Action::Hear(i, mark) => world.on_signal(i, mark),
            Action::Look(i) => world.look(i),
            Action::Restore(i) => world.restores(i),
            Action::Answer(i, c, good) => world.answer(i, c, good),
            Action::Grant => world.grant(),
            Action::Steal(i, n) => world.steal(i, n),
            Action::WaitedEnough(i, n) => world.waited_enough(i, n),
            Action::GiveUp(i, n) => world.gives_up(i, n),
            Action::Committed(i, n) => world.committed(i, n),
            Action::Serve(i, n) => world.serve(i, n),
            Action::Stray => world.serve_stray(),
            Action::Reply(i, n) => world.reply(i, n, false),
            Action::Resume(i, n) => world.resume(i, n),
            Action::Grace(i, n) => world.grace_over(i, n),
            Action::Thaw(i) => world.thaw(i),
            Action::Call(i) => world.call(i),
            Action::Expire => (left.expiries, ()) = (left.expiries - 1, world.expire()),
            Action::Logout(i, torn) => {
                left.logouts -= 1;
                left.torn -= u8::from(torn);
                if torn { world.dies_within(i, |world| world.logout(i)) } else { world.logout(i) }
            }
            Action::SetTokens(i, torn) => {
                left.sign_ins -= 1;
                left.torn -= u8::from(torn);
                if torn { world.dies_within(i, |world| world.set_tokens(i)) } else { world.set_tokens(i) }
            }
            Action::Clear(i) => (left.clears, ()) = (left.clears - 1, world.clear(i)),
            Action::Crash(i, false) => (left.crashes, ()) = (left.crashes - 1, world.crash(i, false)),
            Action::Crash(i, true) => (left.lost_writes, ()) = (left.lost_writes - 1, world.crash(i, true)),
            Action::Freeze(i) => (left.freezes, ()) = (left.freezes - 1, world.freeze(i)),
            Action::Hang(i) => (left.hangs, ()) = (left.hangs - 1, world.hang(i)),
            Action::Drop(i, n) => (left.dropped, ()) = (left.dropped - 1, world.reply(i, n, true)),
            Action::Lose(i, n) => (left.lost_answers, ()) = (left.lost_answers - 1, world.reply(i, n, true)),
            Action::Open(i) => (left.opened, ()) = (left.opened - 1, world.open(i)),
        }
        if self.setup.alike {
            world.sort_tabs();
        }
        Some(State { world, left })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("no rule is broken", |_, state: &State| state.world.breach.is_none()),
            Property::always("whatever was begun ends well", |model: &Self, state: &State| {
                state.world.breach.is_some() || state.world.unrest().is_none() || !model.at_rest(state)
            }),
            Property::sometimes(ONE_RENEWAL, |_, state: &State| state.world.served_by_one_renewal()),
        ]
    }
}

const ONE_RENEWAL: &str = "one renewal is enough for all";

/// What has come of it.
pub struct Found {
    pub states: usize,
    pub depth: usize,
    pub breach: Option<&'static str>,
    /// In some order one token request served every call.
    pub one_renewal: bool,
}

/// Goes through all of it, or up to the first breach.
pub fn explore(name: &str, setup: Setup, budget: Budget) -> Found {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let failures = HasDiscoveries::AnyFailures;
    let checker = Bounded { setup, budget }.checker().threads(threads).finish_when(failures).spawn_bfs().join();
    let failed = ["no rule is broken", "whatever was begun ends well"].iter().find_map(|rule| checker.discovery(rule));
    let breach = failed.map(|path| {
        let last = path.last_state().clone();
        let breach = last.world.breach.or_else(|| last.world.unrest()).unwrap_or("nothing");
        if setup.fault == Fault::None {
            println!("{name}: {breach}\n{:?}", path.into_actions());
        }
        breach
    });
    let (states, depth) = (checker.unique_state_count(), checker.max_depth());
    println!("{name}: {states} states, depth {depth}, {}", breach.unwrap_or("no breach"));
    Found { states, depth, breach, one_renewal: checker.discovery(ONE_RENEWAL).is_some() }
}
