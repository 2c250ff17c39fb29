//! What is explored without a fault: no interleaving of it breaks a rule.

use super::bounds::bound;
use super::model::{Budget, Small};
use super::world::{ONCE, Reaction, STREAM};
use authfetch::protocol::config::{Credential, OnRetryRejected, OnSessionExpired, Place, Policy, Refreshable, Setup};

pub const BUDGET: Budget = Budget {
    expiries: 1,
    logouts: 1,
    sign_ins: 1,
    failures: 1,
    refusals: 1,
    aborts: 1,
    canaries: 1,
    ahead: 0,
    by_hand: 0,
    step_ups: 0,
    unloads: 0,
    elsewhere: 0,
    listens: 1,
};

pub fn policy(on_session_expired: OnSessionExpired, on_retry_rejected: OnRetryRejected) -> Policy {
    Policy { on_session_expired, on_retry_rejected, attempts: 2, ..Policy::default() }
}

/// One tab whose record nobody else sees: there is no lock and no mark.
pub fn private(policy: Policy) -> Small {
    let setup = Setup { policy, place: Place::Private, ..Setup::default() };
    Small {
        setup,
        fault: None,
        calls: 2,
        paths: &[1],
        budget: BUDGET,
        same_text: false,
        answers_late: false,
        listener: None,
    }
}

/// A record that other tabs see.
pub fn shared(policy: Policy) -> Small {
    let small = private(policy);
    Small { setup: Setup { place: Place::Shared, ..small.setup }, ..small }
}

pub fn usual() -> Policy {
    policy(OnSessionExpired::Logout, OnRetryRejected::Auto)
}

fn breaks_no_rule(name: &str, small: Small) -> usize {
    let (states, breach) = small.explore();
    println!("{name}: {states} states explored");
    assert_eq!(breach, None, "{name}");
    states
}

#[test]
fn no_interleaving_of_three_calls_breaks_a_rule() {
    let budget = bound(Budget { aborts: 0, canaries: 0, ..BUDGET }, BUDGET);
    let states = breaks_no_rule("three calls", Small { calls: 3, budget, ..private(usual()) });
    assert!(states > 50_000, "the world has become too small to show anything: {states}");
}

#[test]
fn no_interleaving_under_the_other_policies_breaks_a_rule() {
    for (on_expired, on_rejected) in [
        (OnSessionExpired::Logout, OnRetryRejected::Auto),
        (OnSessionExpired::Hold, OnRetryRejected::Return),
        (OnSessionExpired::PassThrough, OnRetryRejected::Logout),
        (OnSessionExpired::Hold, OnRetryRejected::Auto),
    ] {
        breaks_no_rule(&format!("{on_expired:?}, {on_rejected:?}"), private(policy(on_expired, on_rejected)));
    }
}

#[test]
fn no_interleaving_in_which_the_same_text_is_brought_again_breaks_a_rule() {
    for on_rejected in [OnRetryRejected::Auto, OnRetryRejected::Return] {
        let budget = Budget { canaries: 0, ..BUDGET };
        let small = private(policy(OnSessionExpired::Logout, on_rejected));
        breaks_no_rule(&format!("the same text, {on_rejected:?}"), Small { budget, same_text: true, ..small });
    }
}

#[test]
fn no_interleaving_with_the_lock_and_another_tab_breaks_a_rule() {
    let budget = Budget { aborts: 0, canaries: 0, expiries: 0, elsewhere: 1, ..BUDGET };
    let all = [OnSessionExpired::Logout, OnSessionExpired::Hold, OnSessionExpired::PassThrough];
    for on_expired in &all[..bound(1, 3)] {
        let small = Small { budget, ..shared(policy(*on_expired, OnRetryRejected::Auto)) };
        breaks_no_rule(&format!("another tab, {on_expired:?}"), small);
    }
}

#[test]
fn no_interleaving_in_which_an_aborted_request_is_answered_breaks_a_rule() {
    for small in [private(usual()), shared(usual())] {
        let budget = Budget { aborts: 0, canaries: 0, refusals: 0, by_hand: 1, ..BUDGET };
        let small = Small { budget, calls: bound(1, 2), answers_late: true, ..small };
        breaks_no_rule(&format!("late answers, {:?}", small.setup.place), small);
    }
}

#[test]
fn no_interleaving_of_step_ups_breaks_a_rule() {
    for on_expired in [OnSessionExpired::Logout, OnSessionExpired::Hold] {
        let budget = Budget { step_ups: 2, by_hand: 1, sign_ins: 1, logouts: 1, ..Budget::default() };
        let small = private(policy(on_expired, OnRetryRejected::Auto));
        breaks_no_rule(&format!("step-ups, {on_expired:?}"), Small { budget, ..small });
    }
}

#[test]
fn no_interleaving_of_a_refresh_ahead_of_expiry_breaks_a_rule() {
    let full = Budget { ahead: 1, aborts: 0, canaries: 0, unloads: 1, refusals: 0, ..BUDGET };
    let budget = bound(Budget { expiries: 0, ..full }, full);
    let mut small = private(usual());
    small.setup.background = true;
    breaks_no_rule("ahead of expiry", Small { budget, ..small });
}

