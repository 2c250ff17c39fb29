//! What a tab believes of the record that others write too.

use authfetch::protocol::config::Policy;
use authfetch::protocol::decisions::Decisions;
use authfetch::protocol::tabs::{CATCH_UP_MS, Heard, Mark, RESTORE_MS, Reading, caught_up};
use authfetch::protocol::token::{AccessToken, Record};

const NOW: u64 = 1_000;

fn tokens(epoch: u64, version: u64) -> Record {
    Record { epoch, version, signin: 1, access: Some(AccessToken(version as u32)), ..Record::default() }
}

/// A machine that has seen `record`.
fn knowing(record: &Record) -> Decisions {
    let mut machine = Decisions::new(Policy::default());
    machine.observe(record, NOW);
    machine
}

#[test]
fn a_record_that_is_as_late_as_the_known_one_or_later_is_believed() {
    let known = tokens(5, 2);
    let machine = knowing(&known);
    let noted = Record { accepted: true, ..known };
    let again = Record { signin: 2, ..tokens(5, 1) };
    for record in [known, noted, tokens(5, 3), again, tokens(6, 1), Record::tombstone(6)] {
        assert_eq!(machine.on_read(&record, &known), Reading::Believe, "{record:?}");
    }
}

#[test]
fn a_record_of_an_epoch_that_is_over_gives_way_to_what_is_known() {
    for known in [Record::tombstone(6), tokens(6, 1)] {
        assert_eq!(knowing(&known).on_read(&tokens(5, 9), &known), Reading::Restore);
    }
}

#[test]
fn older_tokens_of_the_same_epoch_give_way_to_newer_ones() {
    let known = tokens(5, 3);
    assert_eq!(knowing(&known).on_read(&tokens(5, 2), &known), Reading::Restore);
    let set = Record { signin: 2, ..tokens(5, 2) };
    assert_eq!(knowing(&set).on_read(&known, &set), Reading::Restore, "`setTokens` overtakes a refresh beside it");
}

#[test]
fn where_only_the_number_of_a_later_epoch_is_known_an_older_record_is_left_alone() {
    let known = tokens(5, 1);
    let machine = knowing(&Record::tombstone(7));
    assert_eq!(machine.on_read(&known, &known), Reading::Ignore);
    assert_eq!(machine.on_read(&Record::tombstone(6), &known), Reading::Ignore);
    assert_eq!(machine.on_read(&tokens(7, 1), &known), Reading::Believe);
}

#[test]
fn a_record_written_by_hand_is_believed_whatever_is_known() {
    let by_hand = Record { access: Some(AccessToken(9)), ..Record::default() };
    for known in [tokens(5, 1), Record::tombstone(6)] {
        assert_eq!(knowing(&known).on_read(&by_hand, &known), Reading::Believe);
    }
}

#[test]
fn a_signal_of_a_later_epoch_ends_the_session_before_it_can_be_seen_in_storage() {
    let known = tokens(5, 1);
    let mut machine = knowing(&known);
    for mark in [Mark { epoch: 5, version: 9 }, Mark { epoch: 4, version: 1 }, Mark::default()] {
        assert_eq!((machine.on_signal(mark, NOW), machine.epoch()), (Heard::Read, 5));
    }
    let mark = Mark { epoch: 6, version: 1 };
    assert_eq!((machine.on_signal(mark, NOW), machine.epoch()), (Heard::Ended, 6));
    assert_eq!(machine.on_signal(mark, NOW), Heard::Read, "once");
}

#[test]
fn what_a_signal_told_of_gives_way_to_the_record_itself() {
    let mut machine = knowing(&tokens(5, 1));
    let mark = Mark { epoch: 6, version: 1 };
    assert_eq!(machine.on_signal(mark, NOW), Heard::Ended);
    let known = Record::tombstone(mark.epoch);
    for record in [tokens(6, 1), Record { version: 1, ..Record::tombstone(6) }] {
        assert_eq!(machine.on_read(&record, &known), Reading::Believe);
        assert_eq!(knowing(&record).on_read(&known, &record), Reading::Restore, "and not the other way about");
    }
}

#[test]
fn a_cleared_storage_ends_a_session_and_a_sign_in_elsewhere_overtakes_that_end() {
    let known = tokens(5, 1);
    let mut machine = knowing(&known);
    let ended = machine.on_absent(&known, NOW).expect("there was a session");
    assert_eq!((ended.epoch, ended.signed_in(), machine.epoch()), (6, false, 6));
    assert_eq!(machine.on_read(&tokens(5, 2), &ended), Reading::Restore, "a late refresh does not bring it back");
    assert_eq!(machine.on_read(&tokens(NOW, 1), &ended), Reading::Believe);
}

#[test]
fn a_cleared_storage_tells_nothing_where_nobody_is_signed_in() {
    let tombstone = Record::tombstone(6);
    let mut machine = knowing(&tombstone);
    assert_eq!((machine.on_absent(&tombstone, NOW), machine.epoch()), (None, 6));
    let suspended = Record { epoch: 6, suspended: true, ..Record::default() };
    assert_eq!(machine.on_absent(&suspended, NOW).map(|record| record.epoch), Some(7), "a suspended session is one");
}

#[test]
fn a_record_has_caught_up_once_it_is_as_late_as_the_mark() {
    let mark = Mark::of(&tokens(5, 2));
    for (record, reached) in [(tokens(5, 1), false), (tokens(5, 2), true), (tokens(5, 3), true), (tokens(4, 9), false)]
    {
        assert_eq!(caught_up(&record, mark), reached, "{record:?}");
    }
    assert!(caught_up(&Record::tombstone(6), mark), "a later epoch is later, whatever its version");
    assert!(caught_up(&Record::default(), Mark::default()), "nothing was ever committed");
}

#[test]
fn what_is_put_back_is_there_before_anybody_gives_up_waiting_for_it() {
    const { assert!(2 * RESTORE_MS < CATCH_UP_MS) };
}
