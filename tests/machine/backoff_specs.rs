//! A refresh that fails for a while: attempts, waits, `Retry-After` and the cooldown.

use super::world::{Answer, End, LIFETIME, Phase, Reply, World};
use authfetch::protocol::backoff::{cooldown_ms, delay_ms};
use authfetch::protocol::config::Policy;
use authfetch::protocol::decisions::Decisions;
use authfetch::protocol::event::Timer;
use authfetch::protocol::grant::GrantOutcome;
use authfetch::protocol::refresh::{Cooldown, Grant, Outcome, Reason, Turn};
use authfetch::protocol::token::{AccessToken, Record, RefreshToken};

const NOW: u64 = 1_000_000;
const FAILED: Phase = Phase::Settled(End::Failed);

fn record() -> Record {
    Record { access: Some(AccessToken(1)), refresh: Some(RefreshToken(2)), received_at: NOW, ..Record::default() }
}

/// What each of these answers in a row leads to, with the greatest jitter.
fn answers(attempts: u32, outcomes: &[Outcome]) -> Vec<Grant> {
    let mut machine = Decisions::new(Policy { attempts, ..Policy::default() });
    machine.observe(&record(), NOW);
    let _ = machine.start(&record(), Reason::Manual, false);
    outcomes
        .iter()
        .map(|outcome| {
            assert_eq!(machine.on_turn(1, &record()), Turn::Request);
            machine.on_grant(1, *outcome, &record(), NOW, 1.0)
        })
        .collect()
}

const BUSY: Outcome = Outcome { class: GrantOutcome::Transient, lost: false, retry_after: None };
const LOST: Outcome = Outcome { class: GrantOutcome::Transient, lost: true, retry_after: None };

fn busy_for(ms: u64) -> Outcome {
    Outcome { retry_after: Some(ms), ..BUSY }
}

#[test]
fn the_wait_between_attempts_doubles_from_half_a_second_to_ten() {
    let longest: Vec<f64> = (1..8).map(|failures| delay_ms(failures, 1.0)).collect();
    assert_eq!(longest, [500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0, 10_000.0, 10_000.0]);
    for failures in [0, 1, 5, u32::MAX] {
        assert_eq!(delay_ms(failures, 0.0), 0.0, "full jitter starts at nothing");
        assert!(delay_ms(failures, 1.0) <= 10_000.0);
        assert_eq!(delay_ms(failures, 7.0), delay_ms(failures, 1.0));
    }
}

#[test]
fn the_cooldown_doubles_from_one_second_to_thirty() {
    let all: Vec<f64> = (1..8).map(cooldown_ms).collect();
    assert_eq!(all, [1_000.0, 2_000.0, 4_000.0, 8_000.0, 16_000.0, 30_000.0, 30_000.0]);
    assert_eq!(cooldown_ms(u32::MAX), 30_000.0);
}

fn failed(ms: u64, retry_after_set: bool) -> Grant {
    Grant::Failed(Cooldown { until: NOW + ms, retry_after_set })
}

#[test]
fn attempts_count_token_requests() {
    assert_eq!(answers(1, &[BUSY]), [failed(1_000, false)]);
    assert_eq!(answers(3, &[BUSY, BUSY, BUSY]), [Grant::Retry(500), Grant::Retry(1_000), failed(1_000, false)]);
}

#[test]
fn the_first_retry_after_a_lost_answer_is_prompt_and_the_others_back_off_from_the_start() {
    assert_eq!(answers(5, &[LOST, LOST, LOST]), [Grant::Retry(0), Grant::Retry(500), Grant::Retry(1_000)]);
    assert_eq!(answers(5, &[BUSY, LOST, BUSY]), [Grant::Retry(500), Grant::Retry(0), Grant::Retry(1_000)]);
    assert_eq!(answers(1, &[LOST]), [failed(1_000, false)], "the prompt one counts as well");
}

#[test]
fn retry_after_is_waited_for_up_to_thirty_seconds() {
    assert_eq!(answers(3, &[busy_for(3_000)]), [Grant::Retry(3_000)]);
    assert_eq!(answers(3, &[busy_for(30_000)]), [Grant::Retry(30_000)]);
    assert_eq!(answers(3, &[busy_for(10)]), [Grant::Retry(500)], "and no less than the back-off");
}

#[test]
fn a_longer_retry_after_ends_the_attempts_and_the_cooldown_lasts_as_long() {
    assert_eq!(answers(3, &[busy_for(30_001)]), [failed(30_001, true)]);
    assert_eq!(answers(1, &[busy_for(12_000)]), [failed(12_000, true)]);
}

#[test]
fn a_misconfiguration_is_never_tried_again() {
    let wrong = Outcome { class: GrantOutcome::Permanent, ..BUSY };
    assert_eq!(answers(3, &[wrong]), [failed(1_000, false)]);
}

/// A world with five calls that wait for a refresh of a rejected token.
fn five_wait(policy: Policy) -> World {
    let mut world = World::new(policy);
    for _ in 0..5 {
        world.call();
    }
    for at in 0..5 {
        world.answer(at, Answer::Unauthorized);
    }
    world
}

#[test]
fn a_refresh_that_the_network_fails_rejects_all_who_wait_in_one_turn_and_keeps_the_session() {
    let mut world = five_wait(Policy::default());
    for _ in 0..2 {
        world.answer_refresh(Reply::Dropped);
        world.fire(Timer::BackOff);
        assert!((0..5).all(|at| world.phase(at) == Phase::Waiting));
    }
    world.answer_refresh(Reply::Dropped);
    assert!((0..5).all(|at| world.phase(at) == FAILED));
    assert!(world.record.signed_in() && world.record.refresh.is_some());
    assert_eq!((world.token_requests, world.breach), (3, None));
}

