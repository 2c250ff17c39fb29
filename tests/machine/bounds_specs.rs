//! Nothing goes round for ever, whatever a server, a clock or a call says: a minute brings ten token requests at most,
//! and every call settles.

use super::world::{Answer, End, Phase, World};
use authfetch::protocol::config::{OnRetryRejected, OnSessionExpired, Policy};
use authfetch::protocol::decisions::Decisions;
use authfetch::protocol::refresh::UNACCEPTED_REFRESHES;

const SECOND: u64 = 1_000;
const AT_MOST: u8 = 10;

fn with(on_retry_rejected: OnRetryRejected) -> Policy {
    Policy { on_retry_rejected, ..Policy::default() }
}

/// For a minute a call goes out each second, to `path`; everything is answered as `judge` says, and waits no longer
/// than that.
fn minute(world: &mut World, path: impl Fn(u64) -> u64, judge: impl Fn(&World, usize) -> Answer) {
    for second in 0..60 {
        world.call_to(path(second), true);
        world.drain(&judge);
        world.timer();
        world.drain(&judge);
        world.pass(SECOND);
    }
    assert_eq!(world.breach, None);
    let open = (0..world.tasks.len()).find(|at| !matches!(world.phase(*at), Phase::Settled(_)));
    assert_eq!(open, None, "every call settles");
}

fn ends(world: &World, end: End) -> usize {
    (0..world.tasks.len()).filter(|at| world.phase(*at) == Phase::Settled(end)).count()
}

fn rejecting(world: &mut World) {
    minute(world, |second| second, |_, _| Answer::Unauthorized);
}

#[test]
fn the_text_that_was_rejected_brought_again_ends_a_session_with_which_nothing_was_ever_accepted() {
    let mut world = World::new(Policy::default());
    world.same_text = true;
    let call = world.call();
    world.answer(call, Answer::Unauthorized);
    world.answer_refresh(super::world::Reply::Served);
    assert_eq!((world.tasks[call].sends, world.phase(call)), (2, Phase::InFlight), "it is sent once more");
    world.answer(call, Answer::Unauthorized);
    assert_eq!((world.phase(call), world.record.signed_in()), (Phase::Settled(End::Ended), false));
    assert_eq!((world.token_requests, world.breach), (1, None));
}

#[test]
fn the_text_that_was_rejected_brought_again_is_refreshed_no_more_in_a_minute_of_401s() {
    let mut world = World::new(with(OnRetryRejected::Return));
    world.same_text = true;
    rejecting(&mut world);
    assert_eq!((world.token_requests, world.record.rejected), (1, true));
    assert_eq!(ends(&world, End::Answer(Answer::Unauthorized)), 60, "each caller gets its 401");
    assert!(world.record.signed_in());
}

#[test]
fn what_is_known_of_the_same_text_brought_again_is_kept_so_one_broken_endpoint_signs_nobody_out() {
    let mut world = World::new(Policy::default());
    world.same_text = true;
    let good = world.call_to(1, true);
    world.answer(good, Answer::Accepted);
    let broken = |second| second % 3;
    minute(
        &mut world,
        broken,
        |world, at| if world.tasks[at].path == 2 { Answer::Unauthorized } else { Answer::Accepted },
    );
    assert_eq!((world.token_requests, world.record.signed_in(), world.record.accepted), (1, true, true));
    assert_eq!(
        (ends(&world, End::Answer(Answer::Unauthorized)), ends(&world, End::Answer(Answer::Accepted))),
        (20, 41)
    );
}

