//! Requests whose token is known to be rejected are cancelled, and their calls wait for the next token.

use super::world::{Answer, End, Phase, Reply, World};
use authfetch::protocol::config::Policy;

/// How many requests of each origin are left alone.
const KEPT: usize = 6;

/// Signed in, with a token that a call was accepted with.
fn accepted() -> World {
    let mut world = World::new(Policy::default());
    let call = world.call();
    world.answer(call, Answer::Accepted);
    world.tasks.clear();
    world
}

fn calls(world: &mut World, count: usize, path: u64) -> Vec<usize> {
    (0..count).map(|_| world.call_to(path, true)).collect()
}

fn waiting(world: &World, calls: &[usize]) -> Vec<usize> {
    calls.iter().copied().filter(|at| world.phase(*at) == Phase::Waiting).collect()
}

fn done(world: &World) {
    assert_eq!(world.breach, None);
}

#[test]
fn of_many_requests_with_a_token_that_was_never_accepted_all_but_the_six_oldest_are_cancelled_at_the_first_401() {
    let mut world = World::new(Policy::default());
    let all = calls(&mut world, 10, 1);
    world.answer(all[0], Answer::Unauthorized);
    assert_eq!(waiting(&world, &all), [all[0], all[7], all[8], all[9]]);
    for at in &all[1..=KEPT] {
        world.answer(*at, Answer::Unauthorized);
    }
    world.answer_refresh(Reply::Served);
    for at in &all {
        world.answer(*at, Answer::Accepted);
        assert_eq!(world.phase(*at), Phase::Settled(End::Answer(Answer::Accepted)));
        assert_eq!(world.tasks[*at].sends, if *at > KEPT { 1 } else { 2 }, "a send that was cancelled is not counted");
    }
    assert_eq!(world.token_requests, 1);
    done(&world);
}

#[test]
fn a_token_that_has_run_out_by_the_clock_is_rejected_everywhere() {
    let mut world = accepted();
    let all = [calls(&mut world, KEPT + 1, 1), calls(&mut world, 2, 3)].concat();
    world.expire();
    world.answer(all[0], Answer::Unauthorized);
    assert_eq!(waiting(&world, &all[1..]), [all[7], all[8]]);
    done(&world);
}

#[test]
fn one_path_s_401_cancels_only_what_goes_there_and_only_once_the_refresh_has_succeeded() {
    let mut world = accepted();
    let first = calls(&mut world, KEPT + 1, 1);
    let (there, elsewhere) = (calls(&mut world, 2, 1), calls(&mut world, 2, 3));
    world.answer(first[0], Answer::Unauthorized);
    assert_eq!(waiting(&world, &there), Vec::<usize>::new(), "it may be the endpoint");
    world.answer_refresh(Reply::Served);
    assert_eq!((waiting(&world, &there), waiting(&world, &elsewhere)), (there.clone(), vec![]));
    world.answer(first[0], Answer::Accepted);
    assert_eq!(waiting(&world, &there), Vec::<usize>::new());
    done(&world);
}

#[test]
fn a_401_of_a_second_path_is_a_verdict_on_the_token_before_and_after_the_refresh() {
    for late in [false, true] {
        let mut world = accepted();
        let mut first = calls(&mut world, KEPT, 1);
        first.extend(calls(&mut world, 2, 3));
        let others = calls(&mut world, 3, 5);
        world.answer(first[0], Answer::Unauthorized);
        if late {
            world.answer_refresh(Reply::Served);
        }
        assert_eq!(waiting(&world, &others), Vec::<usize>::new());
        world.answer(first[KEPT], Answer::Unauthorized);
        assert_eq!(waiting(&world, &others), others);
        done(&world);
    }
}

#[test]
fn a_failed_refresh_rejects_those_that_were_cancelled_as_those_that_were_refused() {
    let mut world = World::new(Policy { attempts: 1, ..Policy::default() });
    let all = calls(&mut world, KEPT + 2, 1);
    world.answer(all[0], Answer::Unauthorized);
    world.answer_refresh(Reply::Busy(None));
    for at in [all[0], all[KEPT + 1]] {
        assert_eq!(world.phase(at), Phase::Settled(End::Failed));
    }
    done(&world);
}

#[test]
fn each_origin_has_six_of_its_own_and_what_is_no_get_is_left_alone() {
    let mut world = World::new(Policy::default());
    let here = calls(&mut world, KEPT, 1);
    let there = calls(&mut world, KEPT, 1 << 32 | 1);
    let posts = calls(&mut world, 3, 2);
    let last = [world.call_to(1, true), world.call_to(1 << 32 | 1, true)];
    world.answer(here[0], Answer::Unauthorized);
    let all = [here[1..].to_vec(), there, posts, last.to_vec()].concat();
    assert_eq!(waiting(&world, &all), last);
    done(&world);
}

#[test]
fn a_call_that_was_cancelled_and_is_then_answered_401_is_treated_as_a_retry() {
    let mut world = accepted();
    let all = calls(&mut world, KEPT + 2, 1);
    world.expire();
    world.answer(all[0], Answer::Unauthorized);
    world.answer_refresh(Reply::Served);
    world.answer(all[0], Answer::Accepted);
    world.answer(all[KEPT + 1], Answer::Unauthorized);
    assert_eq!(world.phase(all[KEPT + 1]), Phase::Settled(End::Answer(Answer::Unauthorized)));
    assert_eq!(world.refreshes(), 0, "the path is broken");
    done(&world);
}

#[test]
fn a_call_that_was_cancelled_is_aborted_by_its_caller_and_ended_by_a_logout() {
    let mut world = World::new(Policy::default());
    let all = calls(&mut world, KEPT + 3, 1);
    world.answer(all[0], Answer::Unauthorized);
    world.gone(all[KEPT + 1]);
    world.logout();
    assert_eq!(world.phase(all[KEPT + 1]), Phase::Settled(End::Gone));
    assert_eq!(world.phase(all[KEPT + 2]), Phase::Settled(End::Ended));
    done(&world);
}

#[test]
fn nothing_is_cancelled_where_that_is_switched_off() {
    let mut world = World::new(Policy { cancel_pending: None, ..Policy::default() });
    let all = calls(&mut world, 3 * KEPT, 1);
    world.answer(all[0], Answer::Unauthorized);
    assert_eq!(waiting(&world, &all), all[..1]);
    world.answer_refresh(Reply::Served);
    assert_eq!(world.in_flight(), 3 * KEPT);
    done(&world);
}

#[test]
fn a_401_that_says_nothing_of_the_token_or_starts_no_refresh_cancels_nothing() {
    let mut world = World::new(Policy::default());
    let all = calls(&mut world, KEPT + 3, 1);
    world.answer(all[0], Answer::NotTheToken);
    world.answer(all[1], Answer::StepUp { prevented: false });
    world.set_tokens(false);
    let newer = calls(&mut world, KEPT + 3, 3);
    world.answer(newer[0], Answer::Accepted);
    world.answer(newer[1], Answer::Unauthorized);
    assert_eq!(waiting(&world, &newer), [newer[1]]);
    done(&world);
}
