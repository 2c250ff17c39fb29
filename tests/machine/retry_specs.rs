//! A call that was retried and answered 401 again, and the 401s that say nothing of the token.

use super::world::{Answer, End, Phase, Reply, World};
use authfetch::protocol::config::{OnRetryRejected, OnSessionExpired, Policy, Refreshable};
use authfetch::protocol::decisions::{Decisions, NeedsRefresh, Resource, Unauthorized, Verdict};
use authfetch::protocol::event::Timer;
use authfetch::protocol::token::{AccessToken, Record, RefreshToken};

const TOLD_401: Phase = Phase::Settled(End::Answer(Answer::Unauthorized));

/// What is known of the token before the refreshed one.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Before {
    Good,
    RunOut,
    UnknownLifetime,
    NeverAccepted,
}

/// Two calls have been refreshed for; the first, `path` its path, was sent again.
fn retried(policy: Policy, before: Before) -> World {
    let mut world = World::signed_out(policy);
    world.lifetime = if before == Before::UnknownLifetime { None } else { world.lifetime };
    world.set_tokens(true);
    if before != Before::NeverAccepted {
        let at = world.call();
        world.answer(at, Answer::Accepted);
        world.tasks.clear();
    }
    let [retried, other] = [world.call_to(7, true), world.call_to(8, true)];
    if before == Before::RunOut {
        world.expire();
    }
    world.answer(retried, Answer::Unauthorized);
    world.answer(other, Answer::Unauthorized);
    world.answer_refresh(Reply::Served);
    world
}

fn with(on_retry_rejected: OnRetryRejected) -> Policy {
    Policy { on_retry_rejected, ..Policy::default() }
}

#[test]
fn logout_ends_the_session_whatever_the_token_before_was() {
    for before in [Before::Good, Before::RunOut, Before::UnknownLifetime, Before::NeverAccepted] {
        let mut world = retried(with(OnRetryRejected::Logout), before);
        world.answer(0, Answer::Unauthorized);
        assert_eq!(
            (world.phase(0), world.phase(1)),
            (Phase::Settled(End::Ended), Phase::Settled(End::Ended)),
            "{before:?}"
        );
    }
}

#[test]
fn return_gives_the_401_to_its_caller_and_sends_the_rest() {
    for before in [Before::Good, Before::RunOut, Before::UnknownLifetime, Before::NeverAccepted] {
        let mut world = retried(with(OnRetryRejected::Return), before);
        world.answer(0, Answer::Unauthorized);
        assert_eq!((world.phase(0), world.phase(1)), (TOLD_401, Phase::InFlight), "{before:?}");
        assert!(world.record.signed_in());
    }
}

#[test]
fn auto_ends_the_session_where_no_token_of_it_can_be_told_to_be_good() {
    for before in [Before::RunOut, Before::UnknownLifetime, Before::NeverAccepted] {
        let mut world = retried(with(OnRetryRejected::Auto), before);
        world.answer(0, Answer::Unauthorized);
        assert_eq!(
            (world.phase(0), world.phase(1)),
            (Phase::Settled(End::Ended), Phase::Settled(End::Ended)),
            "{before:?}"
        );
    }
}

#[test]
fn auto_gives_the_401_to_its_caller_where_the_token_before_was_still_good() {
    let mut world = retried(with(OnRetryRejected::Auto), Before::Good);
    world.answer(0, Answer::Unauthorized);
    assert_eq!((world.phase(0), world.phase(1)), (TOLD_401, Phase::InFlight));
}

#[test]
fn auto_gives_the_401_to_its_caller_where_a_call_was_accepted_with_the_new_token_in_any_tab() {
    for before in [Before::RunOut, Before::UnknownLifetime, Before::NeverAccepted] {
        let mut world = retried(with(OnRetryRejected::Auto), before);
        world.accepted_elsewhere();
        world.answer(0, Answer::Unauthorized);
        assert_eq!(world.phase(0), TOLD_401, "{before:?}");
        assert!(world.record.signed_in());
    }
}

