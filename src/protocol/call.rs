//! The flow of one call: what it does next, and what its answer means for its caller.
//!
//! ```text
//!  next ──▶ Wait, Hold ────────────────────────────────────▶ next
//!       ──▶ Send ──▶ close, on_closed ──▶ cancelled ───────▶ next
//!                                     ──▶ Judge, on_answer ──▶ next, where it is sent again
//!                                                          ──▶ Settle
//!       ──▶ SendWithoutToken, Settle
//! ```
//! What a step asks for is done by the place that the call is made in, an [`Exchange`], and so is all waiting. A call
//! that can goes out in the turn it is made in ([`admit_at_once`](super::session::Session::admit_at_once)), and a plain
//! answer to that is [`accepted_at_once`].

use super::challenge::Challenge;
use super::decisions::{Admission, Call, Unauthorized};
use super::environment::{Environment, ask, drain, synchronize};
use super::fault::Fault;
use super::session::{Answered, Closed};
use super::token::{AccessToken, Record};

/// A call's request and what has come of it, as the place sees them that it is made in. It is asked for what is needed,
/// and for nothing else: what it reads may be code of the app's.
pub trait Exchange {
    /// What its session runs in.
    type Place: Environment;
    /// What its session runs in.
    fn place(&mut self) -> &mut Self::Place;

    /// Whether its caller has aborted it.
    fn is_aborted(&mut self) -> bool;
    /// Whether its body is a stream that has not been held yet.
    fn streams(&mut self) -> bool;
    /// Whether it can be sent again, byte for byte.
    fn is_replayable(&mut self) -> bool;
    /// Whether it may be sent once at most.
    fn is_once(&mut self) -> bool;

    /// Whether its answer says "unauthorized".
    fn is_refused(&mut self) -> bool;
    /// The challenge of its refusal, and a number that is that of no other.
    fn challenge(&mut self) -> (Challenge, u64);
    /// Tells listeners of a step-up; true where one of them asks the call to wait.
    fn tell_step_up(&mut self, acr_values: &[String], max_age: Option<f64>) -> bool;
    /// Whether its answer shows that its token was accepted.
    fn is_proof(&mut self) -> bool;
    /// What else is known of its refusal.
    fn unauthorized(&mut self) -> Unauthorized;

    /// The session has judged its refusal, when it was shown this record: only to be told of.
    fn judged(&mut self, call: &Call, shown: &Record, unauthorized: &Unauthorized, answered: Answered);
    /// Discards what has come: the call asks again.
    fn discard(&mut self, why: Again);
}

/// Why a call that was sent asks again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Again {
    /// It was refused.
    Refused,
    /// It was cancelled, since its token was rejected.
    Cancelled,
}

/// What a call does now.
#[must_use]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// It is sent with this token ([`note_sent`]), effects are drained, and when it is over it is closed ([`close`]), and
    /// [`on_closed`] is asked.
    Send(AccessToken),
    /// It is sent without a token, and effects are drained. The caller gets what comes of it.
    SendWithoutToken,
    /// It waits: effects are drained, and when it is woken or aborted [`next`] is asked.
    Wait,
    /// Its stream waits for this refresh: effects are drained, and then [`next`] is asked.
    Hold(u32),
    /// It is found out whether the answer says "unauthorized", and [`on_answer`] is asked.
    Judge,
    /// It is over.
    Settle(Outcome),
}

/// What the caller gets.
#[must_use]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The answer.
    Answer,
    /// The access token, which is all that it has asked for.
    Token,
    /// No token, since there is none.
    NoToken,
    /// The request's own error.
    Error,
    /// The reason that he has aborted it with.
    Aborted,
    /// `signed_out`.
    SignedOut,
    /// The last `refresh_failed`.
    Failed,
    /// `session_expired`: the session is suspended.
    Expired,
    /// The error of the session's end.
    Ended,
}

/// The call goes out with this token. `repeatable` is asked where it matters: whether its request may reach the server
/// twice.
pub fn note_sent(place: &mut impl Environment, call: &mut Call, token: AccessToken, repeatable: impl FnOnce() -> bool) {
    let cancellable = place.session(|session| session.may_be_queued()) && repeatable();
    place.session(|session| session.note_sent(call, token, cancellable));
}

/// What a call does that waits, or is to be sent again.
pub fn next<X: Exchange>(exchange: &mut X, call: &mut Call) -> Step {
    synchronize(exchange.place());
    if exchange.is_aborted() {
        dropped(exchange.place(), call);
        return Step::Settle(Outcome::Aborted);
    }
    let place = exchange.place();
    let now = place.now();
    let admission = place.session(|session| session.admit_or_wait(call, now));
    Step::Settle(match admission {
        Admission::Wait(_) => return Step::Wait,
        Admission::Send(token, _) if call.answers => {
            let refresh = exchange.place().session(|session| session.holds_stream(call));
            if let Some(id) = refresh.filter(|_| exchange.streams()) {
                return Step::Hold(id);
            }
            return Step::Send(token);
        }
        Admission::Send(..) => {
            drain(exchange.place());
            Outcome::Token
        }
        Admission::SendWithoutToken if call.answers => return Step::SendWithoutToken,
        Admission::SignedOut if call.answers => Outcome::SignedOut,
        Admission::SendWithoutToken | Admission::SignedOut => Outcome::NoToken,
        Admission::Failed => Outcome::Failed,
        Admission::Ended => Outcome::Ended,
    })
}

