//! What becomes of calls: before, while and after a refresh, and without a session.

use super::world::{Answer, End, LIFETIME, Phase, Reaction, Reply, World};
use authfetch::protocol::config::{OnSessionExpired, Policy, Refreshable, SignedOut};
use authfetch::protocol::decisions::{Admission, Decisions, NeedsRefresh, Resource};
use authfetch::protocol::token::{AccessToken, Record};

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
fn ten_401s_at_once_are_one_refresh_and_two_sends_each() {
    let mut world = World::new(Policy { cancel_pending: None, ..Policy::default() });
    let calls: Vec<usize> = (0..10).map(|_| world.call()).collect();
    for at in &calls {
        world.answer(*at, Answer::Unauthorized);
    }
    world.answer_refresh(Reply::Served);
    for at in calls {
        world.answer(at, Answer::Accepted);
        assert_eq!((settled(&world, at), world.tasks[at].sends), (End::Answer(Answer::Accepted), 2));
    }
    assert_eq!((world.token_requests, world.breach), (1, None));
}

#[test]
fn calls_that_overlap_one_refresh_in_any_order_share_it() {
    let mut world = world();
    let [a, b, c] = [world.call(), world.call(), world.call()];
    world.answer(a, Answer::Unauthorized);
    world.answer(b, Answer::Unauthorized);
    world.answer_refresh(Reply::Served);
    world.answer(a, Answer::Accepted);
    world.answer(c, Answer::Unauthorized);
    world.answer(b, Answer::Accepted);
    let d = world.call();
    world.answer(d, Answer::Accepted);
    world.answer(c, Answer::Accepted);
    assert_eq!((world.token_requests, world.tasks[c].sends, world.breach), (1, 2, None));
}

#[test]
fn a_late_401_is_retried_with_the_stored_token_without_a_refresh() {
    let mut world = world();
    let [first, late] = [world.call(), world.call()];
    world.answer(first, Answer::Unauthorized);
    world.answer_refresh(Reply::Served);
    world.answer(first, Answer::Accepted);
    world.answer(late, Answer::Unauthorized);
    assert_eq!((world.phase(late), world.sent(late)), (Phase::InFlight, world.record.access));
    assert_eq!((world.token_requests, world.refreshes()), (1, 0));
}

#[test]
fn a_settled_refresh_is_never_used_again() {
    let mut world = world();
    let slow = world.call();
    world.answer(slow, Answer::Unauthorized);
    world.answer_refresh(Reply::Served);
    world.answer(slow, Answer::Accepted);
    world.expire();
    let next = world.call();
    assert_eq!(world.phase(next), Phase::Waiting);
    world.answer_refresh(Reply::Served);
    assert_eq!((world.phase(next), world.token_requests), (Phase::InFlight, 2));
}

#[test]
fn calls_made_while_an_expired_token_is_refreshed_are_held_and_sent_once() {
    let mut world = world();
    world.expire();
    let calls = [world.call(), world.call(), world.call()];
    assert_eq!((world.in_flight(), world.refreshes()), (0, 1));
    world.answer_refresh(Reply::Served);
    for at in calls {
        world.answer(at, Answer::Accepted);
        assert_eq!(world.tasks[at].sends, 1);
    }
    assert_eq!(world.breach, None);
}

#[test]
fn inside_the_leeway_no_call_waits_for_the_refresh_beside_it() {
    let mut world = world();
    world.pass(LIFETIME - 30_000);
    let calls = [world.call(), world.call()];
    assert_eq!((world.in_flight(), world.refreshes()), (2, 1));
    world.answer_refresh(Reply::Dropped);
    world.expire();
    for at in calls {
        world.answer(at, Answer::Accepted);
    }
    let late = world.call();
    assert_eq!(world.phase(late), Phase::Waiting, "once it has run out, it is waited for");
}

#[test]
fn a_token_of_unknown_lifetime_is_refreshed_by_a_401_only() {
    let mut world = World::signed_out(Policy::default());
    world.lifetime = None;
    world.set_tokens(true);
    world.pass(10 * 365 * 86_400_000);
    let at = world.call();
    assert_eq!((world.phase(at), world.refreshes()), (Phase::InFlight, 0));
    world.answer(at, Answer::Unauthorized);
    assert_eq!(world.refreshes(), 1);
}

#[test]
fn a_wrong_clock_costs_no_session_for_a_401_always_wins() {
    let mut world = world();
    world.now -= 3_600_000;
    let at = world.call();
    world.answer(at, Answer::Unauthorized);
    world.answer_refresh(Reply::Served);
    world.answer(at, Answer::Accepted);
    assert_eq!((world.token_requests, world.breach), (1, None));
}

#[test]
fn a_machine_that_slept_past_the_expiry_refreshes_before_its_first_call() {
    let mut world = world();
    world.pass(86_400_000);
    let at = world.call();
    assert_eq!((world.phase(at), world.tasks[at].sends), (Phase::Waiting, 0));
}

