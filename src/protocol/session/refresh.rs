//! The shared refresh: one at a time, with one outcome for everybody who waits for it.
//!
//! ```text
//! Claim ──▶ Lock ──▶ Request ──▶ (refused) Grace ──▶ (by cookie) Mark ──▶ stored · newer ones used · failed · refused
//!             ▲                                                    │
//!             └───────────────────── BackOff ◀──── to be tried again
//! ```
//! Before each request and after each answer the record is compared with what the refresh began with
//! ([`refresh`](crate::protocol::refresh)). The session may end at any step: what is under way is then aborted, and
//! what comes of it all the same meets nobody.

use super::Session;
use super::page::clamped;
use crate::protocol::effect::{Effect, Notice, Settled};
use crate::protocol::event::{Granted, MarkFor, Timer};
use crate::protocol::fault::Fault;
use crate::protocol::grant::GrantOutcome;
use crate::protocol::refresh::{Cooldown, Grant, Keep, Outcome, Turn};
use crate::protocol::tabs::Mark;
use crate::protocol::token::Record;

/// A page that is being left has its token request broken off. Were it sent again at once, the server would rotate for
/// a page that is not there to hear it. Whoever comes back, or stays after all, asks again after so many ms.
const UNLOADING_MS: u64 = 2_000;

/// What has come of a token request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Reply {
    /// Its class, and what the server asks for.
    pub outcome: Outcome,
    /// The tokens, where it has brought some.
    pub granted: Option<Granted>,
}

/// One run.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Refresh {
    pub(super) id: u32,
    /// There was no session: success signs in, a refusal ends nothing.
    pub(super) without_session: bool,
    /// A listener started it that was being told of a failure.
    pub(super) again: bool,
    step: Step,
}

/// Where a refresh stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Step {
    /// Waits until it is known whose the record is.
    Claim,
    /// Waits for the lock, and for the record to catch up.
    Lock,
    /// A token request is under way.
    Request,
    /// A refusal waits for what another tab may have stored.
    Grace,
    /// The mark of the cookie is read.
    Mark,
    /// Waits before the next request.
    BackOff,
}

impl Refresh {
    pub(super) fn sends(&self) -> bool {
        self.step == Step::Request
    }
}

impl Session {
    /// The running refresh.
    #[must_use]
    pub fn refresh(&self) -> Option<u32> {
        self.refresh.map(|refresh| refresh.id)
    }

    /// Where it stands.
    #[must_use]
    pub fn refresh_step(&self) -> Option<Step> {
        self.refresh.map(|refresh| refresh.step)
    }

    /// Begins the refresh that the decisions have opened, if it does not run yet.
    pub(super) fn run_opened(&mut self, now: u64) {
        self.drop_overtaken_refresh(now);
        let Some(opened) = self.decisions.refresh() else { return };
        if self.refresh.is_some() {
            return;
        }
        let (id, reason, without_session) = (opened.id, opened.reason, opened.from.is_none());
        self.rejection = None;
        self.refresh = Some(Refresh { id, without_session, again: self.notified_of.failing, step: Step::Claim });
        self.push(Effect::BeginRefresh(id, reason));
        self.notify(Notice::Changed);
        self.next_request(now);
    }

    fn step(&mut self, step: Step) {
        if let Some(refresh) = &mut self.refresh {
            refresh.step = step;
        }
    }

    /// Waits for what the next request needs, and sends it where that is nothing.
    fn next_request(&mut self, now: u64) {
        if !self.setup.place.shared() && self.claiming() {
            return self.step(Step::Claim);
        }
        self.step(Step::Lock);
        if !self.acquire_lock() {
            self.attempt(now);
        }
    }

    /// It is known whose the record is.
    pub(super) fn on_claim_settled(&mut self, now: u64) {
        if self.refresh.is_some_and(|refresh| refresh.step == Step::Claim) {
            self.next_request(now);
        }
    }

    /// The record is as new as it can be: is a request to be sent?
    pub(super) fn attempt(&mut self, now: u64) {
        let Some(Refresh { id, .. }) = self.refresh else { return };
        let tries = self.faulty(Fault::TriesTheUnconfirmedCookie);
        let record = Record { unconfirmed: self.unconfirmed().is_some() && !tries, ..self.record };
        let Some(reason) = self.decisions.refresh().map(|refresh| refresh.reason) else { return };
        match self.decisions.on_turn(id, &record) {
            Turn::Request => {
                self.step(Step::Request);
                self.page.unloading = false;
                self.push(Effect::WatchUnload(true));
                self.push(Effect::RequestToken(id, reason));
            }
            Turn::UseStored => self.use_stored(now),
            Turn::Ended => self.leave(false, Settled::Ended, now),
            Turn::SignedOut => self.leave(false, Settled::SignedOut, now),
        }
    }

