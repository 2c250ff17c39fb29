//! After a refresh one waiting call tries the new token, and its answer decides for the rest.

use super::world::{Answer, End, Phase, Reply, World};
use authfetch::protocol::config::{OnRetryRejected, Policy};
use authfetch::protocol::event::Timer;

/// A world whose token has been accepted, so that its successor's first 401 ends nothing, with `count` calls that wait
/// for a refresh that has just succeeded; the first of them is the canary.
fn refreshed(count: usize) -> World {
    let mut world = World::new(Policy::default());
    let accepted = world.call();
    world.answer(accepted, Answer::Accepted);
    world.tasks.clear();
    let calls: Vec<usize> = (0..count).map(|_| world.call()).collect();
    for at in calls {
        world.answer(at, Answer::Unauthorized);
    }
    world.answer_refresh(Reply::Served);
    assert_eq!((world.in_flight(), world.phase(0)), (1, Phase::InFlight));
    world
}

fn done(world: &World) {
    assert_eq!(world.breach, None);
}

#[test]
fn the_oldest_waiting_call_goes_alone_and_new_calls_wait_with_the_rest() {
    let mut world = refreshed(5);
    let new = world.call();
    assert_eq!((world.phase(new), world.in_flight()), (Phase::Waiting, 1));
    world.answer(0, Answer::Accepted);
    assert_eq!(world.in_flight(), 5);
    done(&world);
}

#[test]
fn any_answer_but_a_401_lets_the_rest_go() {
    let mut world = refreshed(3);
    world.answer(0, Answer::ServerError);
    assert_eq!((world.in_flight(), world.record.accepted), (2, false));
    done(&world);
}

#[test]
fn a_canary_that_is_aborted_or_fails_by_network_hands_over_to_the_next() {
    let mut world = refreshed(3);
    world.gone(0);
    assert_eq!((world.in_flight(), world.phase(1)), (1, Phase::InFlight));
    world.gone(1);
    assert_eq!((world.in_flight(), world.phase(2)), (1, Phase::InFlight));
    done(&world);
}

#[test]
fn a_waiting_call_that_is_aborted_changes_nothing_for_the_others() {
    let mut world = refreshed(3);
    let [canary, waiting] = [0, 1].map(|at| world.known(at).id);
    let before = world.decisions().clone();
    let asks = |world: &World, call| world.decisions().clone().on_outcome(|machine| machine.on_call_dropped(call)).1;
    assert_eq!((asks(&world, waiting), asks(&world, canary)), (false, true), "only then are the others asked");
    world.gone(1);
    assert_eq!((world.in_flight(), world.phase(2)), (1, Phase::Waiting));
    assert!(*world.decisions() == before);
    done(&world);
}

#[test]
fn nobody_is_asked_for_an_answer_that_comes_of_no_canary() {
    let mut world = refreshed(3);
    let record = world.record;
    let old = authfetch::protocol::decisions::Call {
        sent: None,
        ..world.session.call(Some(authfetch::protocol::decisions::Resource(1)))
    };
    let canary = world.known(0);
    let unauthorized = authfetch::protocol::decisions::Unauthorized { not_the_token: true, ..Default::default() };
    for (call, makes_way) in [(old, false), (canary, true)] {
        let accepted = world.decisions().clone().on_outcome(|machine| machine.on_accepted(&call, &record, true));
        let refused = world
            .decisions()
            .clone()
            .on_outcome(|machine| machine.on_unauthorized(&mut { call }, &record, 1, unauthorized));
        assert_eq!((accepted.1, refused.1), (makes_way, makes_way));
    }
}

#[test]
fn after_two_seconds_a_second_canary_goes_and_after_four_all_go() {
    let mut world = refreshed(4);
    world.fire(Timer::Canary);
    assert_eq!(world.in_flight(), 2);
    world.fire(Timer::Canary);
    assert_eq!(world.in_flight(), 4);
    done(&world);
}

#[test]
fn the_time_of_an_earlier_canary_sends_no_second_one() {
    let mut world = refreshed(1);
    world.refresh();
    world.answer(0, Answer::StepUp { prevented: true });
    world.answer_refresh(Reply::Served);
    world.fire(Timer::Canary);
    let [canary, other] = [world.call(), world.call()];
    assert_eq!((world.phase(canary), world.phase(other)), (Phase::InFlight, Phase::Waiting));
    done(&world);
}

