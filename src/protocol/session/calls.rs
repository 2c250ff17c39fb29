//! Calls: what each does now, and what its answer means for it and for the session.
//!
//! The usual call passes here synchronously: a question and an answer, no event and no effect.

use super::Session;
use crate::protocol::decisions::{Admission, Call, NeedsRefresh, Resource, Unauthorized, Verdict};
use crate::protocol::effect::{Effect, Ending};
use crate::protocol::error::Code;
use crate::protocol::event::Timer;
use crate::protocol::fault::Fault;
use crate::protocol::refresh::Reason;
use crate::protocol::token::{AccessToken, Record};

/// After so many ms without the canary's headers a second one goes, and after as many again all go.
const CANARY_MS: u32 = 2_000;

/// How often a call is sent at most, with one send for an answered step-up.
const MOST_SENDS: u8 = 3;

/// What becomes of a call that was answered "unauthorized".
#[must_use]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answered {
    /// The caller gets the response.
    Deliver,
    /// The call is to be admitted again.
    Retry,
    /// The call is rejected with the last `refresh_failed`.
    Failed,
    /// The session was over already: the call is rejected with its end.
    Ended,
    /// This answer has ended it.
    EndsSession,
    /// This answer has suspended it, and the call cannot be sent again.
    Suspends,
}

/// What `refresh()` comes to.
#[must_use]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Requested {
    /// This refresh runs, or listeners are being told of its outcome.
    Running(u32),
    /// The last failure forbids it for now.
    Failed,
    /// It cannot be.
    Rejected(Code),
}

/// A challenge that asks for more (RFC 9470).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct SteppedUp {
    token: Option<AccessToken>,
    challenge: u64,
    waits: bool,
}

impl Session {
    /// A new call. Without a resource it waits for a token alone: it carries no verdict, and is no canary.
    #[must_use]
    pub fn call(&mut self, resource: Option<Resource>) -> Call {
        self.decisions.open(resource)
    }

    /// The token that a call goes out with in the turn it is made in; none where it has to wait, or is not sent. What
    /// effects may come of it are for after it was sent.
    pub fn admit_at_once(&mut self, call: &Call, now: u64) -> Option<AccessToken> {
        // Where it may be the canary, others wait for what becomes of it, an error too.
        if self.claiming() || self.decisions.waits_for_canary() {
            return None;
        }
        match self.admit(call, now) {
            Admission::Send(token, _) => Some(token),
            Admission::Wait(_)
            | Admission::SendWithoutToken
            | Admission::SignedOut
            | Admission::Failed
            | Admission::Ended => None,
        }
    }

    /// The refresh that a call waits for whose body is a stream, ahead of expiry even: a 401 would find it spent, and
    /// browsers hide that.
    #[must_use]
    pub fn holds_stream(&self, call: &Call) -> Option<u32> {
        self.refresh().filter(|_| call.sends == 0 && !self.faulty(Fault::HoldsNoStream))
    }

    /// What the call does now. Effects may come of it: they are for after it was sent.
    pub fn admit(&mut self, call: &Call, now: u64) -> Admission {
        let admission = self.judge_admission(call, now);
        if matches!(admission, Admission::Wait(NeedsRefresh::Start) | Admission::Send(_, NeedsRefresh::Start)) {
            self.run_opened(now);
        }
        admission
    }

    pub(super) fn judge_admission(&mut self, call: &Call, now: u64) -> Admission {
        if self.claiming() {
            return Admission::Wait(NeedsRefresh::No);
        }
        let before = self.decisions.canaries();
        let admission = self.decisions.admit(call, &self.record, now);
        if before == Some(0) && self.decisions.canaries() == Some(1) {
            self.push(Effect::SetTimer(Timer::Canary, CANARY_MS));
        }
        admission
    }

    /// The canary has had no headers for a while: one more goes, and at the second time all go.
    pub(super) fn on_canary_timeout(&mut self, now: u64) {
        // A canary of an earlier refresh has no say in this one.
        if self.decisions.canaries().is_none_or(|canaries| canaries == 0) {
            return;
        }
        self.decisions.on_canary_timeout();
        if self.decisions.waits_for_canary() {
            self.push(Effect::SetTimer(Timer::Canary, CANARY_MS));
        }
        self.wake_waiters(now);
    }

    /// The call was answered, and not with a refusal of its token. With `proof`, the answer shows that its token was
    /// accepted: it is noted once, and whoever waited for that goes.
    pub fn on_accepted(&mut self, call: &Call, proof: bool, now: u64) {
        let record = &self.record;
        let (news, makes_way) = self.decisions.on_outcome(|decisions| decisions.on_accepted(call, record, proof));
        if news {
            self.amend(Record::note_accepted, now);
        }
        self.make_way(makes_way, now);
    }

