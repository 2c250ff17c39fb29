//! A call that waits, is refused or is sent again: the machine decides after each await, this carries it out.

use super::answer;
use super::client::Client;
use super::hash;
use super::outgoing::{self, Outgoing, unsent};
use crate::browser::effects::waiting::until;
use crate::browser::effects::{events, timers};
use crate::browser::error;
use crate::browser::promise::wait;
use crate::browser::url::{Url, resolve};
use crate::protocol::challenge::{self, Challenge};
use crate::protocol::decisions::{Admission, Call, Unauthorized};
use crate::protocol::error::Code;
use crate::protocol::session::{Answered, Closed};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

impl Client {
    /// Drives a call to its end. With an answer it has been sent already; a call that answers nothing is after a token
    /// alone.
    pub async fn drive(
        self: Rc<Self>,
        mut call: Call,
        out: Outgoing,
        mut answered: Option<JsValue>,
    ) -> Result<JsValue, JsValue> {
        let driver = Rc::clone(&self.driver);
        let mut held = false;
        loop {
            if let Some(response) = answered.take() {
                let refused = self.is_unauthorized(&response).await.inspect_err(|_| self.dropped(&call))?
                    || self.is_login_page(&response);
                driver.synchronize();
                if let Some(settled) = self.judge(&mut call, &out, &response, refused) {
                    return settled;
                }
                answer::cancel_body(&response);
            }
            driver.synchronize();
            if outgoing::aborted(&out) {
                self.dropped(&call);
                self.note(&out, "aborted by its caller");
                let reason = outgoing::reason(&out);
                outgoing::abandon(&out, &reason);
                return Err(reason);
            }
            let now = timers::now();
            let token = match driver.session(|session| session.admit_or_wait(&call, now)) {
                Admission::Wait(_) => {
                    let woken = driver.wait(call.id, &outgoing::signal(&out));
                    driver.drain();
                    self.note(&out, self.why_held(&call));
                    let _ = wait(&woken).await;
                    continue;
                }
                Admission::Send(_, _) if !call.answers => {
                    driver.drain();
                    return Ok(driver.vault.access_token());
                }
                Admission::Send(token, _) => {
                    if call.sends == 0 && !held && self.holds_stream(&out) {
                        held = true;
                        self.hold_stream(&out).await;
                        continue;
                    }
                    Some(token)
                }
                Admission::SendWithoutToken if call.answers => None,
                Admission::SendWithoutToken => return Ok(JsValue::NULL),
                Admission::SignedOut if call.answers => return Err(error::plain(Code::SignedOut)),
                Admission::SignedOut => return Ok(JsValue::NULL),
                Admission::Failed => {
                    self.note(&out, "not sent: renewal failed");
                    return Err(driver.failed());
                }
                Admission::Ended => return Err(driver.ends.error()),
            };
            if call.sends > 0 {
                outgoing::use_replay(&out);
            }
            let sent = self.send(&out, token.map(|token| (&mut call, token)))?;
            driver.drain();
            self.note(&out, if token.is_some() { self.why_sent(&call) } else { "sent without a token" });
            let outcome = wait(&sent).await;
            if token.is_none() {
                return outcome;
            }
            match (self.close_request(call.place), outcome) {
                (Closed::Settled(closed), outcome) => {
                    call = closed;
                    answered = Some(outcome.map_err(|error| {
                        self.dropped(&call);
                        self.failed(&out, error)
                    })?);
                }
                (Closed::Requeued(closed), outcome) => {
                    call = closed;
                    self.requeued(&out, &outcome);
                }
                (Closed::Ended, Err(error)) => return Err(self.ended(&out, error)),
                (Closed::Ended, Ok(_)) => return Err(driver.ends.error()),
            }
        }
    }

    /// Waits for the refresh that runs.
    async fn hold_stream(&self, out: &Outgoing) {
        let driver = &self.driver;
        self.note(out, "held for a renewal");
        let refresh = driver.session(|session| session.refresh());
        driver.drain();
        if let Some(id) = refresh {
            let _ = wait(&until(&driver.refreshes.promise(id), &outgoing::signal(out))).await;
        }
    }

    async fn is_unauthorized(&self, response: &JsValue) -> Result<bool, JsValue> {
        let Some(judge) = &self.options.is_unauthorized else {
            return Ok(answer::status_of(response) == 401.0);
        };
        let verdict = judge.call1(&JsValue::UNDEFINED, &answer::copy_of(response))?;
        Ok(wait(&verdict).await?.is_truthy())
    }

    /// Whether a call of a session in cookies has been redirected to the login page.
    #[inline(never)]
    fn is_login_page(&self, response: &JsValue) -> bool {
        let login_url = self.options.login_url.as_ref().filter(|_| self.options.policy.by_cookie());
        login_url.is_some_and(|page| answer::is_moved_to(response, page))
    }