#[test]
fn ten_calls_whose_token_is_brought_again_try_it_with_one_of_them() {
    let mut world = World::new(Policy { cancel_pending: None, ..Policy::default() });
    world.same_text = true;
    let calls: Vec<usize> = (0..10).map(|path| world.call_to(path, true)).collect();
    for at in &calls {
        world.answer(*at, Answer::Unauthorized);
    }
    world.answer_refresh(super::world::Reply::Served);
    let sends: Vec<u8> = calls.iter().map(|at| world.tasks[*at].sends).collect();
    assert_eq!(sends, [2, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    world.answer(0, Answer::Accepted);
    for at in &calls[1..] {
        world.answer(*at, Answer::Accepted);
    }
    assert_eq!((ends(&world, End::Answer(Answer::Accepted)), world.token_requests, world.breach), (10, 1, None));
}

#[test]
fn a_late_401_of_the_same_text_waits_for_the_canary_and_has_a_send_left() {
    let mut world = World::new(Policy::default());
    world.same_text = true;
    let (first, late) = (world.call_to(1, true), world.call_to(2, true));
    world.answer(first, Answer::Unauthorized);
    world.answer_refresh(super::world::Reply::Served);
    world.answer(late, Answer::Unauthorized);
    assert_eq!((world.phase(late), world.refreshes()), (Phase::Waiting, 0));
    world.answer(first, Answer::Accepted);
    assert_eq!((world.phase(late), world.tasks[late].sends), (Phase::InFlight, 2));
    world.answer(late, Answer::Unauthorized);
    assert_eq!(world.phase(late), Phase::Settled(End::Answer(Answer::Unauthorized)));
    assert!(world.record.signed_in(), "the token is good, the endpoint is not");
}

#[test]
fn a_reload_refreshes_no_more_for_the_same_text() {
    let mut world = World::new(with(OnRetryRejected::Return));
    world.same_text = true;
    let call = world.call();
    world.answer(call, Answer::Unauthorized);
    world.drain(|_, _| Answer::Unauthorized);
    world.reload();
    rejecting(&mut world);
    assert_eq!(world.token_requests, 1);
}

#[test]
fn a_refresh_by_hand_or_ahead_of_expiry_that_brings_the_same_text_is_a_success() {
    let mut world = World::new(Policy::default());
    world.same_text = true;
    world.pass(SECOND);
    world.refresh();
    world.drain(|_, _| Answer::Accepted);
    assert_eq!((world.record.rejected, world.record.received_at), (false, world.now));
    let call = world.call();
    world.answer(call, Answer::Unauthorized);
    assert_eq!(world.refreshes(), 1, "its first 401 is refreshed for");
    world.drain(|_, _| Answer::Accepted);
    assert_eq!((world.phase(call), world.token_requests), (Phase::Settled(End::Answer(Answer::Accepted)), 2));
}

#[test]
fn a_wait_for_a_token_alone_ends_with_the_same_text() {
    let mut machine = Decisions::new(Policy::default());
    let mut world = World::new(Policy::default());
    world.same_text = true;
    let call = world.call();
    world.answer(call, Answer::Unauthorized);
    world.answer_refresh(super::world::Reply::Served);
    machine.observe(&world.record, world.now);
    let mut wait = machine.open(None);
    wait.sent = world.record.access;
    let admission = machine.admit(&wait, &world.record, world.now);
    assert!(matches!(admission, authfetch::protocol::decisions::Admission::Send(..)), "{admission:?}");
    assert!(machine.refresh().is_none());
}

#[test]
fn another_tab_that_waits_for_its_turn_adopts_the_same_text() {
    let mut world = World::new(Policy::default());
    let mut other = Decisions::new(Policy::default());
    other.observe(&world.record, world.now);
    let _ = other.start(&world.record, authfetch::protocol::refresh::Reason::Unauthorized, true);
    let id = other.refresh().map_or(0, |refresh| refresh.id);
    world.same_text = true;
    let call = world.call();
    world.answer(call, Answer::Unauthorized);
    world.answer_refresh(super::world::Reply::Served);
    let record = authfetch::protocol::token::Record { refresh: None, ..world.record };
    let mut same_refresh = other.clone();
    assert_eq!(other.on_turn(id, &world.record), authfetch::protocol::refresh::Turn::UseStored);
    assert_eq!(same_refresh.on_turn(id, &record), authfetch::protocol::refresh::Turn::UseStored);
}

#[test]
fn a_server_that_rejects_every_new_token_is_asked_ten_times_a_minute_at_most() {
    let mut world = World::new(with(OnRetryRejected::Return));
    rejecting(&mut world);
    assert!(world.token_requests <= AT_MOST, "{} token requests", world.token_requests);
    assert!(world.token_requests > UNACCEPTED_REFRESHES as u8, "it is asked again in a while");
    assert!(ends(&world, End::Failed) > 0, "meanwhile calls fail with the refresh's error");
    assert!(world.record.signed_in());
}

#[test]
fn tokens_that_run_out_before_anything_is_accepted_are_refreshed_ten_times_a_minute_at_most() {
    for lifetime in [Some(0), Some(1), Some(SECOND)] {
        let mut world = World::new(Policy { on_session_expired: OnSessionExpired::Hold, ..Policy::default() });
        world.lifetime = lifetime;
        minute(&mut world, |second| second, |_, _| Answer::ServerError);
        assert!(world.token_requests <= AT_MOST, "{lifetime:?}: {} token requests", world.token_requests);
        assert!(world.record.signed_in());
    }
}

#[test]
fn tokens_that_run_out_while_every_retry_is_under_way_are_refreshed_ten_times_a_minute_at_most() {
    for policy in [with(OnRetryRejected::Auto), with(OnRetryRejected::Return), with(OnRetryRejected::Logout)] {
        let mut world = World::new(policy);
        world.lifetime = Some(2 * SECOND);
        world.expire();
        let end = world.now + 60 * SECOND;
        while world.now < end && world.record.signed_in() {
            let call = world.call_to(world.now, true);
            while !matches!(world.phase(call), Phase::Settled(_)) {
                if world.phase(call) == Phase::InFlight {
                    world.pass(3 * SECOND);
                    world.answer(call, Answer::Unauthorized);
                } else {
                    world.answer_refresh(super::world::Reply::Served);
                }
            }
            world.pass(SECOND);
        }
        assert!(world.token_requests <= AT_MOST, "{policy:?}: {} token requests", world.token_requests);
        assert_eq!(world.breach, None);
    }
}

#[test]
fn a_short_lifetime_whose_calls_are_accepted_is_not_throttled() {
    let mut world = World::new(Policy::default());
    world.lifetime = Some(SECOND);
    world.expire();
    minute(&mut world, |second| second, |_, _| Answer::Accepted);
    assert_eq!(ends(&world, End::Answer(Answer::Accepted)), 60);
    assert!(world.token_requests >= 60, "{} token requests", world.token_requests);
}

#[test]
fn a_call_goes_out_with_what_it_waited_for_however_the_clock_jumps() {
    for jump in [86_400_000, 31_536_000_000] {
        let mut world = World::new(Policy::default());
        world.expire();
        let call = world.call();
        world.turn();
        // The clock jumps between the answer of the token endpoint and the call's next question.
        world.lifetime = Some(0);
        world.jump = jump;
        world.reply(0, super::world::Reply::Served);
        assert_eq!((world.phase(call), world.token_requests), (Phase::InFlight, 1));
    }
}

#[test]
fn a_clock_that_jumps_at_each_answer_costs_a_refresh_for_each_call_at_most() {
    let mut world = World::new(Policy::default());
    for jump in
        [86_400_000, -86_400_000, 86_400_000, -3_600_000, 31_536_000_000, -31_536_000_000, 86_400_000, 1_000_i64]
    {
        let call = world.call();
        while let Phase::Waiting = world.phase(call) {
            world.turn();
            world.now = world.now.saturating_add_signed(jump);
            world.reply(0, super::world::Reply::Served);
        }
        world.now = world.now.saturating_add_signed(jump);
        world.answer(call, Answer::Accepted);
        assert_eq!(world.phase(call), Phase::Settled(End::Answer(Answer::Accepted)));
    }
    assert!(world.token_requests <= 8, "{} token requests", world.token_requests);
    assert!(world.record.signed_in());
}

#[test]
fn refreshes_ahead_of_expiry_with_no_call_to_prove_them_are_kept_away_half_a_minute_at_most() {
    let mut world = World::new(Policy::default());
    for refreshes in 1..=20 {
        world.expire();
        world.now = world.now.max(world.decisions().due(&world.record).unwrap_or(0));
        world.timer();
        world.drain(|_, _| Answer::Accepted);
        assert_eq!((world.token_requests, world.record.unaccepted), (refreshes, refreshes.into()));
        let kept_away = world.record.retry_at.saturating_sub(world.now);
        assert!(kept_away <= 30_000, "{kept_away} ms");
        assert_eq!(kept_away > 0, u32::from(refreshes) >= UNACCEPTED_REFRESHES);
    }
    let call = world.call();
    world.answer(call, Answer::Accepted);
    assert_eq!((world.record.unaccepted, world.record.accepted), (0, true));
}