/// The request of a call is over, and closed: it has been answered, or has failed.
pub fn on_closed<X: Exchange>(exchange: &mut X, call: &mut Call, closed: Closed, answered: bool) -> Step {
    match closed {
        Closed::Settled(closed) if answered => {
            *call = closed;
            Step::Judge
        }
        Closed::Settled(_) => Step::Settle(Outcome::Error),
        Closed::Requeued(closed) => {
            *call = closed;
            exchange.discard(Again::Cancelled);
            next(exchange, call)
        }
        Closed::Ended => Step::Settle(Outcome::Ended),
    }
}

/// The request at this place is over. Where it has failed, whoever waits for its answer waits no more.
pub fn close(place: &mut impl Environment, at: u32, answered: bool) -> Closed {
    let closed = place.session(|session| session.close_request(at));
    if let Closed::Settled(call) = &closed
        && !answered
    {
        dropped(place, call);
    }
    closed
}

/// The call is settled without a verdict.
pub fn dropped(place: &mut impl Environment, call: &Call) {
    // The time matters where others wait for this call's answer, and a thousand aborts in a row are quick.
    let canary = place.session(|session| session.decisions().is_canary(call.id));
    let now = if canary { place.now() } else { 0 };
    if !canary || !faulty(place, Fault::DropsTheCanaryUntold) {
        place.session(|session| session.on_call_dropped(call, now));
    }
    drain(place);
}

/// A call was answered that went out in the turn it was made in, and not with a refusal: its caller gets the answer.
/// The record is read again only where it is to be noted that its token was accepted.
pub fn accepted_at_once(place: &mut impl Environment, call: &Call, proof: impl FnOnce() -> bool) {
    if place.session(|session| session.record().awaits_acceptance()) {
        synchronize(place);
        accepted(place, call, proof());
    }
}

fn accepted(place: &mut impl Environment, call: &Call, proof: bool) {
    ask(place, |session, now| session.on_accepted(call, proof, now));
}

/// What the call's answer means.
pub fn on_answer<X: Exchange>(exchange: &mut X, call: &mut Call) -> Step {
    synchronize(exchange.place());
    let refused = exchange.is_refused();
    let over = exchange.place().session(|session| call.epoch != session.epoch());
    if !refused && over && !faulty(exchange.place(), Fault::AnswersAfterTheEnd) {
        return Step::Settle(Outcome::Ended);
    }
    let (challenge, number) = if refused { exchange.challenge() } else { (Challenge::Other, 0) };
    if let Challenge::StepUp { acr_values, max_age } = &challenge
        && waits_for_sign_in(exchange, call, number, acr_values, *max_age)
        && exchange.is_replayable()
    {
        ask(exchange.place(), |session, now| session.wait_for_sign_in(call, now));
        exchange.discard(Again::Refused);
        return next(exchange, call);
    }
    if !refused || challenge != Challenge::Other {
        let proof = exchange.is_proof();
        accepted(exchange.place(), call, proof);
        return Step::Settle(Outcome::Answer);
    }
    let unauthorized = exchange.unauthorized();
    let shown = exchange.place().session(|session| *session.record());
    let answered = ask(exchange.place(), |session, now| session.on_unauthorized(call, unauthorized, now));
    exchange.judged(call, &shown, &unauthorized, answered);
    Step::Settle(match answered {
        Answered::Retry => {
            exchange.discard(Again::Refused);
            return next(exchange, call);
        }
        Answered::Deliver => Outcome::Answer,
        Answered::Ended => Outcome::Ended,
        // A call that is sent once is answered by its 401, even by one that ends the session.
        Answered::Failed | Answered::EndsSession | Answered::Suspends if exchange.is_once() => Outcome::Answer,
        Answered::Failed => Outcome::Failed,
        Answered::EndsSession => Outcome::Ended,
        Answered::Suspends => Outcome::Expired,
    })
}

fn faulty(place: &mut impl Environment, fault: Fault) -> bool {
    cfg!(feature = "faults") && place.session(|session| session.faulty(fault))
}

/// Whether the call is to wait for a sign-in: listeners are told once of each access token and challenge (RFC 9470).
fn waits_for_sign_in<X: Exchange>(
    exchange: &mut X,
    call: &Call,
    challenge: u64,
    acr_values: &[String],
    max_age: Option<f64>,
) -> bool {
    let known = exchange.place().session(|session| session.known_step_up(call, challenge));
    known.unwrap_or_else(|| {
        let waits = exchange.tell_step_up(acr_values, max_age);
        exchange.place().session(|session| session.on_step_up(call, challenge, waits))
    })
}