    /// The token request has ended.
    pub(super) fn on_token_reply(&mut self, id: u32, reply: Reply, now: u64, chance: f64) {
        let Some(refresh) = self.refresh.filter(|refresh| refresh.id == id && refresh.step == Step::Request) else {
            return;
        };
        self.push(Effect::WatchUnload(false));
        self.reply = Some(reply);
        let grace = self.setup.policy.grace;
        let waits = reply.outcome.class == GrantOutcome::Refused
            && !refresh.without_session
            && self.mark().is_some()
            && grace > 0
            && !self.faulty(Fault::CountsRefusalsAtOnce);
        if waits {
            // Another tab may have been the first: what it has stored or committed comes before that counts.
            self.step(Step::Grace);
            self.push(Effect::SetTimer(Timer::Grace, clamped(grace)));
        } else {
            self.read_mark_of_reply(now, chance);
        }
    }

    pub(super) fn on_grace_over(&mut self, now: u64, chance: f64) {
        if self.refresh_step() == Some(Step::Grace) {
            self.read_mark_of_reply(now, chance);
        }
    }

    fn read_mark_of_reply(&mut self, now: u64, chance: f64) {
        match self.refresh {
            Some(_) if self.by_cookie() && !self.faulty(Fault::ReadsTheMarkOnce) => {
                self.step(Step::Mark);
                self.push(Effect::ReadMark(MarkFor::Reply));
            }
            _ => self.judge(now, chance),
        }
    }

    pub(super) fn on_mark_after_reply(&mut self, mark: Mark, now: u64, chance: f64) {
        self.on_cookie_mark(mark, false, now);
        if self.refresh_step() == Some(Step::Mark) {
            self.judge(now, chance);
        }
    }

    fn judge(&mut self, now: u64, chance: f64) {
        let (Some(Refresh { id, .. }), Some(reply)) = (self.refresh, self.reply.take()) else { return };
        let unloading = self.page.unloading && !self.faulty(Fault::RetriesWhileUnloading);
        // With a `Retry-After` the server has spoken, and nothing was broken off.
        let broken_off = reply.outcome.class == GrantOutcome::Transient && reply.outcome.retry_after.is_none();
        if unloading && broken_off {
            return self.try_again(UNLOADING_MS, now);
        }
        let grant = self.decisions.on_grant(id, reply.outcome, &self.record, now, chance);
        match self.spoil(grant, reply.outcome.class) {
            Grant::Store(keep) => match reply.granted {
                Some(granted) => self.store(granted, keep, now),
                None => self.fail(Cooldown { until: now, retry_after_set: false }, false, now),
            },
            Grant::UseStored => self.use_stored(now),
            Grant::Retry(ms) => self.try_again(ms, now),
            Grant::Failed(cooldown) => {
                self.fail(cooldown, reply.outcome.class == GrantOutcome::Transient, now);
            }
            Grant::Refused => self.refused(now),
            Grant::Ended => self.leave(false, Settled::Ended, now),
        }
    }

    /// The prompt retry of a lost answer happens under the same lock.
    fn try_again(&mut self, ms: u64, now: u64) {
        let Some(Refresh { id, .. }) = self.refresh else { return };
        self.push(Effect::RetryRefresh(id));
        if ms > 0 {
            self.release_after_refresh();
            self.step(Step::BackOff);
            self.push(Effect::SetTimer(Timer::BackOff, clamped(ms)));
        } else if self.may_go_on() {
            self.attempt(now);
        } else {
            self.next_request(now);
        }
    }

    pub(super) fn on_back_off_over(&mut self, now: u64) {
        if self.refresh.is_some_and(|refresh| refresh.step == Step::BackOff) {
            self.next_request(now);
        }
    }

    /// What a fault makes of it.
    fn spoil(&self, grant: Grant, class: GrantOutcome) -> Grant {
        match (grant, class) {
            (_, GrantOutcome::Tokens) if self.faulty(Fault::StoresWhatever) => Grant::Store(Keep::New),
            (Grant::Retry(0), GrantOutcome::Tokens) if self.faulty(Fault::TakesTokensOfAnotherSession) => {
                Grant::Store(Keep::New)
            }
            (Grant::Retry(0), GrantOutcome::Refused) if self.faulty(Fault::CountsRefusalsOfAnOldCookie) => {
                Grant::Refused
            }
            _ => grant,
        }
    }
}