#[test]
fn of_two_canaries_one_that_is_gone_is_replaced() {
    let mut world = refreshed(4);
    world.fire(Timer::Canary);
    world.gone(0);
    assert_eq!((world.in_flight(), world.phase(2), world.phase(3)), (2, Phase::InFlight, Phase::Waiting));
    done(&world);
}

#[test]
fn once_a_call_was_accepted_with_the_new_token_no_canary_is_needed() {
    let mut world = refreshed(3);
    world.accepted_elsewhere();
    assert_eq!(world.in_flight(), 3, "another tab's call counts too");
    let mut world = refreshed(2);
    world.answer(0, Answer::Accepted);
    let [a, b] = [world.call(), world.call()];
    assert_eq!((world.phase(a), world.phase(b)), (Phase::InFlight, Phase::InFlight));
    done(&world);
}

#[test]
fn a_new_token_that_is_bad_is_tried_by_one_call_of_ten_and_ends_them_all_in_one_turn() {
    let mut world = World::new(Policy { cancel_pending: None, ..Policy::default() });
    let calls: Vec<usize> = (0..10).map(|_| world.call()).collect();
    for at in &calls {
        world.answer(*at, Answer::Unauthorized);
    }
    world.answer_refresh(Reply::Served);
    world.answer(0, Answer::Unauthorized);
    assert!(!world.record.signed_in());
    for at in calls {
        assert_eq!(world.phase(at), Phase::Settled(End::Ended));
        assert_eq!(world.tasks[at].sends, if at == 0 { 2 } else { 1 });
    }
    done(&world);
}

#[test]
fn a_canary_s_401_that_ends_nothing_goes_to_its_caller_and_the_rest_are_sent() {
    let mut world = refreshed(3);
    world.answer(0, Answer::Unauthorized);
    assert_eq!((world.phase(0), world.in_flight()), (Phase::Settled(End::Answer(Answer::Unauthorized)), 2));
    done(&world);
}

#[test]
fn a_canary_answered_with_too_little_scope_says_nothing_and_hands_over() {
    let mut world = refreshed(3);
    world.answer(0, Answer::NotTheToken);
    assert_eq!((world.in_flight(), world.phase(1)), (1, Phase::InFlight));
    done(&world);
}

#[test]
fn tokens_set_while_a_canary_is_out_send_all_that_waits() {
    let mut world = refreshed(3);
    world.set_tokens(true);
    assert_eq!(world.in_flight(), 3);
    world.answer(0, Answer::Unauthorized);
    assert!(world.record.signed_in(), "it was a verdict on the token before");
    done(&world);
}

#[test]
fn a_token_that_runs_out_while_the_canary_is_out_is_refreshed_before_the_rest_go() {
    let mut world = World::new(Policy { leeway: 0, ..Policy::default() });
    let calls = [world.call(), world.call(), world.call()];
    for at in calls {
        world.answer(at, Answer::Unauthorized);
    }
    world.lifetime = Some(2_000);
    world.answer_refresh(Reply::Served);
    world.pass(3_000);
    world.answer(calls[0], Answer::Accepted);
    assert_eq!((world.in_flight(), world.refreshes()), (0, 1));
    world.answer_refresh(Reply::Served);
    assert_eq!(world.in_flight(), 1, "a new token, a new canary");
    done(&world);
}

#[test]
fn a_held_call_rejected_as_canary_after_the_new_token_has_run_out_is_sent_again() {
    for on_retry_rejected in [OnRetryRejected::Auto, OnRetryRejected::Logout, OnRetryRejected::Return] {
        let mut world = World::new(Policy { on_retry_rejected, leeway: 0, ..Policy::default() });
        world.expire();
        let calls = [world.call(), world.call()];
        world.lifetime = Some(2_000);
        world.answer_refresh(Reply::Served);
        world.pass(3_000);
        world.answer(calls[0], Answer::Unauthorized);
        assert_eq!((world.phase(calls[0]), world.refreshes()), (Phase::Waiting, 1), "{on_retry_rejected:?}");
        world.answer_refresh(Reply::Served);
        world.answer(calls[0], Answer::Accepted);
        world.answer(calls[1], Answer::Accepted);
        assert_eq!((world.tasks[calls[0]].sends, world.tasks[calls[1]].sends), (2, 1));
        done(&world);
    }
}
