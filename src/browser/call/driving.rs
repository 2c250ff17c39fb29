//! A call that waits, is refused or is sent again: the machine decides after each await, this carries it out.

use super::outgoing::{Outgoing, cancel};
use super::page::Page;
use crate::browser::abort;
use crate::browser::clock::{self, Timer};
use crate::browser::debug;
use crate::browser::error;
use crate::browser::js::keys::Key;
use crate::browser::js::{NONE, Outcome, Val};
use crate::browser::session::ending::Ending;
use crate::browser::session::shared::Shared;
use crate::protocol::challenge::{self, Challenge};
use crate::protocol::error::Code;
use crate::protocol::session::{Admission, Call, Unauthorized, Verdict};
use crate::protocol::token::Record;
use std::rc::Rc;

/// After so long without the canary's headers a second one goes, and after as long again all go.
const PATIENCE_MS: f64 = 2_000.0;

impl Page {
    /// Drives a call to its end. With an answer it has been sent already; a call that answers nothing is after a token
    /// alone.
    pub async fn drive(self: Rc<Self>, mut call: Call, mut out: Outgoing, mut answered: Val) -> Outcome {
        let shared = Rc::clone(&self.shared);
        shared.claimed().await;
        let mut held = false;
        // Until it is known what an answer means, a canary has not spoken.
        let mut patience = None;
        loop {
            if !answered.is_undefined() {
                let refused = self.is_unauthorized(&answered).await.inspect_err(|_| self.gone(&call))?;
                drop(patience.take());
                shared.sync_record();
                if let Some(settled) = self.judge(&mut call, &out, &answered, refused) {
                    return settled;
                }
                cancel(&answered.get(Key::Body));
                answered = Val::UNDEFINED;
            }
            shared.sync_record();
            if abort::aborted(&out.signal) {
                self.gone(&call);
                debug::note(out.number, Key::AbortedByCaller);
                let reason = abort::reason(&out.signal);
                out.abandon(&reason);
                return Err(reason);
            }
            let record = shared.record();
            let token = match shared.ask(|machine| machine.admit(&call, &record, clock::now())) {
                Admission::Wait(renew) => {
                    shared.renew(renew);
                    let why = shared.why_held(&call, &record);
                    shared.wait(call, &out.signal, out.number, why).await;
                    continue;
                }
                Admission::Send(token, renew) => {
                    if !call.answers {
                        shared.renew(renew);
                        return Ok(shared.member(Key::AccessToken));
                    }
                    if call.sends > 0 {
                        out.use_replay();
                    } else if !held && self.holds_stream(&out) {
                        held = true;
                        shared.renew(renew);
                        debug::note(out.number, Key::HeldForRenewal);
                        let _ = shared.run_renewal().until(&out.signal).wait().await;
                        continue;
                    }
                    call.sent = Some(token);
                    call.sends += 1;
                    call.after_signin = None;
                    let sent = self.send(&out, Some(token));
                    shared.renew(renew);
                    debug::note(out.number, shared.why_sent(&call));
                    Some((token, sent))
                }
                Admission::SendWithoutToken if call.answers => {
                    if call.sends > 0 {
                        out.use_replay();
                    }
                    None
                }
                Admission::SendWithoutToken => return Ok(Val::NULL),
                Admission::SignedOut if call.answers => return Err(error::plain(Code::SignedOut)),
                Admission::SignedOut => return Ok(Val::NULL),
                Admission::Failed => {
                    debug::note(out.number, Key::NotSent);
                    return Err(shared.failed());
                }
                Admission::Ended => return Err(shared.ended()),
            };
            let Some((token, sent)) = token else {
                let sent = self.send(&out, None);
                debug::note(out.number, Key::SentBare);
                return sent.wait().await;
            };
            patience = shared.patience(&call);
            match sent.wait().await {
                Ok(response) => answered = response,
                Err(error) => {
                    self.gone(&call);
                    return Err(self.rejection(token, &out, error));
                }
            }
        }
    }

    async fn is_unauthorized(&self, response: &Val) -> Outcome<bool> {
        let judge = &self.options.is_unauthorized;
        if !judge.is_function() {
            return Ok(response.get(Key::Status).as_number() == 401.0);
        }
        let verdict = judge.call(&response.invoke0(Key::Clone), &NONE)?;
        Ok(verdict.wait().await?.truthy())
    }