    fn make_way(&mut self, makes_way: bool, now: u64) {
        if makes_way && !self.faulty(Fault::WakesNobodyAfterTheCanary) {
            self.wake_waiters(now);
        }
    }

    /// The call settles without an answer: aborted, or failed by the network.
    pub fn on_call_dropped(&mut self, call: &Call, now: u64) {
        self.leave_queue(call.id);
        let ((), makes_way) = self.decisions.on_outcome(|decisions| decisions.on_call_dropped(call.id));
        self.make_way(makes_way, now);
    }

    /// The call was answered "unauthorized".
    pub fn on_unauthorized(&mut self, call: &mut Call, unauthorized: Unauthorized, now: u64) -> Answered {
        if self.faulty(Fault::ComparesNoTokens) {
            call.sent = self.record.access;
        }
        if self.faulty(Fault::CountsNoSends) {
            call.sends = 1;
        }
        let record = &self.record;
        let (verdict, makes_way) =
            self.decisions.on_outcome(|decisions| decisions.on_unauthorized(call, record, now, unauthorized));
        let answered = match self.spoil_verdict(call, verdict) {
            Verdict::Deliver(refresh) => {
                self.start(refresh, now);
                self.make_way(makes_way, now);
                Answered::Deliver
            }
            Verdict::Retry(refresh) => {
                self.start(refresh, now);
                Answered::Retry
            }
            Verdict::Failed => Answered::Failed,
            Verdict::EndRetryRejected => {
                self.end(Ending::RetryRejected, false, now);
                Answered::EndsSession
            }
            Verdict::EndRefused => {
                self.refuse(now);
                // Held, or sent without a token: the policy says which.
                match (self.record.suspended, unauthorized.replayable) {
                    (true, true) => Answered::Retry,
                    (true, false) => Answered::Suspends,
                    (false, _) => Answered::EndsSession,
                }
            }
            Verdict::Ended => Answered::Ended,
        };
        if !unauthorized.not_the_token {
            self.on_rejected(call, now);
        }
        self.settle_turn(now);
        answered
    }

    /// What a fault makes of it.
    fn spoil_verdict(&self, call: &Call, verdict: Verdict) -> Verdict {
        let deliver = Verdict::Deliver(NeedsRefresh::No);
        match verdict {
            Verdict::EndRefused if self.faulty(Fault::KeepsWhatCannotBeRefreshed) => deliver,
            _ if verdict == deliver && call.sends > 1 && self.faulty(Fault::EndsAtOneEndpoint) => {
                Verdict::EndRetryRejected
            }
            _ => verdict,
        }
    }

    fn start(&mut self, refresh: NeedsRefresh, now: u64) {
        if refresh == NeedsRefresh::Start {
            self.run_opened(now);
        }
    }

    /// A challenge was received that asks for more (RFC 9470), by number. `ask` tells listeners of it, once for each
    /// access token and challenge; true where one wants the call to wait.
    #[must_use]
    pub fn known_step_up(&self, call: &Call, challenge: u64) -> Option<bool> {
        let known = self.stepped_up.filter(|known| known.token == call.sent && known.challenge == challenge)?;
        Some(known.waits && call.sends < MOST_SENDS)
    }

    /// Listeners were told of the challenge; `waits` where one wants its calls to wait. True where this one is to.
    pub const fn on_step_up(&mut self, call: &Call, challenge: u64, waits: bool) -> bool {
        self.stepped_up = Some(SteppedUp { token: call.sent, challenge, waits });
        waits && call.sends < MOST_SENDS
    }

    /// The call waits for a sign-in later than the one that is stored: the challenge itself says that its token is
    /// good.
    pub fn wait_for_sign_in(&mut self, call: &mut Call, now: u64) {
        self.on_accepted(call, true, now);
        if !self.faulty(Fault::RefreshAnswersStepUp) {
            call.after_signin = Some(self.record.signin);
        }
    }

    /// `refresh()`.
    pub fn on_refresh_requested(&mut self, now: u64) -> Requested {
        if let Some(id) = self.refresh() {
            return Requested::Running(id);
        }
        if let Some(id) = self.notified_of.id() {
            return Requested::Running(id);
        }
        if self.record.suspended {
            return Requested::Rejected(Code::SessionExpired);
        }
        if self.decisions.retry_after_set(&self.record, now) {
            return Requested::Failed;
        }
        if !self.can_refresh() {
            let code = if self.record.signed_in() { Code::RefreshFailed } else { Code::SignedOut };
            return Requested::Rejected(code);
        }
        let refresh = self.decisions.start(&self.record, Reason::Manual, false);
        self.start(refresh, now);
        self.refresh().map_or(Requested::Rejected(Code::SignedOut), Requested::Running)
    }
}
