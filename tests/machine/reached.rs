//! Which kinds of events, effects and steps of a refresh and of a call the random schedules reach.

use super::random::walk;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Debug;

thread_local! {
    /// What has been reached, while somebody wants to know.
    static REACHED: RefCell<Option<BTreeSet<String>>> = const { RefCell::new(None) };
}

/// Of `Event`, `Effect` or `Step`, this one has been reached.
pub fn note(kind: &str, of: impl Debug) {
    REACHED.with_borrow_mut(|reached| {
        if let Some(reached) = reached {
            let text = format!("{of:?}");
            let name = text.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
            reached.insert(format!("{kind}::{name}"));
        }
    });
}

#[test]
fn the_random_schedules_reach_all_that_one_tab_with_a_refresh_token_in_its_record_has() {
    REACHED.set(Some(BTreeSet::new()));
    (0..2_000).for_each(|seed| drop(walk(seed)));
    let reached = REACHED.take().unwrap_or_default();
    let kinds = [("Event", EVENTS), ("Effect", EFFECTS), ("Step", STEPS), ("Flow", FLOW), ("Outcome", OUTCOMES)];
    for (kind, names) in kinds {
        for name in names.split_whitespace() {
            assert!(reached.contains(&format!("{kind}::{name}")), "{kind}::{name} is not reached");
        }
    }
}

const EVENTS: &str = "\
    LockGranted MarkCommitted MarkRead Online Opened RecordRead RecordUnchanged Revoked SetTokens Signalled \
    StorageChanged TimerFired TokenReply Unloading";
const EFFECTS: &str = "\
    AbortRequest AcquireLock AdoptRead AssumeRecord BeginRefresh CancelRequest ClearTimer CloseEpoch CommitMark \
    EndCalls Navigate Notify OpenChannel ReadMark ReadRecord ReleaseLock RequestToken RestoreRecord RetryRefresh \
    Revoke SetTimer SettleRefresh Signal WakeCall WatchUnload WriteRecord";
const STEPS: &str = "BackOff Grace Lock Request";
/// Those of a call. A stream that is held, and what is sent once, are in the worlds of `interleavings`.
const FLOW: &str = "Send SendWithoutToken Settle Wait";
const OUTCOMES: &str = "Aborted Answer Ended Error Expired Failed SignedOut";
