//! A call that waits, is refused or is sent again: the machine decides after each await, this carries it out.

use super::client::Client;
use super::outgoing::{Outgoing, cancel};
use crate::browser::abort;
use crate::browser::debug;
use crate::browser::effects::timers;
use crate::browser::error;
use crate::browser::js::keys::Key;
use crate::browser::js::{NONE, Outcome, Val};
use crate::protocol::challenge::{self, Challenge};
use crate::protocol::decisions::{Admission, Call, Unauthorized};
use crate::protocol::error::Code;
use crate::protocol::session::Answered;
use std::rc::Rc;

impl Client {
    /// Drives a call to its end. With an answer it has been sent already; a call that answers nothing is after a token
    /// alone.
    pub async fn drive(self: Rc<Self>, mut call: Call, mut out: Outgoing, mut answered: Val) -> Outcome {
        let driver = Rc::clone(&self.driver);
        let mut held = false;
        loop {
            if !answered.is_undefined() {
                let refused = self.is_unauthorized(&answered).await.inspect_err(|_| self.dropped(&call))?;
                driver.synchronize();
                if let Some(settled) = self.judge(&mut call, &out, &answered, refused) {
                    return settled;
                }
                cancel(&answered.get(Key::Body));
                answered = Val::UNDEFINED;
            }
            driver.synchronize();
            if abort::aborted(&out.signal) {
                self.dropped(&call);
                debug::note(out.number, Key::AbortedByCaller);
                let reason = abort::reason(&out.signal);
                out.abandon(&reason);
                return Err(reason);
            }
            let now = timers::now();
            let token = match driver.session(|session| session.admit_or_wait(&call, now)) {
                Admission::Wait(_) => {
                    let woken = driver.wait(call.id, &out.signal);
                    driver.drain();
                    debug::note(out.number, self.why_held(&call));
                    let _ = woken.wait().await;
                    continue;
                }
                Admission::Send(token, _) => {
                    if !call.answers {
                        driver.drain();
                        return Ok(driver.vault.member(Key::AccessToken));
                    }
                    if call.sends > 0 {
                        out.use_replay();
                    } else if !held && self.holds_stream(&out) {
                        held = true;
                        debug::note(out.number, Key::HeldForRenewal);
                        let refreshed = driver.session(|session| session.refresh());
                        driver.drain();
                        let refreshed = refreshed.map_or(Val::UNDEFINED, |id| driver.refreshes.promise(id));
                        let _ = refreshed.until(&out.signal).wait().await;
                        continue;
                    }
                    call.note_send(token);
                    let sent = self.send(&out, Some(token));
                    driver.drain();
                    debug::note(out.number, self.why_sent(&call));
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
                    return Err(driver.failed());
                }
                Admission::Ended => return Err(driver.ends.error()),
            };
            let Some((token, sent)) = token else {
                let sent = self.send(&out, None);
                debug::note(out.number, Key::SentBare);
                return sent.wait().await;
            };
            match sent.wait().await {
                Ok(response) => answered = response,
                Err(error) => {
                    self.dropped(&call);
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
        let driver = &self.driver;
        if !refused && call.epoch != driver.session(|session| session.epoch()) {
            return Some(Err(driver.ends.error()));
        }
        let url = response.get(Key::Url);
        let header = response.get(Key::Headers).invoke(Key::Get, &Val::name(Key::WwwAuthenticate), &NONE);
        let challenge = if refused { challenge::read(&header.as_text()) } else { Challenge::Other };
        if let Challenge::StepUp { acr_values, max_age } = &challenge
            && self.waits_for_sign_in(call, &header, acr_values, *max_age, &url)
            && out.replayable()
        {
            driver.ask(|session, now| session.wait_for_sign_in(call, now));
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
        let record = driver.record();
        let answered = driver.ask(|session, now| session.on_unauthorized(call, unauthorized, now));
        let error = match answered {
            Answered::Deliver => {
                out.release_replay();
                debug::note(out.number, self.why_delivered(call, &record, &unauthorized));
                return Some(Ok(response.clone()));
            }
            Answered::Retry => {
                debug::note(out.number, if record.access == call.sent { Key::Refused } else { Key::RefusedOlder });
                return None;
            }
            Answered::Failed => {
                debug::note(out.number, Key::NotSent);
                driver.failed()
            }
            Answered::EndsSession => {
                let refreshable = self.driver.session(|session| session.decisions().can_refresh(&record));
                debug::note(out.number, if refreshable { Key::RefusedAgain } else { Key::NotRenewable });
                driver.ends.error()
            }
            Answered::Suspends => {
                debug::note(out.number, Key::NotRenewable);
                error::plain(Code::SessionExpired)
            }
            Answered::Ended => driver.ends.error(),
        };
        out.release_replay();
        // A call that is sent once is answered by its 401, even by one that ends the session.
        Some(if out.once() && answered != Answered::Ended { Ok(response.clone()) } else { Err(error) })
    }

    /// The answer shows that its token is good: it is noted once, and whoever waited for that goes.
    pub fn accepted(&self, call: &Call, response: &Val) {
        let status = response.get(Key::Status).as_number();
        let proof = (200.0..500.0).contains(&status) && !response.get(Key::Redirected).truthy();
        self.driver.ask(|session, now| session.on_accepted(call, proof, now));
    }

    fn dropped(&self, call: &Call) {
        // The time matters where others wait for this call's answer, and a thousand aborts in a row are quick.
        let canary = self.driver.session(|session| session.decisions().is_canary(call.id));
        let now = if canary { timers::now() } else { 0 };
        self.driver.session(|session| session.on_call_dropped(call, now));
        self.driver.drain();
    }

    /// One `stepup` event per access token and challenge (RFC 9470). True where a listener asks the call to wait.
    fn waits_for_sign_in(&self, call: &Call, header: &Val, acr: &[String], max_age: Option<f64>, url: &Val) -> bool {
        let driver = &self.driver;
        let challenge = hash(&header.as_text());
        let known = driver.session(|session| session.known_step_up(call, challenge));
        known.unwrap_or_else(|| {
            let detail = Val::bare();
            let values = Val::list();
            for value in acr {
                values.push(&Val::text(value));
            }
            detail.put(Key::AcrValues, &values);
            detail.put(Key::MaxAge, &max_age.map_or(Val::NULL, Val::number));
            detail.put(Key::Url, url);
            let waits = !driver.events.fire(Key::Stepup, &detail, true);
            driver.session(|session| session.on_step_up(call, challenge, waits))
        })
    }

    /// See `getAccessToken` in the contract.
    pub async fn access_token(self: Rc<Self>, rejected: Val, signal: Val, number: u32) -> Outcome {
        let driver = Rc::clone(&self.driver);
        driver.synchronize();
        let mut call = driver.session(|session| session.call(false));
        if rejected.is_text() && driver.vault.member(Key::AccessToken).same(&rejected) {
            call.sent = driver.session(|session| session.record().access);
        }
        let out = Outgoing { signal, ..Outgoing::plain(Val::UNDEFINED, number) };
        self.drive(call, out, Val::UNDEFINED).await
    }
}

/// Origin and path as one number: equal paths are equal numbers.
fn path_number(url: &Val) -> u64 {
    let mut text = url.get(Key::Origin).as_text();
    text.push_str(&url.get(Key::Pathname).as_text());
    hash(&text)
}

/// FNV-1a.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