#[test]
fn a_server_error_is_no_proof_that_a_token_is_good() {
    let mut world = retried(with(OnRetryRejected::Auto), Before::NeverAccepted);
    world.answer(0, Answer::ServerError);
    world.answer(1, Answer::Unauthorized);
    assert!(!world.record.signed_in());
}

#[test]
fn a_broken_endpoint_polled_for_ever_is_refreshed_for_once_in_a_token_s_life() {
    let mut world = retried(with(OnRetryRejected::Auto), Before::Good);
    world.answer(0, Answer::Unauthorized);
    world.answer(1, Answer::Accepted);
    for _ in 0..50 {
        world.pass(1_000);
        let at = world.call_to(7, true);
        world.answer(at, Answer::Unauthorized);
        assert_eq!((world.phase(at), world.tasks[at].sends), (TOLD_401, 1));
    }
    assert_eq!(world.token_requests, 1);
    let elsewhere = world.call_to(9, true);
    world.answer(elsewhere, Answer::Unauthorized);
    assert_eq!(world.refreshes(), 1, "another path's 401 refreshes as ever");
    world.answer_refresh(Reply::Served);
    world.answer(elsewhere, Answer::Accepted);
    let at = world.call_to(7, true);
    world.answer(at, Answer::Unauthorized);
    assert_eq!((world.refreshes(), world.breach), (1, None), "the new token is tried on it once more");
}

#[test]
fn sixty_four_broken_paths_are_remembered_at_most() {
    let mut machine = Decisions::new(with(OnRetryRejected::Return));
    let record = Record { access: Some(AccessToken(1)), refresh: Some(RefreshToken(2)), ..Record::default() };
    machine.observe(&record, 1);
    let mut reject = |path, sends| {
        let mut call = machine.open(Some(Resource(path)));
        call.sent = record.access;
        call.sends = sends;
        machine.on_unauthorized(&mut call, &record, 1, Unauthorized { replayable: true, ..Unauthorized::default() })
    };
    for path in 0..=64 {
        assert_eq!(reject(path, 2), Verdict::Deliver(NeedsRefresh::No));
    }
    for path in 0..64 {
        assert_eq!(reject(path, 1), Verdict::Deliver(NeedsRefresh::No), "{path}");
    }
    assert_eq!(reject(64, 1), Verdict::Retry(NeedsRefresh::Start));
}

#[test]
fn a_401_after_a_redirect_refreshes_and_never_ends_a_session() {
    let mut world = retried(with(OnRetryRejected::Logout), Before::NeverAccepted);
    world.answer(0, Answer::Redirected);
    assert_eq!(world.phase(0), Phase::Settled(End::Answer(Answer::Redirected)));
    assert!(world.record.signed_in());
    let fresh = world.call_to(9, true);
    world.answer(1, Answer::Accepted);
    world.answer(fresh, Answer::Redirected);
    assert_eq!(world.refreshes(), 1);
    let mut world = World::new(Policy { refreshable: Refreshable::Never, ..Policy::default() });
    let at = world.call();
    world.expire();
    world.answer(at, Answer::Redirected);
    assert!(world.record.signed_in());
}

#[test]
fn a_401_that_is_not_the_token_s_neither_refreshes_nor_ends() {
    for policy in [Policy::default(), with(OnRetryRejected::Logout)] {
        let mut world = World::new(policy);
        let at = world.call();
        world.answer(at, Answer::NotTheToken);
        assert_eq!((world.phase(at), world.refreshes()), (Phase::Settled(End::Answer(Answer::NotTheToken)), 0));
        let mut world = retried(policy, Before::NeverAccepted);
        world.answer(0, Answer::NotTheToken);
        assert!(world.record.signed_in());
    }
}

#[test]
fn a_body_that_cannot_be_replayed_is_sent_once_and_its_401_starts_a_refresh() {
    let mut world = World::new(Policy::default());
    let at = world.call_to(1, false);
    world.answer(at, Answer::Unauthorized);
    assert_eq!((world.phase(at), world.refreshes()), (TOLD_401, 1));
    let late = world.call_to(1, false);
    world.answer_refresh(Reply::Served);
    assert_eq!(world.phase(late), Phase::InFlight, "held while it waited, it is sent");
}

