//! What tabs that share a cookie and no record know of its session.

use authfetch::protocol::config::{Policy, Refreshable};
use authfetch::protocol::cookie::{ENDED, UNCONFIRMED, confirms};
use authfetch::protocol::decisions::{Decisions, NeedsRefresh};
use authfetch::protocol::grant::GrantOutcome;
use authfetch::protocol::refresh::{Grant, Keep, Outcome, Reason, Turn};
use authfetch::protocol::tabs::Mark;
use authfetch::protocol::token::{AccessToken, Record, RefreshToken};

const NOW: u64 = 1_000;
const TOKENS: Outcome = Outcome { class: GrantOutcome::Tokens, lost: false, retry_after: None };
const REFUSED: Outcome = Outcome { class: GrantOutcome::Refused, lost: false, retry_after: None };

fn signed_in(epoch: u64) -> Record {
    Record { epoch, signin: 1, access: Some(AccessToken(1)), ..Record::default() }
}

fn mark(epoch: u64, version: u64) -> Mark {
    Mark { epoch, version }
}

/// A machine that has seen `record`.
fn knowing(record: &Record) -> Decisions {
    let mut machine = Decisions::new(Policy { refreshable: Refreshable::Always, ..Policy::default() });
    machine.observe(record, NOW);
    machine
}

/// One that has sent a token request.
fn refreshing(record: &Record) -> (Decisions, u32) {
    let mut machine = knowing(record);
    assert_eq!(machine.start(record, Reason::Manual, false), NeedsRefresh::Start);
    let id = machine.refresh().map_or(0, |refresh| refresh.id);
    assert_eq!(machine.on_turn(id, record), Turn::Request);
    (machine, id)
}

#[test]
fn a_higher_epoch_or_an_end_of_ours_ends_the_session_and_nothing_else_does() {
    let record = signed_in(5);
    for other in [mark(5, 9), mark(4, ENDED), Mark::default()] {
        assert_eq!(knowing(&record).on_cookie_mark(other, &record), None, "{other:?}");
    }
    for (over, epoch) in [(mark(6, 1), 6), (mark(6, ENDED), 6), (mark(5, ENDED), 6), (mark(5, UNCONFIRMED), 6)] {
        let tombstone = knowing(&record).on_cookie_mark(over, &record);
        assert_eq!(tombstone.map(|record| (record.epoch, record.has_session())), Some((epoch, false)), "{over:?}");
    }
}

#[test]
fn a_session_whose_refresh_token_is_in_its_record_is_none_of_the_cookie_s() {
    let own = Record { refresh: Some(RefreshToken(1)), ..signed_in(5) };
    let mut machine = knowing(&own);
    assert_eq!(machine.cookie(), Mark::default());
    assert_eq!(machine.on_cookie_mark(mark(6, ENDED), &own), None);
    let _ = machine.on_end(&own, NOW);
    assert_eq!(machine.cookie(), mark(6, ENDED), "its end is not the cookie's");
}

#[test]
fn a_record_written_by_hand_is_not_ended_by_an_old_mark() {
    let by_hand = signed_in(0);
    assert_eq!(knowing(&by_hand).on_cookie_mark(mark(6, ENDED), &by_hand), None);
}

#[test]
fn a_sign_in_by_the_cookie_joins_a_session_that_goes_on_and_else_begins_a_higher_epoch() {
    let out = Record::default();
    for (known, epoch) in [(mark(2_000, 3), 2_000), (mark(2_000, ENDED), 2_001), (Mark::default(), NOW)] {
        let mut machine = knowing(&out);
        let _ = machine.on_cookie_mark(known, &out);
        assert_eq!(machine.epoch_by_cookie(&out, NOW), epoch, "{known:?}");
        assert!(machine.next_epoch(&out, NOW) > known.epoch, "`setTokens` joins nobody");
    }
    let mut later = knowing(&Record::tombstone(3_000));
    let _ = later.on_cookie_mark(mark(2_000, 3), &out);
    assert_eq!(later.epoch_by_cookie(&out, NOW), 3_001, "nor does a tab that knows of a later epoch");
}

