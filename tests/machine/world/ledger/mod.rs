//! The rules of the protocol, told a second time from what this world sees: a breach is written down.

mod calls;
mod ends;
mod records;
mod refreshes;

use super::server::Request;
use super::{Phase, Task, World};
use authfetch::protocol::event::Timer;
use authfetch::protocol::session::refresh::Step;
use authfetch::protocol::token::{AccessToken, Record, RefreshToken};

#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Ledger {
    /// Presented and exchanged, with no answer lost.
    pub(super) spent: Vec<RefreshToken>,
    /// Replaced by a refresh.
    pub(super) refreshed: Vec<AccessToken>,
    /// Rejected, and brought again by the refresh that was made for it.
    brought_again: Vec<AccessToken>,
    rejected: Vec<AccessToken>,
    /// Tokens that were answered 401, and where.
    refused: Vec<(AccessToken, u64)>,
    /// Those that had run out by then, or had never been accepted.
    unfit: Vec<AccessToken>,
    /// What the last refresh brought, until a call goes out with it.
    untried: Option<AccessToken>,
    canary: Option<Canary>,
    /// The token before the stored one was good when it was replaced.
    predecessor_good: bool,
    /// Somebody is signed in: a sign-in came last, and no end since.
    pub(super) signed_in: bool,
    sign_ins: u8,
    /// Those of `refresh()`, and of whoever waits, that are not settled.
    promises: Vec<u32>,
    /// Listeners have been told of a session, and not of its end.
    pub(super) told_of_session: bool,
    /// An answer is being judged: its token, and whether it came after a redirect.
    judging: Option<(AccessToken, bool)>,
    /// Its token was another one than the stored one then.
    late: bool,
    /// A token request's answer is being judged, and whether its token had been rejected.
    replying: Option<(Request, bool)>,
    /// The requests of one refresh, and how many more it may send.
    requests: (u32, u32),
    /// The page was about to be left while this refresh had a request under way.
    unloading: Option<u32>,
    /// Its request was broken off, and is not to be sent again before this time.
    broken_off: Option<(u32, u64)>,
}

/// A new token is being tried.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Canary {
    token: AccessToken,
    /// How many calls may try it.
    allowed: usize,
    /// Since when a call has been trying it.
    since: Option<u64>,
}

/// How long a canary's headers are waited for, and a page that is being left.
const PATIENCE: u64 = 2_000;

impl World {
    pub(super) fn breaks(&mut self, rule: &'static str) {
        self.breach.get_or_insert(rule);
    }

    fn require(&mut self, holds: bool, rule: &'static str) {
        if !holds {
            self.breaks(rule);
        }
    }

    fn has_run_out(&self) -> bool {
        self.record.expires_at.is_some_and(|at| at <= self.now)
    }

    /// What can matter no more is forgotten: tokens that stand nowhere.
    fn forget(&mut self) {
        let access = |token: &AccessToken| {
            let stands = |record: &Record| record.access == Some(*token);
            stands(&self.record)
                || self.unseen.iter().any(stands)
                || self.tasks.iter().any(|task| task.sent == Some(*token))
                || self.requests.iter().any(|request| request.from == Some(*token))
        };
        let refresh = |token: &RefreshToken| {
            let stands = |record: &Record| record.refresh == Some(*token);
            stands(&self.record)
                || self.jar == Some(*token)
                || self.unseen.iter().any(stands)
                || self.requests.iter().any(|request| request.presented == Some(*token))
        };
        self.ledger.refreshed.retain(access);
        self.ledger.brought_again.retain(access);
        self.ledger.rejected.retain(access);
        self.ledger.unfit.retain(access);
        self.ledger.refused.retain(|(token, _)| access(token));
        self.ledger.untried = self.ledger.untried.filter(access);
        self.ledger.spent.retain(refresh);
        self.valid.retain(refresh);
    }

    pub(super) fn check_turn(&mut self) {
        self.forget();
        let (refresh, step) = (self.session.refresh(), self.session.refresh_step());
        let settled = self.ledger.promises.iter().all(|promise| refresh == Some(*promise));
        self.require(settled, "a refresh that is over is settled in the same turn");
        let sends = step == Some(Step::Request);
        let of_it = |request: &Request| request.aborted || (sends && refresh == Some(request.id));
        let aborted = self.requests.iter().all(of_it);
        self.require(aborted, "the request of a refresh that is over is aborted");
        self.require(self.watches_unload == sends, "an unload is watched for while a token request is under way");
        let cleared = self.timers.iter().all(|(timer, _)| *timer == Timer::Canary || self.is_needed(*timer));
        self.require(cleared, "a timer that nobody waits for is cleared");
        let waits = self.tasks.iter().any(|task| task.phase == Phase::Waiting);
        self.require(waits == self.session.anybody_waits(), "a call that is dropped does not wait any more");
        let over = |task: &Task| task.phase == Phase::InFlight && task.epoch < self.session.epoch();
        let ended = !self.tasks.iter().any(over);
        self.require(ended, "an end rejects everything that is pending");
        let told = !self.ledger.told_of_session || self.record.has_session();
        self.require(told, "each end is told");
    }
}