#[test]
fn a_broken_endpoint_whose_calls_cannot_be_sent_again_refreshes_every_ten_seconds_at_most() {
    let mut world = World::new(Policy::default());
    for _ in 0..60 {
        let at = world.call_to(7, false);
        world.answer(at, Answer::Unauthorized);
        assert_eq!((world.phase(at), world.tasks[at].sends), (TOLD_401, 1));
        if world.refreshes() > 0 {
            world.answer_refresh(Reply::Served);
        }
        let good = world.call_to(8, true);
        world.answer(good, Answer::Accepted);
        world.pass(1_000);
    }
    assert_eq!((world.token_requests, world.record.signed_in(), world.breach), (6, true, None));
}

#[test]
fn a_canary_that_cannot_be_sent_again_gives_the_same_verdict_as_another() {
    for (on_retry_rejected, signed_in) in [(OnRetryRejected::Auto, false), (OnRetryRejected::Return, true)] {
        let mut world = World::new(with(on_retry_rejected));
        world.expire();
        let [canary, other] = [world.call_to(7, false), world.call_to(8, true)];
        world.answer_refresh(Reply::Served);
        assert_eq!((world.phase(canary), world.phase(other)), (Phase::InFlight, Phase::Waiting));
        world.answer(canary, Answer::Unauthorized);
        assert_eq!((world.record.signed_in(), world.tasks[canary].sends, world.token_requests), (signed_in, 1, 1));
    }
}

#[test]
fn a_step_up_that_is_not_prevented_gives_its_caller_the_401_and_refreshes_nothing() {
    let mut world = World::new(Policy::default());
    let at = world.call();
    world.answer(at, Answer::StepUp { prevented: false });
    assert_eq!(world.phase(at), Phase::Settled(End::Answer(Answer::StepUp { prevented: false })));
    assert!(world.record.signed_in() && world.refreshes() == 0);
}

#[test]
fn a_step_up_waits_for_a_sign_in_here_or_in_another_tab_and_no_refresh_releases_it() {
    let mut world = World::new(Policy::default());
    let at = world.call();
    world.answer(at, Answer::StepUp { prevented: true });
    world.refresh();
    world.answer_refresh(Reply::Served);
    world.refreshed_elsewhere();
    assert_eq!(world.phase(at), Phase::Waiting);
    world.set_tokens(true);
    assert_eq!((world.phase(at), world.sent(at)), (Phase::InFlight, world.record.access));
    assert_eq!(world.breach, None);
}

#[test]
fn an_answered_step_up_is_worth_a_third_send_and_no_fourth() {
    let mut world = World::new(Policy::default());
    let at = world.call();
    world.answer(at, Answer::Unauthorized);
    world.answer_refresh(Reply::Served);
    world.answer(at, Answer::StepUp { prevented: true });
    world.set_tokens(true);
    world.answer(at, Answer::StepUp { prevented: true });
    assert_eq!(world.phase(at), Phase::Settled(End::Answer(Answer::StepUp { prevented: true })));
    assert_eq!((world.tasks[at].sends, world.breach), (3, None));
}

#[test]
fn a_logout_ends_what_waits_for_a_step_up() {
    let mut world = World::new(Policy::default());
    let at = world.call();
    world.answer(at, Answer::StepUp { prevented: true });
    world.logout();
    assert_eq!(world.phase(at), Phase::Settled(End::Ended));
}

#[test]
fn a_suspended_session_releases_no_call_that_waits_for_a_step_up() {
    for on_session_expired in [OnSessionExpired::Hold, OnSessionExpired::PassThrough] {
        let mut world = World::new(Policy { on_session_expired, ..Policy::default() });
        let at = world.call();
        world.answer(at, Answer::StepUp { prevented: true });
        world.refresh();
        world.answer_refresh(Reply::Revoked);
        world.fire(Timer::Grace);
        assert_eq!(world.phase(at), Phase::Waiting, "{on_session_expired:?}");
        world.set_tokens(true);
        assert_eq!(world.phase(at), Phase::InFlight);
    }
}
