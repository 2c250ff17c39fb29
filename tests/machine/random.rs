//! Hundreds of thousands of random schedules of a larger world, under every policy: answers lost, late, reordered,
//! doubled and false; aborts, logouts, sign-ins, other tabs, clocks that jump and machines that sleep.

use super::bounds::bound;
use super::schedule::{Chance, Op, draw, shrink};
use super::world::{Answer, End, Fault, LIFETIME, Phase, Step, World};
use authfetch::protocol::config::{OnRetryRejected, OnSessionExpired, Policy, Renewable, SignedOut};
use authfetch::protocol::token::AccessToken;

const SCHEDULES: u64 = 400_000;
const LENGTH: usize = 60;
/// A path that answers 401 whatever it is sent.
const BROKEN: u64 = 3;

/// What the API knows: which tokens it takes, by a clock of its own.
struct Api {
    real: u64,
    alive: Vec<(AccessToken, u64)>,
}

impl Api {
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

    fn judge(&self, world: &World, at: usize) -> Answer {
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

fn apply(world: &mut World, api: &mut Api, op: Op) {
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
        Op::Renewal(number, reply) => {
            let at = usize::from(number) % world.runs.len().max(1);
            match world.runs.get(at).map(|run| run.step) {
                Some(Step::Turn) => world.turn(at),
                Some(Step::Sent(_)) => world.reply(at, reply),
                Some(Step::Pausing(until)) => {
                    api.real += until.saturating_sub(world.now);
                    world.resume(at);
                }
                Some(Step::Grace) => world.refused(at),
                None => {}
            }
        }
        Op::Patience => world.patience(),
        Op::ClockJumps(ms) => world.now = world.now.saturating_add_signed(ms.into()).max(1),
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
        Op::Refresh => world.refresh(),
        Op::Timer => world.timer(),
        Op::Online => world.online(),
        Op::RenewedElsewhere => world.renewed_elsewhere(),
        Op::AcceptedElsewhere => world.accepted_elsewhere(),
        Op::EndedElsewhere => world.ended_elsewhere(),
        Op::ChangedElsewhere => world.changed_elsewhere(),
    }
    api.learn(world);
}

/// What is so after every step, beside what the world itself watches.
fn after_each(world: &World, before: &World) -> Option<&'static str> {
    if world.machine.epoch() < before.machine.epoch() {
        return Some("the epoch never falls");
    }
    if world.record.epoch < before.record.epoch {
        return Some("the stored epoch never falls");
    }
    let reopened = |(task, old): (&super::world::Task, &super::world::Task)| {
        matches!(old.phase, Phase::Settled(_)) && task.phase != old.phase
    };
    if world.tasks.iter().zip(&before.tasks).any(reopened) {
        return Some("what has settled stays settled");
    }
    world.breach
}

/// Runs `ops`; how many steps that took, and the rule that was broken.
fn run(policy: Policy, lifetime: Option<u64>, fault: Fault, ops: &[Op]) -> (u64, Option<&'static str>) {
    let mut world = World::signed_out(policy, fault);
    world.lifetime = lifetime;
    world.set_tokens(true);
    let mut api = Api { real: world.now, alive: Vec::new() };
    api.learn(&world);
    let mut steps = 0;
    for op in ops {
        let before = world.clone();
        apply(&mut world, &mut api, *op);
        steps += 1;
        if let Some(breach) = after_each(&world, &before) {
            return (steps, Some(breach));
        }
    }
    steps += world.drain(|world, at| api.judge(world, at));
    if world.breach.is_none() && !world.quiet() {
        return (steps, Some("nothing is left unsettled"));
    }
    // Whatever is held for a sign-in ends with the session.
    world.logout();
    let held = |phase| !matches!(phase, Phase::Settled(_));
    if (0..world.tasks.len()).any(|at| held(world.phase(at))) {
        return (steps, Some("a logout ends every wait"));
    }
    (steps, world.breach)
}