/// A call whose body is a stream beside a GET, and a refresh ahead of expiry, by hand or for a 401.
pub fn streams() -> Small {
    let mut small = private(usual());
    small.setup.background = true;
    let budget = Budget { ahead: 1, by_hand: 1, expiries: 0, canaries: 0, failures: 0, refusals: 0, ..BUDGET };
    Small { budget, paths: &[1, STREAM | 2], ..small }
}

#[test]
fn no_interleaving_with_streams_breaks_a_rule() {
    breaks_no_rule("streams", streams());
    let fails = Budget { ahead: 1, failures: 1, refusals: 1, expiries: 1, ..Budget::default() };
    breaks_no_rule("streams, in vain", Small { budget: fails, ..streams() });
}

#[test]
fn no_interleaving_with_calls_that_are_sent_once_breaks_a_rule() {
    for on_expired in [OnSessionExpired::Logout, OnSessionExpired::Hold] {
        let budget = Budget { aborts: 0, listens: 0, ..BUDGET };
        let small = private(policy(on_expired, OnRetryRejected::Auto));
        breaks_no_rule(&format!("sent once, {on_expired:?}"), Small { budget, paths: &[ONCE | 1, 1], ..small });
    }
}

#[test]
fn no_interleaving_with_a_listener_that_acts_from_within_breaks_a_rule() {
    for listener in [Reaction::LogsOut, Reaction::SetsTokens, Reaction::Refreshes, Reaction::Calls] {
        let budget = Budget { aborts: 0, canaries: 0, expiries: 0, by_hand: 1, ..BUDGET };
        let small = Small { budget, calls: bound(1, 2), listener: Some(listener), ..shared(usual()) };
        breaks_no_rule(&format!("a listener that {listener:?}"), small);
    }
}

/// The session is in cookies: the browser keeps what is presented, and the page only a generation.
pub fn in_cookies(small: Small, refreshable: Refreshable) -> Small {
    let policy = Policy { credential: Credential::Cookie, refreshable, ..small.setup.policy };
    Small { setup: Setup { policy, cookie_possible: true, ..small.setup }, ..small }
}

#[test]
fn no_interleaving_of_a_session_in_cookies_breaks_a_rule() {
    let budget = Budget { aborts: 0, canaries: 0, listens: 0, expiries: bound(0, 1), ..BUDGET };
    for on_expired in [OnSessionExpired::Logout, OnSessionExpired::Hold] {
        let usual = policy(on_expired, OnRetryRejected::Auto);
        let elsewhere = Budget { elsewhere: 1, sign_ins: bound(0, 1), ..budget };
        for (name, small, refreshable) in [
            ("alone", Small { budget, ..private(usual) }, Refreshable::Always),
            ("shared", Small { budget: elsewhere, ..shared(usual) }, Refreshable::Always),
            ("never refreshed", Small { budget, ..private(usual) }, Refreshable::Never),
        ] {
            let small = Small { paths: &[1, 3], ..in_cookies(small, refreshable) };
            breaks_no_rule(&format!("cookies, {name}, {on_expired:?}"), small);
        }
    }
    let late = Small { budget: Budget { by_hand: 1, ..budget }, answers_late: true, ..private(usual()) };
    breaks_no_rule("cookies, late answers", in_cookies(Small { calls: bound(1, 2), ..late }, Refreshable::Always));
}

/// Requests are cancelled once their token is known to be rejected, all but so many.
pub fn cancelling(kept: u32, paths: &'static [u64]) -> Small {
    let small = private(Policy { cancel_pending: Some(kept), ..usual() });
    Small { calls: 3, paths, ..small }
}

#[test]
fn no_interleaving_in_which_requests_are_cancelled_breaks_a_rule() {
    let budget = Budget { canaries: 0, listens: 0, failures: 0, refusals: 0, ..BUDGET };
    for (kept, paths) in [(0, &[1][..]), (1, &[1]), (0, &[1, 3]), (0, &[1, 2, 1])].into_iter().take(bound(2, 4)) {
        let aborts = Budget { sign_ins: 0, logouts: 0, ..budget };
        breaks_no_rule(
            &format!("cancelled and aborted, {kept}, {paths:?}"),
            Small { budget: aborts, ..cancelling(kept, paths) },
        );
        let ends = Budget { aborts: 0, expiries: 0, ..budget };
        breaks_no_rule(
            &format!("cancelled and ended, {kept}, {paths:?}"),
            Small { budget: ends, ..cancelling(kept, paths) },
        );
        let fails = Budget { failures: 1, refusals: 1, ..Budget::default() };
        breaks_no_rule(
            &format!("cancelled in vain, {kept}, {paths:?}"),
            Small { budget: fails, ..cancelling(kept, paths) },
        );
    }
}

#[test]
fn a_call_may_be_cancelled_for_two_tokens_in_a_row_and_is_answered() {
    let small = Small { budget: Budget { sign_ins: 1, ..Budget::default() }, ..cancelling(0, &[1]) };
    let twice = |_: &Small, state: &super::model::State| state.world.tasks.iter().any(|task| task.requeues == 2);
    assert!(small.reaches(twice), "no call is cancelled twice");
    breaks_no_rule("cancelled twice", small);
}
