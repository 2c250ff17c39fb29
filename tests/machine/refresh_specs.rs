//! One refresh: who starts it, who joins it, and what may happen to the record while it runs.

use super::world::{Answer, LIFETIME, Phase, Reply, World};
use authfetch::protocol::config::{Policy, Refreshable};
use authfetch::protocol::decisions::{Decisions, NeedsRefresh};
use authfetch::protocol::event::Timer;
use authfetch::protocol::grant::GrantOutcome;
use authfetch::protocol::refresh::{Grant, Keep, Outcome, Reason, Turn};
use authfetch::protocol::token::{AccessToken, Record, RefreshToken};

const NOW: u64 = 1_000_000;

fn record() -> Record {
    Record {
        epoch: 5,
        access: Some(AccessToken(1)),
        refresh: Some(RefreshToken(2)),
        received_at: NOW,
        expires_at: Some(NOW + LIFETIME),
        ..Record::default()
    }
}

/// A machine that knows `record`, with a refresh of it under way.
fn refreshing(policy: Policy, record: &Record) -> (Decisions, u32) {
    let mut machine = Decisions::new(policy);
    machine.observe(record, NOW);
    assert_eq!(machine.start(record, Reason::Unauthorized, true), NeedsRefresh::Start);
    let id = machine.refresh().map_or(0, |refresh| refresh.id);
    assert_eq!(machine.on_turn(id, record), Turn::Request);
    (machine, id)
}

fn outcome(class: GrantOutcome) -> Outcome {
    Outcome { class, lost: false, retry_after: None }
}

#[test]
fn the_first_opens_a_refresh_and_the_others_join_it() {
    let mut machine = Decisions::new(Policy::default());
    machine.observe(&record(), NOW);
    assert_eq!(machine.start(&record(), Reason::Expired, false), NeedsRefresh::Start);
    let opened = machine.refresh().cloned();
    assert_eq!(machine.start(&record(), Reason::Manual, false), NeedsRefresh::No);
    assert_eq!(machine.refresh().cloned(), opened, "its reason and its number stay the first one's");
    assert_eq!(machine.start(&record(), Reason::Unauthorized, true), NeedsRefresh::No);
    assert!(machine.refresh().is_some_and(|refresh| refresh.blocking), "from now on calls wait for it");
}

#[test]
fn only_its_owner_goes_on_with_a_refresh_or_ends_it() {
    let (mut machine, id) = refreshing(Policy::default(), &record());
    assert_eq!(machine.on_turn(id + 1, &record()), Turn::Ended);
    assert_eq!(machine.on_grant(id + 1, outcome(GrantOutcome::Tokens), &record(), NOW, 0.5), Grant::Ended);
    machine.finish(id + 1, true);
    assert!(machine.refresh().is_some());
    machine.finish(id, true);
    assert_eq!(machine.on_turn(id, &record()), Turn::Ended);
}

#[test]
fn a_waiting_refresh_adopts_what_another_tab_has_refreshed() {
    let (mut machine, id) = refreshing(Policy::default(), &record());
    let theirs = Record { access: Some(AccessToken(3)), refresh: Some(RefreshToken(4)), version: 1, ..record() };
    machine.observe(&theirs, NOW);
    assert_eq!(machine.on_turn(id, &theirs), Turn::UseStored);
    assert_eq!(machine.on_grant(id, outcome(GrantOutcome::Refused), &theirs, NOW, 0.5), Grant::UseStored);
}

#[test]
fn a_refresh_of_an_ended_session_is_dropped_at_every_step() {
    let (mut machine, id) = refreshing(Policy::default(), &record());
    let tombstone = machine.on_end(&record(), NOW);
    assert_eq!(machine.on_turn(id, &tombstone), Turn::Ended);
    for class in [GrantOutcome::Tokens, GrantOutcome::Refused, GrantOutcome::Transient, GrantOutcome::Permanent] {
        assert_eq!(machine.on_grant(id, outcome(class), &tombstone, NOW, 0.5), Grant::Ended, "{class:?}");
    }
}

#[test]
fn an_access_token_set_meanwhile_is_kept_beside_the_rotated_refresh_token() {
    let mut world = World::new(Policy::default());
    world.refresh();
    world.turn();
    let spent = world.record.refresh;
    world.set_tokens(false);
    let newer = world.record.access;
    world.reply(0, Reply::Served);
    assert_eq!(world.record.access, newer);
    assert!(world.record.refresh != spent && world.record.refresh.is_some_and(|token| world.valid.contains(&token)));
    assert_eq!(world.breach, None);
}

#[test]
fn a_refresh_token_set_meanwhile_stands_and_the_late_answer_is_dropped() {
    let mut world = World::new(Policy::default());
    let at = world.call();
    world.answer(at, Answer::Unauthorized);
    world.turn();
    world.set_tokens(true);
    let set = world.record;
    assert!(world.requests[0].aborted);
    world.reply(0, Reply::Served);
    assert_eq!((world.record, world.phase(at), world.breach), (set, Phase::InFlight, None));
}