    /// What the machine makes of an answer; `None` where the call goes on.
    fn judge(self: &Rc<Self>, call: &mut Call, out: &Outgoing, response: &Val, refused: bool) -> Option<Outcome> {
        let shared = &self.shared;
        if !refused && call.epoch != shared.ask(|machine| machine.epoch()) {
            return Some(Err(shared.ended()));
        }
        let url = response.get(Key::Url);
        let header = response.get(Key::Headers).invoke(Key::Get, &Val::name(Key::WwwAuthenticate), &NONE);
        let challenge = if refused { challenge::read(&header.as_text()) } else { Challenge::Other };
        if let Challenge::StepUp { acr_values, max_age } = &challenge
            && shared.step_up(call, &header, acr_values, *max_age, &url)
            && out.replayable()
        {
            // The challenge itself says that the token is good.
            self.accepted(call, response);
            call.after_signin = Some(shared.record().signin);
            return None;
        }
        if !refused || challenge != Challenge::Other {
            self.accepted(call, response);
            out.release_replay();
            if challenge != Challenge::Other {
                debug::note(out.number, Key::AsksForMore);
            }
            return Some(Ok(response.clone()));
        }
        let redirected = response.get(Key::Redirected).truthy();
        let requested = out.url().url();
        let unauthorized = Unauthorized {
            replayable: out.replayable(),
            redirected,
            not_the_token: redirected
                && !(self.allowed(&url) && url.url().get(Key::Origin).same(&requested.get(Key::Origin))),
            path: path_number(&requested),
        };
        let record = shared.record();
        let now = clock::now();
        let (verdict, makes_way) = shared
            .ask(|machine| machine.on_outcome(|machine| machine.on_unauthorized(call, &record, now, unauthorized)));
        let error = match verdict {
            Verdict::Deliver(renew) => {
                shared.renew(renew);
                if makes_way {
                    shared.wake_waiters();
                }
                out.release_replay();
                debug::note(out.number, shared.why_delivered(call, &record, &unauthorized));
                return Some(Ok(response.clone()));
            }
            Verdict::Retry(renew) => {
                shared.renew(renew);
                debug::note(out.number, if record.access == call.sent { Key::Refused } else { Key::RefusedOlder });
                return None;
            }
            Verdict::Failed => {
                debug::note(out.number, Key::NotSent);
                shared.failed()
            }
            Verdict::EndRetryRejected => {
                let error = error::plain(Code::SessionExpired);
                shared.end(Ending::verdict("retry_rejected", error.clone()));
                debug::note(out.number, Key::RefusedAgain);
                error
            }
            Verdict::EndRefused => {
                let error = error::plain(Code::SessionExpired);
                shared.refuse(error.clone());
                debug::note(out.number, Key::NotRenewable);
                if shared.record().suspended && out.replayable() {
                    // Held, or sent without a token: the machine says which.
                    return None;
                }
                error
            }
            Verdict::Ended => shared.ended(),
        };
        out.release_replay();
        // A call that is sent once is answered by its 401, even by one that ends the session.
        Some(if out.once() && verdict != Verdict::Ended { Ok(response.clone()) } else { Err(error) })
    }

    /// The answer shows that its token is good: it is noted once, and whoever waited for that goes.
    pub fn accepted(&self, call: &Call, response: &Val) {
        let shared = &self.shared;
        let status = response.get(Key::Status).as_number();
        let proof = (200.0..500.0).contains(&status) && !response.get(Key::Redirected).truthy();
        let record = shared.record();
        let (news, makes_way) =
            shared.ask(|machine| machine.on_outcome(|machine| machine.on_accepted(call, &record, proof)));
        if news {
            shared.amend(Record::note_accepted);
        }
        if makes_way {
            shared.wake_waiters();
        }
    }

    fn gone(&self, call: &Call) {
        if self.shared.ask(|machine| machine.on_outcome(|machine| machine.on_call_dropped(call.id))).1 {
            self.shared.wake_waiters();
        }
    }

    /// See `getAccessToken` in the contract.
    pub async fn access_token(self: Rc<Self>, rejected: Val, signal: Val, number: u32) -> Outcome {
        let shared = Rc::clone(&self.shared);
        shared.sync_record();
        let mut call = shared.call(false);
        if rejected.is_text() && shared.member(Key::AccessToken).same(&rejected) {
            call.sent = shared.record().access;
        }
        let out = Outgoing { signal, ..Outgoing::plain(Val::UNDEFINED, number) };
        self.drive(call, out, Val::UNDEFINED).await
    }
}

impl Shared {
    /// Two timers that let others go when the canary's headers do not come.
    fn patience(self: &Rc<Self>, call: &Call) -> Option<[Timer; 2]> {
        let call = call.id;
        let timer = |ms| {
            let shared = Rc::clone(self);
            Timer::after(ms, move || {
                // A canary of an earlier renewal has no say in this one.
                if shared.ask(|machine| machine.is_canary(call)) {
                    shared.ask(|machine| machine.on_canary_timeout());
                    shared.wake_waiters();
                }
            })
        };
        self.ask(|machine| machine.is_canary(call)).then(|| [timer(PATIENCE_MS), timer(2.0 * PATIENCE_MS)])
    }
}

/// Origin and path as one number (FNV-1a): equal paths are equal numbers.
fn path_number(url: &Val) -> u64 {
    let mut text = url.get(Key::Origin).as_text();
    text.push_str(&url.get(Key::Pathname).as_text());
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