fn policy(chance: &mut Chance) -> (Policy, Option<u64>) {
    let policy = Policy {
        signed_out: chance.of(&[SignedOut::Send, SignedOut::Reject]),
        on_session_expired: chance.of(&[
            OnSessionExpired::Logout,
            OnSessionExpired::Hold,
            OnSessionExpired::PassThrough,
        ]),
        on_retry_rejected: chance.of(&[OnRetryRejected::Auto, OnRetryRejected::Logout, OnRetryRejected::Return]),
        renewable: if chance.below(8) == 0 { Renewable::Never } else { Renewable::WithToken },
        leeway: chance.of(&[0, 30_000]),
        attempts: 1 + chance.below(3) as u32,
        grace: chance.of(&[0, 250]),
    };
    (policy, chance.of(&[None, Some(2_000), Some(LIFETIME), Some(LIFETIME)]))
}

/// A rule that was broken, and the shortest schedule that shows it.
struct Found {
    seed: u64,
    policy: Policy,
    shortest: Vec<Op>,
    rule: &'static str,
}

/// Runs schedules until one breaks a rule; the number of steps that took comes first.
fn search(fault: Fault, schedules: u64) -> (u64, Option<Found>) {
    let mut steps = 0;
    for seed in 0..schedules {
        let mut chance = Chance(seed);
        let (policy, lifetime) = policy(&mut chance);
        let ops = draw(&mut chance, LENGTH);
        let (ran, breach) = run(policy, lifetime, fault, &ops);
        steps += ran;
        if let Some(rule) = breach {
            let shortest = shrink(ops, |ops| run(policy, lifetime, fault, ops).1 == Some(rule));
            return (steps, Some(Found { seed, policy, shortest, rule }));
        }
    }
    (steps, None)
}

#[test]
fn no_random_schedule_breaks_a_rule() {
    let schedules = bound(SCHEDULES, 25 * SCHEDULES);
    let (steps, breach) = search(Fault::None, schedules);
    if let Some(Found { seed, policy, shortest, rule }) = breach {
        panic!("seed {seed} breaks \"{rule}\" under {policy:?} with {shortest:#?}");
    }
    println!("{schedules} schedules, {steps} steps");
    assert!(steps > schedules * LENGTH as u64);
}

#[test]
fn the_random_schedules_find_each_fault_that_is_put_in_and_show_it_shortly() {
    for fault in [
        Fault::NoEpochCheck,
        Fault::SlotClearedByOthers,
        Fault::NoTokenComparison,
        Fault::NoCanary,
        Fault::RetriesForever,
        Fault::ForgetsRotation,
    ] {
        let (steps, breach) = search(fault, SCHEDULES);
        let Found { seed, shortest, rule, .. } =
            breach.unwrap_or_else(|| panic!("{fault:?} was not found in {steps} steps"));
        println!(
            "{fault:?}: seed {seed} breaks \"{rule}\" after {steps} steps, shown in {}: {shortest:?}",
            shortest.len()
        );
        assert!(shortest.len() <= 14, "{fault:?} is not shown shortly: {shortest:#?}");
    }
}

#[test]
fn the_random_schedules_reach_every_way_in_which_a_call_ends() {
    let mut ends: Vec<End> = Vec::new();
    for seed in 0..2_000 {
        let mut chance = Chance(seed);
        let (policy, lifetime) = policy(&mut chance);
        let mut world = World::new(policy);
        world.lifetime = lifetime;
        let mut api = Api { real: world.now, alive: Vec::new() };
        for op in draw(&mut chance, LENGTH) {
            apply(&mut world, &mut api, op);
        }
        for at in 0..world.tasks.len() {
            if let Phase::Settled(end) = world.phase(at)
                && !ends.contains(&end)
            {
                ends.push(end);
            }
        }
    }
    for end in [
        End::Answer(Answer::Accepted),
        End::Answer(Answer::Unauthorized),
        End::Bare,
        End::SignedOut,
        End::Failed,
        End::Ended,
    ] {
        assert!(ends.contains(&end), "no schedule reaches {end:?}");
    }
}
