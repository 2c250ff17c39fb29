//! Hundreds of thousands of random schedules of a larger world, under every policy: answers lost, late, reordered,
//! doubled and false; aborts, logouts, sign-ins, other tabs, clocks that jump and machines that sleep.

use super::api::{Api, apply};
use super::bounds::bound;
use super::schedule::{Chance, Op, draw, shrink};
use super::world::{Answer, End, LIFETIME, Phase, World, faulty};
use authfetch::protocol::config::{
    Credential, OnRetryRejected, OnSessionExpired, Place, Policy, Refreshable, Setup, SignedOut,
};
use authfetch::protocol::event::Timer;
use authfetch::protocol::fault::Fault;

const SCHEDULES: u64 = 400_000;
const LENGTH: usize = 60;
/// What a later step never takes back.
struct Reached {
    epoch: u64,
    stored: u64,
}

impl Reached {
    fn by(world: &World) -> Self {
        Self { epoch: world.session.epoch(), stored: world.stored.map_or(0, |record| record.epoch) }
    }

    /// What is so after every step, beside what the world itself watches.
    fn check(&self, world: &World) -> Option<&'static str> {
        let now = Self::by(world);
        if now.epoch < self.epoch {
            return Some("the epoch never falls");
        }
        let restores = world.stored.is_none() || world.is_set(Timer::Restore);
        if now.stored < self.stored && !restores {
            return Some("the stored epoch never falls");
        }
        world.breach
    }
}

/// Runs `ops`; how many steps that took, and the rule that was broken.
fn run(setup: Setup, lifetime: Option<u64>, ops: &[Op]) -> (u64, Option<&'static str>) {
    let mut world = World::of(setup);
    world.lifetime = lifetime;
    world.set_tokens(true);
    let mut api = Api::new(&world);
    let mut steps = 0;
    for op in ops {
        let before = Reached::by(&world);
        apply(&mut world, &mut api, *op);
        steps += 1;
        if let Some(breach) = before.check(&world) {
            return (steps, Some(breach));
        }
    }
    world.listener = None;
    world.seen();
    steps += world.drain(|world, at| api.judge(world, at));
    if world.breach.is_none() && !world.quiet() {
        return (steps, Some("nothing is left unsettled"));
    }
    if world.stored.is_some_and(|record| record.epoch < world.session.epoch()) {
        return (steps, Some("what is older than what is known does not stand"));
    }
    // Whatever is held for a sign-in ends with the session.
    world.logout();
    let held = |phase| !matches!(phase, Phase::Settled(_));
    if (0..world.tasks.len()).any(|at| held(world.phase(at))) {
        return (steps, Some("a logout ends every wait"));
    }
    (steps, world.breach)
}

fn setup(chance: &mut Chance) -> (Setup, Option<u64>) {
    let cancel_pending = [None, Some(0), Some(1), Some(6)][chance.0 as usize % 4];
    let credential = if chance.0 / 4 % 4 == 3 { Credential::Cookie } else { Credential::Bearer };
    let refreshes = if credential == Credential::Cookie { Refreshable::Always } else { Refreshable::WithToken };
    let policy = Policy {
        signed_out: chance.of(&[SignedOut::Send, SignedOut::Reject]),
        on_session_expired: chance.of(&[
            OnSessionExpired::Logout,
            OnSessionExpired::Hold,
            OnSessionExpired::PassThrough,
        ]),
        on_retry_rejected: chance.of(&[OnRetryRejected::Auto, OnRetryRejected::Logout, OnRetryRejected::Return]),
        refreshable: if chance.below(8) == 0 { Refreshable::Never } else { refreshes },
        credential,
        leeway: chance.of(&[0, 30_000]),
        attempts: 1 + chance.below(3) as u32,
        cancel_pending,
        grace: chance.of(&[0, 250]),
    };
    let place = chance.of(&[Place::Private, Place::Shared, Place::Shared]);
    let background = chance.of(&[true, false]);
    let lifetime = chance.of(&[None, Some(2_000), Some(LIFETIME), Some(LIFETIME)]);
    (Setup { policy, place, background, cookie_possible: policy.by_cookie(), ..Setup::default() }, lifetime)
}

