//! The end of a session, by a logout or a refusal, and what comes too late for it.

use super::world::{Answer, End, Phase, Reply, World};
use authfetch::protocol::config::{OnSessionExpired, Policy};
use authfetch::protocol::event::Timer;
use authfetch::protocol::token::Record;

fn world() -> World {
    World::new(Policy::default())
}

fn settled(world: &World, at: usize) -> End {
    match world.phase(at) {
        Phase::Settled(end) => end,
        open => panic!("call {at} is still {open:?}"),
    }
}

#[test]
fn a_logout_ends_calls_in_flight_waiting_and_refreshing_at_once() {
    let mut world = world();
    let [refreshing, flying] = [world.call(), world.call()];
    world.answer(refreshing, Answer::Unauthorized);
    let waiting = world.call();
    world.turn();
    world.logout();
    let ended = world.record;
    assert_eq!((settled(&world, refreshing), settled(&world, waiting)), (End::Ended, End::Ended));
    world.answer(flying, Answer::Accepted);
    assert_eq!(settled(&world, flying), End::Ended);
    world.reply(0, Reply::Served);
    assert_eq!((world.record, ended.has_session()), (ended, false), "the late tokens are dropped");
    assert_eq!(world.breach, None);
}

#[test]
fn another_user_who_signs_in_during_a_refresh_keeps_the_session() {
    let mut world = world();
    let first = world.call();
    world.answer(first, Answer::Unauthorized);
    world.turn();
    world.logout();
    world.set_tokens(true);
    let theirs = world.record;
    world.reply(0, Reply::Served);
    assert_eq!((world.record, settled(&world, first), world.breach), (theirs, End::Ended, None));
}

#[test]
fn a_late_401_of_an_ended_session_touches_the_next_one_in_nothing() {
    let mut world = world();
    let old = world.call();
    world.changed_elsewhere();
    world.answer(old, Answer::Unauthorized);
    assert_eq!((settled(&world, old), world.refreshes(), world.breach), (End::Ended, 0, None));
}

#[test]
fn a_sign_in_and_an_end_raise_the_epoch_above_all_that_was_seen() {
    let mut world = world();
    let mut epochs = vec![world.record.epoch];
    for _ in 0..3 {
        world.logout();
        epochs.push(world.record.epoch);
        world.now -= 500_000;
        world.set_tokens(true);
        epochs.push(world.record.epoch);
    }
    assert!(epochs.is_sorted_by(|a, b| a < b), "{epochs:?}");
    let cleared = Record::default();
    assert!(world.decisions().next_epoch(&cleared, 1) > world.record.epoch, "clearing the storage never restarts it");
}

#[test]
fn a_refused_refresh_holds_calls_until_a_sign_in_or_a_logout() {
    let mut world = World::new(Policy { on_session_expired: OnSessionExpired::Hold, ..Policy::default() });
    let [first, second] = [world.call(), world.call()];
    world.answer(first, Answer::Unauthorized);
    world.answer_refresh(Reply::Revoked);
    assert!(world.is_set(Timer::Grace), "a newer record may still come");
    world.fire(Timer::Grace);
    world.answer(second, Answer::Unauthorized);
    assert!(world.record.suspended && world.in_flight() == 0);
    let third = world.call();
    world.set_tokens(true);
    assert_eq!(world.in_flight(), 1, "the canary first");
    world.answer(first, Answer::Accepted);
    assert_eq!((world.phase(second), world.phase(third), world.breach), (Phase::InFlight, Phase::InFlight, None));
}

#[test]
fn a_refused_refresh_lets_calls_pass_through_without_a_token() {
    let mut world = World::new(Policy { on_session_expired: OnSessionExpired::PassThrough, ..Policy::default() });
    let at = world.call();
    world.answer(at, Answer::Unauthorized);
    world.answer_refresh(Reply::Revoked);
    world.fire(Timer::Grace);
    let next = world.call();
    assert_eq!((settled(&world, at), settled(&world, next)), (End::Bare, End::Bare));
    assert_eq!(world.record.epoch, world.decisions().epoch(), "the session is suspended, not ended");
}