    /// What the machine makes of an answer; `None` where the call goes on.
    fn judge(
        self: &Rc<Self>,
        call: &mut Call,
        out: &Outgoing,
        response: &JsValue,
        refused: bool,
    ) -> Option<Result<JsValue, JsValue>> {
        let driver = &self.driver;
        if !refused && call.epoch != driver.session(|session| session.epoch()) {
            return Some(Err(driver.ends.error()));
        }
        let url = answer::url_of(response);
        let header = answer::header_of(response, "www-authenticate");
        let challenge = if refused { challenge::read(&header) } else { Challenge::Other };
        if let Challenge::StepUp { acr_values, max_age } = &challenge
            && self.waits_for_sign_in(call, &header, acr_values, *max_age, &url)
            && outgoing::replayable(out)
        {
            driver.ask(|session, now| session.wait_for_sign_in(call, now));
            return None;
        }
        if !refused || challenge != Challenge::Other {
            self.accepted(call, response);
            outgoing::release_replay(out);
            if challenge != Challenge::Other {
                self.note(out, "401, asks for more");
            }
            return Some(Ok(response.clone()));
        }
        let redirected = answer::is_redirected(response);
        let requested = resolve(&outgoing::url(out));
        let stays = || resolve(&url).map(|url| url.origin()) == requested.as_ref().map(Url::origin);
        // A redirect may have done the work of a POST. Cookies are not stripped on the way, as a header would be.
        let moved = redirected && self.options.policy.by_cookie();
        let unauthorized = Unauthorized {
            replayable: outgoing::replayable(out) && (!moved || outgoing::repeatable(out)),
            redirected,
            not_the_token: redirected && !self.is_login_page(response) && !(self.allowed(&url).is_some() && stays()),
        };
        let record = driver.record();
        let answered = driver.ask(|session, now| session.on_unauthorized(call, unauthorized, now));
        let error = match answered {
            Answered::Deliver => {
                outgoing::release_replay(out);
                self.note(out, self.why_delivered(call, &record, &unauthorized));
                return Some(Ok(response.clone()));
            }
            Answered::Retry => {
                self.note(out, if record.access == call.sent { "401" } else { "401 of an old token" });
                return None;
            }
            Answered::Failed => {
                self.note(out, "not sent: renewal failed");
                driver.failed()
            }
            Answered::EndsSession => {
                let refreshable = self.driver.session(|session| session.decisions().can_refresh(&record));
                self.note(out, if refreshable { "401 of a new token" } else { "401, not renewable" });
                driver.ends.error()
            }
            Answered::Suspends => {
                self.note(out, "401, not renewable");
                error::plain(Code::SessionExpired)
            }
            Answered::Ended => driver.ends.error(),
        };
        outgoing::release_replay(out);
        // A call that is sent once is answered by its 401, even by one that ends the session.
        Some(if outgoing::is_once(out) && answered != Answered::Ended { Ok(response.clone()) } else { Err(error) })
    }

    /// The answer shows that its token is good: it is noted once, and whoever waited for that goes.
    pub fn accepted(&self, call: &Call, response: &JsValue) {
        let proof = (200.0..500.0).contains(&answer::status_of(response)) && !answer::is_redirected(response);
        self.driver.ask(|session, now| session.on_accepted(call, proof, now));
    }

    fn dropped(&self, call: &Call) {
        // The time matters where others wait for this call's answer, and a thousand aborts in a row are quick.
        let canary = self.driver.session(|session| session.decisions().is_canary(call.id));
        let now = if canary { timers::now() } else { 0 };
        self.driver.session(|session| session.on_call_dropped(call, now));
        self.driver.drain();
    }

    /// A call's error is passed on as it is.
    pub fn failed(&self, out: &Outgoing, error: JsValue) -> JsValue {
        outgoing::release_replay(out);
        self.note(out, if outgoing::aborted(out) { "aborted by its caller" } else { "failed" });
        error
    }

    /// The error of a call whose session is over, which has caused it unless the caller has.
    pub fn ended(&self, out: &Outgoing, error: JsValue) -> JsValue {
        if outgoing::aborted(out) {
            return self.failed(out, error);
        }
        outgoing::release_replay(out);
        self.driver.ends.error()
    }

    /// One `stepup` event per access token and challenge (RFC 9470). True where a listener asks the call to wait.
    fn waits_for_sign_in(
        &self,
        call: &Call,
        header: &str,
        acr: &[String],
        max_age: Option<f64>,
        url: &JsValue,
    ) -> bool {
        let driver = &self.driver;
        let challenge = hash(header);
        let known = driver.session(|session| session.known_step_up(call, challenge));
        known.unwrap_or_else(|| {
            let waits = !events::step_up(&driver.events, &words(acr), max_age.unwrap_or(f64::NAN), url);
            driver.session(|session| session.on_step_up(call, challenge, waits))
        })
    }

    /// See `getAccessToken` in the contract.
    pub async fn access_token(
        self: Rc<Self>,
        rejected: JsValue,
        signal: JsValue,
        number: u32,
    ) -> Result<JsValue, JsValue> {
        let driver = Rc::clone(&self.driver);
        let out = unsent(&signal, number as i32);
        if !outgoing::aborted(&out) && driver.epoch().joined(&out).is_none() {
            return Err(error::type_error("getAccessToken: `signal` is no AbortSignal."));
        }
        driver.synchronize();
        let mut call = driver.session(|session| session.call(None));
        if rejected.is_string() && driver.vault.access_token() == rejected {
            call.sent = driver.session(|session| session.record().access);
        }
        self.drive(call, out, None).await
    }
}

/// The words, each with a space after it.
fn words(all: &[String]) -> String {
    all.iter().fold(String::new(), |text, word| text + word + " ")
}