/// A rule that was broken, and the shortest schedule that shows it.
struct Found {
    seed: u64,
    setup: Setup,
    shortest: Vec<Op>,
    rule: &'static str,
}

/// Runs schedules until one breaks a rule; the number of steps that took comes first.
fn search(fault: Option<Fault>, schedules: u64) -> (u64, Option<Found>) {
    let mut steps = 0;
    for seed in 0..schedules {
        let mut chance = Chance(seed);
        let (setup, lifetime) = setup(&mut chance);
        let setup = faulty(setup, fault);
        let ops = draw(&mut chance, LENGTH);
        let (ran, breach) = run(setup, lifetime, &ops);
        steps += ran;
        if let Some(rule) = breach {
            let shortest = shrink(ops, |ops| run(setup, lifetime, ops).1 == Some(rule));
            return (steps, Some(Found { seed, setup, shortest, rule }));
        }
    }
    (steps, None)
}

#[test]
fn no_random_schedule_breaks_a_rule() {
    let schedules = bound(SCHEDULES / 2, 25 * SCHEDULES);
    let (steps, breach) = search(None, schedules);
    if let Some(Found { seed, setup, shortest, rule }) = breach {
        panic!("seed {seed} breaks \"{rule}\" under {setup:?} with {shortest:#?}");
    }
    println!("{schedules} schedules, {steps} steps");
    assert!(steps > schedules * LENGTH as u64);
}

#[test]
fn the_random_schedules_find_each_fault_that_is_put_in_and_show_it_shortly() {
    for fault in [
        Fault::StoresWhatever,
        Fault::KeepsTheOvertakenRefresh,
        Fault::ComparesNoTokens,
        Fault::SendsNoCanary,
        Fault::CountsNoSends,
        Fault::DropsTheRotatedToken,
        Fault::ForgetsTheRejectedText,
        Fault::WakesNobodyAfterTheCanary,
        Fault::KeepsDroppedCalls,
        Fault::LeavesTheRequest,
        Fault::CountsRefusalsAtOnce,
        Fault::RetriesWhileUnloading,
        Fault::RefreshAnswersStepUp,
        Fault::NotifiesOfWhatIsOver,
        Fault::LeavesOlderRecords,
        Fault::SignalsBeforeWriting,
        Fault::CancelsTheOldest,
        Fault::CancelsWhateverIsSent,
        Fault::CancelsOtherTokens,
        Fault::TakesOneRejectionForAll,
        Fault::CountsCancelledSends,
        Fault::CancelsTheCanary,
    ] {
        let (steps, breach) = search(Some(fault), SCHEDULES);
        let Found { seed, shortest, rule, .. } =
            breach.unwrap_or_else(|| panic!("{fault:?} was not found in {steps} steps"));
        println!(
            "{fault:?}: seed {seed} breaks \"{rule}\" after {steps} steps, shown in {}: {shortest:?}",
            shortest.len()
        );
        assert!(shortest.len() <= 14, "{fault:?} is not shown shortly: {shortest:#?}");
    }
}

/// A world after the schedule of this seed.
pub fn walk(seed: u64) -> World {
    let mut chance = Chance(seed);
    let (setup, lifetime) = setup(&mut chance);
    let mut world = World::of(setup);
    world.lifetime = lifetime;
    world.set_tokens(true);
    let mut api = Api::new(&world);
    for op in draw(&mut chance, LENGTH) {
        apply(&mut world, &mut api, op);
    }
    world
}

#[test]
fn the_random_schedules_reach_every_way_in_which_a_call_ends() {
    let mut ends: Vec<End> = Vec::new();
    for seed in 0..2_000 {
        let world = walk(seed);
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