#[test]
fn each_sign_in_and_refresh_replaces_the_cookie_and_an_end_is_later_than_all_of_them() {
    let mut machine = knowing(&signed_in(2_000));
    assert_eq!(machine.cookie(), mark(2_000, 1));
    machine.observe(&Record { access: Some(AccessToken(2)), ..signed_in(2_000) }, NOW);
    assert_eq!(machine.cookie(), mark(2_000, 2));
    machine.observe(&Record { access: Some(AccessToken(2)), accepted: true, ..signed_in(2_000) }, NOW);
    assert_eq!(machine.cookie(), mark(2_000, 2), "a note does not");
    let tombstone = machine.on_end(&signed_in(2_000), NOW);
    assert_eq!(machine.cookie(), mark(tombstone.epoch, ENDED));
    assert!(mark(2_000, UNCONFIRMED - 1) < mark(2_000, UNCONFIRMED) && UNCONFIRMED < ENDED);
}

#[test]
fn a_refusal_counts_where_nobody_has_replaced_the_cookie_since_the_request_was_sent() {
    for record in [signed_in(2_000), Record::default()] {
        let (mut machine, id) = refreshing(&record);
        assert_eq!(machine.on_grant(id, REFUSED, &record, NOW, 0.5), Grant::Refused);
        let _ = machine.on_cookie_mark(mark(2_000, 2), &record);
        assert_eq!(machine.on_grant(id, REFUSED, &record, NOW, 0.5), Grant::Retry(0));
        assert_eq!(machine.on_turn(id, &record), Turn::Request);
        let again = machine.on_grant(id, REFUSED, &record, NOW, 0.5);
        assert_eq!(again, Grant::Refused, "one more request, and then the server has the word");
    }
}

#[test]
fn tokens_of_a_session_that_another_has_followed_meanwhile_are_asked_for_once_more() {
    let out = Record::default();
    let (mut machine, id) = refreshing(&out);
    let _ = machine.on_cookie_mark(mark(2_000, 1), &out);
    assert_eq!(machine.on_grant(id, TOKENS, &out, NOW, 0.5), Grant::Retry(0));
    assert_eq!(machine.on_turn(id, &out), Turn::Request);
    let _ = machine.on_cookie_mark(mark(2_000, 2), &out);
    let stored = machine.on_grant(id, TOKENS, &out, NOW, 0.5);
    assert_eq!(stored, Grant::Store(Keep::New), "another tab's refresh begins no session");
}

#[test]
fn after_a_logout_that_the_server_has_not_confirmed_no_cookie_is_tried() {
    let record = Record { unconfirmed: true, ..signed_in(2_000) };
    let mut machine = knowing(&record);
    let tombstone = machine.on_end(&record, NOW);
    assert!(tombstone.unconfirmed && machine.unconfirmed());
    assert_eq!(machine.start(&tombstone, Reason::Manual, false), NeedsRefresh::Start);
    let id = machine.refresh().map_or(0, |refresh| refresh.id);
    assert_eq!(machine.on_turn(id, &tombstone), Turn::SignedOut);
    machine.on_confirmed();
    assert_eq!((machine.unconfirmed(), machine.cookie()), (false, mark(tombstone.epoch, ENDED)));
    assert_eq!(machine.on_turn(id, &Record { unconfirmed: false, ..tombstone }), Turn::Request);
}

#[test]
fn a_second_logout_confirms_nothing_and_a_sign_in_leaves_nothing_to_confirm() {
    let mut machine = knowing(&signed_in(2_000));
    let tombstone = machine.on_end(&Record { unconfirmed: true, ..signed_in(2_000) }, NOW);
    let again = machine.on_end(&Record { unconfirmed: false, ..tombstone }, NOW);
    assert!(machine.unconfirmed());
    machine.observe(&signed_in(again.epoch + 1), NOW);
    assert_eq!(machine.cookie(), mark(again.epoch + 1, 1));
}

#[test]
fn a_revocation_is_confirmed_by_a_success_alone() {
    for (status, confirmed) in [(200, true), (204, true), (0, false), (302, false), (401, false), (500, false)] {
        assert_eq!(confirms(status), confirmed, "{status}");
    }
}