#[test]
fn html_from_the_token_endpoint_is_one_attempt_and_signs_nobody_out() {
    let mut world = five_wait(Policy::default());
    world.answer_refresh(Reply::Nonsense);
    assert!((0..5).all(|at| world.phase(at) == FAILED));
    assert_eq!((world.token_requests, world.record.signed_in()), (1, true));
}

#[test]
fn a_429_is_waited_out_as_told_and_signs_nobody_out() {
    let mut world = five_wait(Policy::default());
    world.answer_refresh(Reply::Busy(Some(10_000)));
    assert_eq!(world.back_off(), Some(10_000));
    world.fire(Timer::BackOff);
    world.answer_refresh(Reply::Served);
    world.answer(0, Answer::Accepted);
    assert_eq!((world.in_flight(), world.breach), (4, None));
}

#[test]
fn a_request_that_the_unload_of_the_page_broke_off_is_sent_again_after_two_seconds_and_counts_for_none() {
    let mut world = five_wait(Policy { attempts: 1, ..Policy::default() });
    world.turn();
    world.unload();
    world.reply(0, Reply::Dropped);
    assert_eq!((world.token_requests, world.back_off()), (1, Some(2_000)));
    world.fire(Timer::BackOff);
    world.answer_refresh(Reply::Served);
    assert_eq!((world.token_requests, world.in_flight(), world.breach), (2, 1, None));
}

#[test]
fn a_retry_after_counts_while_the_page_is_being_left() {
    let mut world = five_wait(Policy { attempts: 1, ..Policy::default() });
    world.turn();
    world.unload();
    world.reply(0, Reply::Busy(Some(120_000)));
    assert!((0..5).all(|at| world.phase(at) == FAILED));
    assert_eq!((world.token_requests, world.record.retry_at, world.breach), (1, world.now + 120_000, None));
}

#[test]
fn in_the_cooldown_a_call_whose_token_has_run_out_fails_at_once_and_asks_nobody() {
    let mut world = five_wait(Policy { attempts: 1, ..Policy::default() });
    world.expire();
    world.answer_refresh(Reply::Busy(None));
    let at = world.call();
    assert_eq!((world.phase(at), world.refreshes()), (FAILED, 0));
    world.timer();
    assert_eq!(world.refreshes(), 0);
    world.pass(1_000);
    let later = world.call();
    assert_eq!((world.phase(later), world.refreshes()), (Phase::Waiting, 1));
}

#[test]
fn while_the_token_is_valid_a_failed_refresh_disturbs_no_call() {
    let mut world = World::new(Policy { attempts: 1, ..Policy::default() });
    world.pass(LIFETIME - 30_000);
    world.timer();
    let beside = world.call();
    world.answer_refresh(Reply::Busy(None));
    let after = world.call();
    for at in [beside, after] {
        world.answer(at, Answer::Accepted);
        assert_eq!(world.phase(at), Phase::Settled(End::Answer(Answer::Accepted)));
    }
    assert_eq!(world.token_requests, 1);
}

/// A world whose refresh has just failed with this answer.
fn cooling(reply: Reply) -> World {
    let mut world = World::new(Policy { attempts: 1, ..Policy::default() });
    world.refresh();
    world.answer_refresh(reply);
    assert!(world.decisions().cooling(&world.record, world.now));
    world
}

#[test]
fn a_refresh_by_hand_goes_through_a_cooldown_unless_retry_after_forbids_it() {
    let mut world = cooling(Reply::Busy(None));
    world.refresh();
    assert_eq!(world.refreshes(), 1);
    let mut world = cooling(Reply::Busy(Some(60_000)));
    world.refresh();
    assert_eq!(world.refreshes(), 0);
    world.pass(60_000);
    world.refresh();
    assert_eq!(world.refreshes(), 1);
}

#[test]
fn the_network_s_return_ends_a_cooldown_that_no_retry_after_set() {
    let mut world = cooling(Reply::Dropped);
    world.online();
    assert!(!world.decisions().cooling(&world.record, world.now));
    let mut world = cooling(Reply::Busy(Some(60_000)));
    world.online();
    assert!(world.decisions().cooling(&world.record, world.now));
}

#[test]
fn a_tab_that_has_only_read_of_a_retry_after_keeps_to_it() {
    let world = cooling(Reply::Busy(Some(60_000)));
    let mut other = Decisions::new(world.setup.policy);
    other.observe(&world.record, world.now);
    assert!(other.retry_after_set(&world.record, world.now));
    assert!(!other.on_online(&world.record, world.now));
    assert!(!other.retry_after_set(&world.record, world.now + 60_000));
}

/// How long the cooldown lasts that the next failure begins.
fn next_cooldown(world: &mut World) -> u64 {
    world.now = world.now.max(world.record.retry_at);
    world.refresh();
    world.answer_refresh(Reply::Busy(None));
    world.record.retry_at - world.now
}

#[test]
fn the_cooldown_doubles_while_failures_go_on_and_a_success_here_or_elsewhere_starts_it_anew() {
    let mut world = cooling(Reply::Busy(None));
    assert_eq!([next_cooldown(&mut world), next_cooldown(&mut world)], [2_000, 4_000]);
    world.refresh();
    world.answer_refresh(Reply::Served);
    assert_eq!([next_cooldown(&mut world), next_cooldown(&mut world)], [1_000, 2_000]);
    world.refreshed_elsewhere();
    assert_eq!(next_cooldown(&mut world), 1_000);
}
