//! The rules of the protocol, told a second time from what this world sees: a breach is written down.

use super::server::Request;
use super::{Answer, End, Phase, World};
use authfetch::protocol::config::OnRetryRejected;
use authfetch::protocol::effect::{Ending, Members, Notice, Settled};
use authfetch::protocol::event::Timer;
use authfetch::protocol::renewal::Reason;
use authfetch::protocol::session::refresh::Step;
use authfetch::protocol::tabs::Mark;
use authfetch::protocol::token::{AccessToken, Record, RefreshToken};

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Ledger {
    /// Presented and exchanged, with no answer lost.
    pub(super) spent: Vec<RefreshToken>,
    /// Replaced by a refresh.
    pub(super) renewed: Vec<AccessToken>,
    /// Rejected, and brought again by the refresh that was made for it.
    brought_again: Vec<AccessToken>,
    rejected: Vec<AccessToken>,
    /// What the last refresh brought, until a call goes out with it.
    untried: Option<AccessToken>,
    canary: Option<Canary>,
    /// The token before the stored one was good when it was replaced.
    predecessor_good: bool,
    /// Nobody is signed in: an end came last, and no sign-in since.
    pub(super) out: bool,
    sign_ins: u8,
    /// Those of `refresh()`, and of whoever waits, that are not settled.
    promises: Vec<u32>,
    /// The epochs that this tab has known a session of, and whose end it does not know.
    sessions: Vec<u64>,
    /// Ends that listeners are to be told of.
    ends: u8,
    /// An answer is being judged: its token, and whether it came after a redirect.
    judging: Option<(AccessToken, bool)>,
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

impl Default for Ledger {
    fn default() -> Self {
        Self {
            spent: Vec::new(),
            renewed: Vec::new(),
            brought_again: Vec::new(),
            rejected: Vec::new(),
            untried: None,
            canary: None,
            predecessor_good: false,
            out: true,
            sign_ins: 0,
            promises: Vec::new(),
            sessions: Vec::new(),
            ends: 0,
            judging: None,
            replying: None,
            requests: (0, 0),
            unloading: None,
            broken_off: None,
        }
    }
}

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

    // Records.

    /// This is the record from now on.
    pub(super) fn takes_in(&mut self, record: Record) {
        let old = std::mem::replace(&mut self.record, record);
        if record.access != old.access {
            let alive = old.expires_at.is_some_and(|at| at > self.now);
            self.ledger.predecessor_good = old.signed_in() && old.accepted && alive;
            self.ledger.canary = None;
        }
        if record.accepted {
            self.ledger.canary = None;
        }
        if record.has_session() && !self.ledger.sessions.contains(&record.epoch) {
            self.ledger.sessions.push(record.epoch);
        }
    }

    pub(super) fn check_write(&mut self, record: &Record, members: Members) {
        let old = self.record;
        let tokens = record.access.is_some() || record.refresh.is_some();
        self.require(!(self.ledger.out && tokens), "nothing is stored after logout");
        if record.suspended && !old.suspended {
            self.check_refusal();
        }
        let Some((request, rejected)) = self.ledger.replying else { return };
        if !matches!(members, Members::Refreshed | Members::RefreshToken) {
            return;
        }
        self.require(request.epoch == old.epoch, "tokens of an ended session are never stored");
        self.require(request.presented == old.refresh, "a late answer never replaces a newer refresh token");
        if members == Members::Refreshed {
            self.require(request.signin == old.signin, "a late answer never replaces what setTokens gave");
            if record.access != request.from {
                self.ledger.renewed.extend(request.from);
            } else if rejected {
                self.ledger.brought_again.extend(request.from);
            }
        }
    }

    /// New tokens stand and calls wait for them: one of them tries the new token.
    pub(super) fn check_written(&mut self, old: &Record, members: Members) {
        let tries = members == Members::Refreshed || (members == Members::SignIn && old.suspended);
        // Who is woken already does not wait for it.
        let waits = |task: &super::Task| {
            task.phase == Phase::Waiting && task.call.is_some_and(|call| !self.woken.contains(&call.id))
        };
        if tries && self.tasks.iter().any(waits) {
            let tried = self.record.access.filter(|_| !self.record.accepted);
            self.ledger.canary = tried.map(|token| Canary { token, allowed: 1, since: None });
            for task in &mut self.tasks {
                task.had_it = task.phase == Phase::InFlight && task.sent == tried;
            }
        }
    }

    pub(super) fn check_signal(&mut self, mark: Mark) {
        let persisted = !self.setup.place.shared() || self.stored_mark() >= mark;
        self.require(persisted, "what is signalled can be read");
    }

    // Calls.

    pub(super) fn check_send(&mut self, at: usize, token: AccessToken) {
        let task = &self.tasks[at];
        let most = if task.stepped_up { 3 } else { 2 };
        let (too_often, over) = (task.sends >= most, task.epoch != self.record.epoch);
        let again = task.refused_for == Some(token) && !self.record.rejected;
        let early = task.awaits_sign_in.is_some_and(|then| then == self.ledger.sign_ins);
        self.require(!too_often, "a call is sent at most twice");
        self.require(!over, "nothing of an old epoch is sent");
        self.require(!again, "no call is sent again with the token it was refused for");
        self.require(!early, "a step-up is answered by a sign-in alone");
        let fit = !self.has_run_out() || !self.session.can_refresh() || self.ledger.untried == Some(token);
        self.require(fit, "a token that has run out is renewed before it is sent");
        self.ledger.untried = None;
        let tries = |task: &&super::Task| task.phase == Phase::InFlight && task.sent == Some(token) && !task.had_it;
        let trying = self.tasks.iter().filter(tries).count();
        if let Some(canary) = self.ledger.canary.as_mut().filter(|canary| canary.token == token) {
            if trying == 0 {
                canary.since = Some(self.now);
            }
            let ahead = trying < canary.allowed;
            self.require(ahead, "the canary goes before the rest");
        }
    }

    pub(super) fn check_settled(&mut self, at: usize, end: End) {
        self.require(!matches!(self.tasks[at].phase, Phase::Settled(_)), "what has settled stays settled");
        let decisions = self.session.decisions();
        let cooling = decisions.cooling(&self.record, self.now) || !decisions.can_renew(&self.record);
        if matches!(end, End::Answer(Answer::Unauthorized | Answer::Redirected)) {
            let sent = self.tasks[at].sent;
            self.ledger.canary.take_if(|canary| sent == Some(canary.token));
        }
        self.require(end != End::Failed || cooling, "a call fails with the renewal's error in the cooldown only");
    }

    pub(super) fn before_answer(&mut self, at: usize, sent: AccessToken, answer: Answer) {
        let of_the_token = matches!(answer, Answer::Unauthorized | Answer::Redirected);
        if of_the_token {
            self.tasks[at].refused_for = Some(sent);
            self.ledger.judging = Some((sent, answer == Answer::Redirected));
        }
        if !of_the_token && answer != Answer::NotTheToken {
            self.ledger.canary.take_if(|canary| canary.token == sent);
        }
    }

    pub(super) fn after_answer(&mut self) {
        self.ledger.judging = None;
    }

    pub(super) fn waits_for_sign_in(&mut self, at: usize) {
        self.tasks[at].stepped_up = true;
        self.tasks[at].awaits_sign_in = Some(self.ledger.sign_ins);
    }

    // Refreshes.

    pub(super) fn check_begin(&mut self, id: u32, reason: Reason) {
        let from = self.record.access;
        let decisions = self.session.decisions();
        let cooling = decisions.cooling(&self.record, self.now);
        let forbidden = decisions.retry_after_set(&self.record, self.now);
        let by_hand = reason == Reason::Manual;
        self.require(!if by_hand { forbidden } else { cooling }, "a cooldown keeps renewals away");
        let Ledger { renewed, brought_again, rejected, judging, .. } = &mut self.ledger;
        let expired = self.record.expires_at.is_some_and(|at| at <= self.now);
        let in_vain = |from| reason == Reason::Unauthorized && !expired && brought_again.contains(&from);
        let mut again = from.is_some_and(|from| renewed.contains(&from) || in_vain(from));
        if let Some((token, _)) = judging.filter(|_| reason == Reason::Unauthorized) {
            // The clock may ask for another where the same text was brought again.
            again |= renewed.contains(&token) || (rejected.contains(&token) && !(expired && self.record.rejected));
            rejected.push(token);
        }
        self.require(!again, "one renewal per rejected token");
        let pending = self.ledger.promises.contains(&id);
        self.require(!pending, "each refresh is a new one");
        self.ledger.promises.push(id);
        self.ledger.requests = (id, self.setup.policy.attempts);
    }

    pub(super) fn check_request(&mut self, request: &Request) {
        self.token_requests = self.token_requests.saturating_add(1);
        let spent = request.presented.is_some_and(|token| self.ledger.spent.contains(&token));
        self.require(!spent, "no refresh token is presented twice unless an answer was lost");
        let running = self.requests.iter().any(|other| !other.aborted);
        self.require(!running, "one renewal in flight");
        let broken_off = self.ledger.broken_off.take();
        let at_once = broken_off.is_some_and(|(id, until)| id == request.id && self.now < until);
        self.require(!at_once, "a page that is being left sends no token request again");
        let (id, left) = self.ledger.requests;
        self.require(id == request.id && left > 0, "no more token requests than attempts");
        self.ledger.requests.1 = left.saturating_sub(1);
        self.ledger.unloading = None;
    }

    pub(super) fn before_unload(&mut self) {
        self.ledger.unloading = self.requests.iter().find(|request| !request.aborted).map(|request| request.id);
    }

    pub(super) fn before_reply(&mut self, request: Request, may_be_broken_off: bool) {
        let rejected = self.session.decisions().renewal().is_some_and(|renewal| renewal.rejected);
        self.ledger.replying = Some((request, rejected));
        if may_be_broken_off && self.ledger.unloading == Some(request.id) {
            self.ledger.broken_off = Some((request.id, self.now + PATIENCE));
            // It counts for none: the page may stay.
            self.ledger.requests.1 += 1;
        }
    }

    pub(super) fn after_reply(&mut self) {
        self.ledger.replying = None;
        let spent = self.record.refresh.is_some_and(|token| self.ledger.spent.contains(&token));
        self.require(!spent, "a spent refresh token is never kept");
    }

    pub(super) fn check_settle(&mut self, id: u32, settled: Settled) {
        let pending = self.ledger.promises.contains(&id);
        self.require(pending, "each refresh is settled once");
        self.ledger.promises.retain(|promise| *promise != id);
        match settled {
            Settled::Refreshed | Settled::UsedStored | Settled::Throttled(_) => {
                self.ledger.untried = self.record.access;
            }
            Settled::Failed { .. } => self.ledger.rejected.retain(|token| Some(*token) != self.record.access),
            Settled::Refused(_) | Settled::SignedOut | Settled::Ended => {}
        }
    }

    // Ends.

    pub(super) fn before_sign_in(&mut self) {
        self.ledger.out = false;
        self.ledger.sign_ins = self.ledger.sign_ins.saturating_add(1);
    }

    pub(super) fn check_end(&mut self, ending: Ending) {
        match ending {
            Ending::LoggedOut { .. } | Ending::Elsewhere => {}
            Ending::Refused => self.check_refusal(),
            Ending::RetryRejected => self.check_retry_rejected(),
        }
        let epoch = self.session.epoch();
        let known = self.ledger.sessions.iter().any(|session| *session < epoch);
        self.ledger.sessions.retain(|session| *session >= epoch);
        if ending != Ending::Elsewhere {
            self.ledger.out = true;
        }
        if known || ending != Ending::Elsewhere {
            self.ledger.ends += 1;
        }
    }

    /// The session is refused: by the token endpoint, or since nothing can refresh a token that has run out.
    fn check_refusal(&mut self) {
        let rightly = match self.ledger.judging {
            Some((_, redirected)) => {
                self.has_run_out() && !self.session.decisions().can_renew(&self.record) && !redirected
            }
            None => {
                let unseen = self.unseen.and_then(|record| record.refresh);
                [self.record.refresh, unseen].into_iter().flatten().all(|token| !self.valid.contains(&token))
            }
        };
        self.require(rightly, "nobody is signed out wrongly");
    }

    /// The rule of `onRetryRejected`.
    fn check_retry_rejected(&mut self) {
        let may = match self.setup.policy.on_retry_rejected {
            OnRetryRejected::Logout => true,
            OnRetryRejected::Return => false,
            OnRetryRejected::Auto => !self.record.accepted && !self.ledger.predecessor_good,
        };
        let by = self.ledger.judging.filter(|(_, redirected)| !redirected).map(|(token, _)| token);
        self.require(may && by.is_some() && by == self.record.access, "nobody is signed out wrongly");
    }

    // Listeners, timers, and what is so after each turn.

    pub(super) fn check_notice(&mut self, notice: Notice) {
        match notice {
            Notice::Logout(_) => {
                self.require(self.ledger.ends > 0, "a logout is told once");
                self.ledger.ends = self.ledger.ends.saturating_sub(1);
            }
            Notice::SignIn(_) | Notice::Refresh(_) => {
                self.require(self.record.signed_in(), "nothing is told of a session that is over");
            }
            Notice::Changed | Notice::RefreshFailed { .. } | Notice::Suspend | Notice::StorageBlocked => {}
        }
    }

    pub(super) fn set_clocks(&mut self, jump: impl Fn(u64) -> u64) {
        if let Some(canary) = &mut self.ledger.canary {
            canary.since = canary.since.map(&jump);
        }
        self.ledger.broken_off = self.ledger.broken_off.map(|(id, until)| (id, jump(until)));
    }

    pub(super) fn check_navigation(&mut self) {
        self.require(!self.record.signed_in(), "nobody who is signed in is sent to the login page");
    }

    pub(super) fn before_timer(&mut self, timer: Timer) {
        if let (Timer::Canary, Some(canary)) = (timer, &mut self.ledger.canary)
            && canary.since.is_some_and(|since| since + PATIENCE <= self.now)
        {
            canary.since = Some(self.now);
            canary.allowed += 1;
        }
        self.ledger.canary.take_if(|canary| canary.allowed > 2);
    }

    /// Whether what the timer is set for is still to come.
    pub(super) fn is_needed(&self, timer: Timer) -> bool {
        let step = self.session.refresh_step();
        match timer {
            Timer::BackOff => step == Some(Step::BackOff),
            Timer::Grace => matches!(step, Some(Step::Grace(_))),
            Timer::Canary => {
                self.session.decisions().canaries().is_some_and(|canaries| canaries > 0) || self.setup.background
            }
            Timer::Expiry | Timer::Restore | Timer::CatchUp(_) | Timer::GiveUp(_) => true,
        }
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
                || self.unseen.iter().any(stands)
                || self.requests.iter().any(|request| request.presented == Some(*token))
        };
        self.ledger.renewed.retain(access);
        self.ledger.brought_again.retain(access);
        self.ledger.rejected.retain(access);
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
        let over = |task: &super::Task| task.phase == Phase::InFlight && task.epoch < self.session.epoch();
        let ended = !self.tasks.iter().any(over);
        self.require(ended, "an end rejects everything that is pending");
        self.require(self.ledger.ends == 0, "each end is told");
    }
}
