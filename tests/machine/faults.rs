//! Each thing that can be done wrong on purpose is found by the exploration of a world in which it matters.

use super::interleavings::{BUDGET, cancelling, in_cookies, private, shared, streams, usual};
use super::model::{ALL_SETTLE, Budget, Small};
use super::world::Reaction;
use authfetch::protocol::config::Refreshable;
use authfetch::protocol::fault::Fault;

fn finds(small: Small, fault: Fault, rule: &str) {
    let (states, breach) = Small { fault: Some(fault), ..small }.explore();
    println!("{fault:?}: found after {states} states: {breach:?}");
    assert_eq!(breach, Some(rule), "{fault:?}");
}

#[test]
fn the_exploration_finds_each_fault_in_what_becomes_of_calls() {
    let three = Small { calls: 3, budget: Budget { aborts: 0, ..BUDGET }, ..private(usual()) };
    finds(three, Fault::ComparesNoTokens, "one refresh per rejected token");
    finds(three, Fault::SendsNoCanary, "the canary goes before the rest");
    finds(three, Fault::CountsNoSends, "a call is sent at most twice");
    finds(three, Fault::WakesNobodyAfterTheCanary, ALL_SETTLE);
    finds(private(usual()), Fault::KeepsDroppedCalls, "a call that is dropped does not wait any more");
    finds(private(usual()), Fault::DropsTheCanaryUntold, ALL_SETTLE);
    finds(streams(), Fault::HoldsNoStream, "a stream waits for the refresh that runs");
    let step_ups = Small { budget: Budget { step_ups: 1, by_hand: 1, ..BUDGET }, ..private(usual()) };
    finds(step_ups, Fault::RefreshAnswersStepUp, "a step-up is answered by a sign-in alone");
}

#[test]
fn the_exploration_finds_each_fault_in_a_refresh() {
    let two = private(usual());
    finds(two, Fault::StoresWhatever, "a late answer never replaces what setTokens gave");
    finds(two, Fault::KeepsTheOvertakenRefresh, ALL_SETTLE);
    finds(two, Fault::DropsTheRotatedToken, "no refresh token is presented twice unless an answer was lost");
    finds(two, Fault::LeavesTheRequest, "the request of a refresh that is over is aborted");
    let same_text = Small { same_text: true, budget: Budget { aborts: 0, ..BUDGET }, ..two };
    finds(same_text, Fault::ForgetsTheRejectedText, "one refresh per rejected token");
    let left = Small { budget: Budget { unloads: 1, ..BUDGET }, ..two };
    finds(left, Fault::RetriesWhileUnloading, "a page that is being left sends no token request again");
    let unseen = Small { budget: Budget { elsewhere: 1, ..BUDGET }, ..shared(usual()) };
    finds(unseen, Fault::CountsRefusalsAtOnce, "nobody is signed out wrongly");
}

#[test]
fn the_exploration_finds_each_fault_in_what_listeners_and_other_tabs_are_told() {
    let listener = Small { listener: Some(Reaction::LogsOut), ..shared(usual()) };
    finds(listener, Fault::NotifiesOfWhatIsOver, "nothing is told of a session that is over");
    let elsewhere = Small { budget: Budget { elsewhere: 2, ..BUDGET }, ..shared(usual()) };
    finds(elsewhere, Fault::SignalsBeforeWriting, "what is signalled can be read");
}

#[test]
fn the_exploration_finds_each_fault_in_what_ends_a_session_in_cookies() {
    let budget = Budget::default();
    let one = in_cookies(Small { budget, ..private(usual()) }, Refreshable::Always);
    finds(one, Fault::EndsAtOneEndpoint, "nobody is signed out wrongly");
    let never = in_cookies(Small { budget, ..private(usual()) }, Refreshable::Never);
    let rule = "a session in cookies that nothing can refresh ends at its first 401";
    finds(never, Fault::KeepsWhatCannotBeRefreshed, rule);
}

#[test]
fn the_exploration_finds_each_fault_in_which_requests_are_cancelled() {
    let none = Budget::default();
    let small = |kept, paths, budget| Small { budget, ..cancelling(kept, paths) };
    finds(small(1, &[1], none), Fault::CancelsTheOldest, "what is on the wire is left alone");
    let rule = "only a request that may reach the server twice is cancelled";
    finds(small(0, &[1, 2], none), Fault::CancelsWhateverIsSent, rule);
    let sign_in = Budget { sign_ins: 1, ..none };
    let rule = "only what was sent with a rejected token is cancelled";
    finds(small(0, &[1], sign_in), Fault::CancelsOtherTokens, rule);
    finds(small(0, &[1, 1, 3], none), Fault::TakesOneRejectionForAll, "one broken endpoint disturbs no other");
    finds(small(0, &[1], sign_in), Fault::CountsCancelledSends, "a late 401 is not the last word");
    let fails = Budget { expiries: 1, failures: 2, ..none };
    let canary = Small { same_text: true, ..small(0, &[1], fails) };
    finds(canary, Fault::CancelsTheCanary, ALL_SETTLE);
}