#[test]
fn an_expired_token_that_cannot_be_refreshed_is_still_sent() {
    let mut world = World::new(Policy { refreshable: Refreshable::Never, ..Policy::default() });
    world.expire();
    let at = world.call();
    assert_eq!(world.phase(at), Phase::InFlight);
    world.answer(at, Answer::Accepted);
    assert!(world.record.signed_in());
}

#[test]
fn without_a_way_to_refresh_the_caller_gets_the_401_and_the_session_stays_while_its_token_lives() {
    let mut world = World::new(Policy { refreshable: Refreshable::Never, ..Policy::default() });
    let at = world.call();
    world.answer(at, Answer::Unauthorized);
    assert_eq!(settled(&world, at), End::Answer(Answer::Unauthorized));
    assert!(world.record.signed_in());
}

#[test]
fn without_a_way_to_refresh_the_401_of_a_token_that_has_run_out_counts_as_a_refusal() {
    for on_session_expired in [OnSessionExpired::Logout, OnSessionExpired::Hold] {
        let mut world = World::new(Policy { refreshable: Refreshable::Never, on_session_expired, ..Policy::default() });
        let at = world.call();
        world.expire();
        world.answer(at, Answer::Unauthorized);
        assert!(!world.record.signed_in());
        assert_eq!(world.record.suspended, on_session_expired == OnSessionExpired::Hold);
    }
}

#[test]
fn a_call_without_a_session_is_sent_without_a_token_or_rejected() {
    for (signed_out, end) in [(SignedOut::Send, End::Bare), (SignedOut::Reject, End::SignedOut)] {
        let mut world = World::signed_out(Policy { signed_out, ..Policy::default() });
        let at = world.call();
        assert_eq!(settled(&world, at), end);
    }
}

#[test]
fn the_401_of_a_call_sent_without_a_token_is_its_answer() {
    let mut machine = Decisions::new(Policy::default());
    let mut call = machine.open(Some(Resource::default()));
    let signed_in = Record { access: Some(AccessToken(1)), ..Record::default() };
    machine.observe(&signed_in, 1);
    let verdict = machine.on_unauthorized(&mut call, &signed_in, 1, Default::default());
    assert_eq!(verdict, authfetch::protocol::decisions::Verdict::Deliver(NeedsRefresh::No));
}

#[test]
fn tokens_set_within_a_session_send_what_waits_in_the_same_epoch() {
    let mut world = world();
    let at = world.call();
    world.answer(at, Answer::Unauthorized);
    let epoch = world.record.epoch;
    world.set_tokens(true);
    assert_eq!((world.phase(at), world.sent(at), world.record.epoch), (Phase::InFlight, world.record.access, epoch));
}

#[test]
fn a_rejected_token_that_overtook_a_refresh_is_refreshed_after_it_and_not_sent_again() {
    let mut world = world();
    let first = world.call();
    world.answer(first, Answer::Unauthorized);
    world.turn();
    world.set_tokens(false);
    world.answer(first, Answer::Accepted);
    let second = world.call();
    world.answer(second, Answer::Unauthorized);
    assert_eq!((world.phase(second), world.refreshes()), (Phase::Waiting, 1));
    world.reply(0, Reply::Served);
    assert_eq!((world.phase(second), world.refreshes()), (Phase::Waiting, 1), "a refresh of its own begins");
    world.answer_refresh(Reply::Served);
    world.answer(second, Answer::Accepted);
    assert_eq!((settled(&world, second), world.token_requests, world.breach), (End::Answer(Answer::Accepted), 2, None));
}

#[test]
fn a_listener_that_logs_out_when_a_call_starts_a_refresh_ends_that_call_too() {
    let mut world = world();
    world.expire();
    world.listener = Some(Reaction::LogsOut);
    let at = world.call();
    assert_eq!((settled(&world, at), world.breach), (End::Ended, None));
}

#[test]
fn a_call_inside_the_leeway_is_sent_before_listeners_hear_of_the_refresh_beside_it() {
    let mut world = world();
    world.pass(LIFETIME - 30_000);
    world.listener = Some(Reaction::LogsOut);
    let at = world.call();
    assert_eq!((settled(&world, at), world.tasks[at].sends, world.breach), (End::Ended, 1, None));
}

#[test]
fn a_wait_for_a_token_alone_is_no_canary_and_waits_for_none() {
    let mut machine = Decisions::new(Policy::default());
    let record = Record { access: Some(AccessToken(1)), ..Record::default() };
    machine.observe(&record, 1);
    machine.start_canary(&record);
    let (bare, call, next) =
        (machine.open(None), machine.open(Some(Resource::default())), machine.open(Some(Resource::default())));
    assert_eq!(machine.admit(&bare, &record, 1), Admission::Send(AccessToken(1), NeedsRefresh::No));
    assert_eq!(machine.admit(&call, &record, 1), Admission::Send(AccessToken(1), NeedsRefresh::No));
    assert_eq!(machine.admit(&next, &record, 1), Admission::Wait(NeedsRefresh::No));
}