#[test]
fn a_cookie_held_refresh_token_makes_any_sign_in_overtake_the_refresh() {
    let held = Record { refresh: None, ..record() };
    let policy = Policy { refreshable: Refreshable::Always, ..Policy::default() };
    for newer in [Record { access: Some(AccessToken(9)), signin: 1, ..held }, Record { signin: 1, ..held }] {
        let (mut machine, id) = refreshing(policy, &held);
        machine.observe(&newer, NOW);
        assert_eq!(machine.on_grant(id, outcome(GrantOutcome::Tokens), &newer, NOW, 0.5), Grant::UseStored);
    }
}

#[test]
fn without_a_session_a_cookie_is_tried_and_a_sign_in_meanwhile_wins() {
    let policy = Policy { refreshable: Refreshable::Always, ..Policy::default() };
    let out = Record { epoch: 5, ..Record::default() };
    let (mut machine, id) = refreshing(policy, &out);
    assert_eq!(machine.on_grant(id, outcome(GrantOutcome::Tokens), &out, NOW, 0.5), Grant::Store(Keep::New));
    let (mut machine, id) = refreshing(policy, &out);
    let signed_in = Record { epoch: machine.next_epoch(&out, NOW), ..record() };
    machine.observe(&signed_in, NOW);
    assert_eq!(machine.on_grant(id, outcome(GrantOutcome::Tokens), &signed_in, NOW, 0.5), Grant::Ended);
}

#[test]
fn a_refusal_counts_only_if_no_newer_record_has_come() {
    let mut world = World::new(Policy::default());
    let at = world.call();
    world.answer(at, Answer::Unauthorized);
    world.answer_refresh(Reply::Lost);
    world.fire(Timer::BackOff);
    world.answer_refresh(Reply::Served);
    assert!(world.is_set(Timer::Grace), "the second presentation of a rotated token is refused");
    world.set_tokens(true);
    world.fire(Timer::Grace);
    assert_eq!((world.phase(at), world.breach), (Phase::InFlight, None));
    assert!(world.record.signed_in());
}

#[test]
fn a_lost_answer_is_asked_for_once_more_and_then_the_server_has_the_word() {
    let mut world = World::new(Policy::default());
    let at = world.call();
    world.answer(at, Answer::Unauthorized);
    world.answer_refresh(Reply::Lost);
    assert_eq!((world.token_requests, world.back_off()), (2, None), "promptly");
    world.fire(Timer::BackOff);
    world.answer_refresh(Reply::Served);
    world.fire(Timer::Grace);
    assert_eq!((world.phase(at), world.token_requests), (Phase::Settled(super::world::End::Ended), 2));
}

#[test]
fn what_can_be_refreshed_depends_on_the_policy_and_on_the_record() {
    let bare = Record { refresh: None, ..record() };
    for (refreshable, with_token, without) in
        [(Refreshable::Never, false, false), (Refreshable::WithToken, true, false), (Refreshable::Always, true, true)]
    {
        let machine = Decisions::new(Policy { refreshable, ..Policy::default() });
        assert_eq!(
            (machine.can_refresh(&record()), machine.can_refresh(&bare)),
            (with_token, without),
            "{refreshable:?}"
        );
    }
}

#[test]
fn a_refresh_ahead_of_expiry_is_due_by_the_leeway_and_never_before_half_the_lifetime() {
    let due = |record: &Record| {
        let mut machine = Decisions::new(Policy::default());
        machine.observe(record, NOW);
        machine.due(record)
    };
    assert_eq!(due(&record()), Some(NOW + LIFETIME - 30_000));
    assert_eq!(due(&Record { expires_at: Some(NOW + 2_000), ..record() }), Some(NOW + 1_000));
    let sixty_days = NOW + 60 * 86_400_000;
    assert_eq!(due(&Record { expires_at: Some(sixty_days), ..record() }), Some(sixty_days - 30_000));
    assert_eq!(due(&Record { retry_at: NOW + 90_000, ..record() }), Some(NOW + 90_000), "not before a cooldown ends");
    for none in [
        Record { expires_at: None, ..record() },
        Record { refresh: None, ..record() },
        Record { access: None, ..record() },
        Record { expires_at: Some(NOW), ..record() },
        Record { expires_at: Some(1), ..record() },
    ] {
        assert_eq!(due(&none), None, "{none:?}");
    }
    let (machine, _) = refreshing(Policy::default(), &record());
    assert_eq!(machine.due(&record()), None, "one is running");
}

#[test]
fn the_timer_and_a_call_share_one_refresh() {
    let mut world = World::new(Policy::default());
    world.pass(LIFETIME - 30_000);
    world.timer();
    let at = world.call();
    world.refresh();
    assert_eq!((world.refreshes(), world.phase(at)), (1, Phase::InFlight));
}
