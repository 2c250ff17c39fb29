//! An API that knows by a clock of its own which tokens it takes, and what each thing of a schedule does to it and to
//! a world.

use super::schedule::Op;
use super::world::{Answer, LIFETIME, Phase, World};
use authfetch::protocol::event::Timer;
use authfetch::protocol::token::AccessToken;

/// A path that answers 401 whatever it is sent.
const BROKEN: u64 = 3;

/// What the API knows: which tokens it takes, by a clock of its own.
pub struct Api {
    real: u64,
    alive: Vec<(AccessToken, u64)>,
}

impl Api {
    pub fn new(world: &World) -> Self {
        let mut api = Self { real: world.now, alive: Vec::new() };
        api.learn(world);
        api
    }

    fn learn(&mut self, world: &World) {
        if let Some(access) = world.record.access
            && self.alive.iter().all(|(known, _)| *known != access)
        {
            self.alive.push((access, self.real + world.lifetime.unwrap_or(LIFETIME)));
        }
    }

    fn withdraw(&mut self, token: Option<AccessToken>) {
        for (known, until) in &mut self.alive {
            if Some(*known) == token {
                *until = 0;
            }
        }
    }

    pub fn judge(&self, world: &World, at: usize) -> Answer {
        let good = |token| self.alive.iter().any(|(known, until)| *known == token && *until > self.real);
        if world.tasks[at].path != BROKEN && world.sent(at).is_some_and(good) {
            Answer::Accepted
        } else {
            Answer::Unauthorized
        }
    }
}

/// One of those that fit, by a number.
fn pick(world: &World, number: u8, fits: impl Fn(Phase) -> bool) -> Option<usize> {
    let fitting: Vec<usize> = (0..world.tasks.len()).filter(|at| fits(world.phase(*at))).collect();
    fitting.get(usize::from(number) % fitting.len().max(1)).copied()
}

fn fire(world: &mut World, api: &mut Api, timer: Timer) {
    let before = world.now;
    world.fire(timer);
    api.real += world.now.saturating_sub(before);
}

/// Whether nobody but another tab can do it.
const fn is_elsewhere(op: Op) -> bool {
    matches!(
        op,
        Op::RefreshedElsewhere
            | Op::AcceptedElsewhere
            | Op::EndedElsewhere
            | Op::ChangedElsewhere
            | Op::RefreshedUnseen
            | Op::Cleared
    )
}

pub fn apply(world: &mut World, api: &mut Api, op: Op) {
    // What is unseen yet is written before anything else is there.
    if is_elsewhere(op) && (!world.setup.place.shared() || world.unseen.is_some()) {
        return;
    }
    match op {
        Op::Call { path, replayable } => drop(world.call_to(path, replayable)),
        Op::Judge(number) => {
            if let Some(at) = pick(world, number, |phase| phase == Phase::InFlight) {
                let answer = api.judge(world, at);
                world.answer(at, answer);
            }
        }
        Op::Answer(number, answer) => {
            if let Some(at) = pick(world, number, |phase| phase == Phase::InFlight) {
                world.answer(at, answer);
            }
        }
        Op::Gone(number) => {
            if let Some(at) = pick(world, number, |phase| !matches!(phase, Phase::Settled(_))) {
                world.gone(at);
            }
        }
        Op::Reply(number, reply) => {
            if world.grant_lock() {
            } else if !world.requests.is_empty() {
                world.reply(usize::from(number) % world.requests.len(), reply);
            } else if let Some(timer) = world.next_timer() {
                fire(world, api, timer);
            }
        }
        Op::Fire(number) => {
            if !world.timers.is_empty() {
                let (timer, _) = world.timers[usize::from(number) % world.timers.len()];
                fire(world, api, timer);
            }
        }
        Op::ClockJumps(ms) => world.clock_jumps(ms.into()),
        Op::Pass(ms) => {
            api.real += u64::from(ms);
            world.pass(ms.into());
        }
        Op::Expire => {
            let before = world.now;
            world.expire();
            api.real += world.now - before;
        }
        Op::SameText(same) => world.same_text = same,
        Op::Withdraw => api.withdraw(world.record.access),
        Op::Logout => world.logout(),
        Op::SetTokens { with_refresh } => world.set_tokens(with_refresh),
        Op::Refresh => drop(world.refresh()),
        Op::Timer => world.timer(),
        Op::Online => world.online(),
        Op::RefreshedElsewhere => world.refreshed_elsewhere(),
        Op::AcceptedElsewhere => world.accepted_elsewhere(),
        Op::EndedElsewhere => world.ended_elsewhere(),
        Op::ChangedElsewhere => world.changed_elsewhere(),
        Op::RefreshedUnseen => world.refreshed_unseen(),
        Op::Seen => world.seen(),
        Op::Cleared => world.cleared(),
        Op::Unload => {
            if world.watches_unload {
                world.unload();
            }
        }
        Op::Listen(reaction) => world.listener = Some(reaction),
    }
    api.learn(world);
}
