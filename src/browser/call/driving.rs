//! A call that waits, is refused or is sent again: the machine says what it does next, and here that is waited for.

use super::answer;
use super::client::Client;
use super::exchange::{Came, Driven};
use super::outgoing::{self, Outgoing, unsent};
use crate::browser::effects::waiting::until;
use crate::browser::error;
use crate::browser::promise::wait;
use crate::protocol::call::{self as flow, Outcome, Step};
use crate::protocol::decisions::Call;
use crate::protocol::error::Code;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

impl Client {
    /// Drives a call to its end. With an answer it has been sent already; a call that answers nothing is after a token
    /// alone.
    pub async fn drive(
        self: Rc<Self>,
        mut call: Call,
        out: Outgoing,
        answered: Option<JsValue>,
    ) -> Result<JsValue, JsValue> {
        let driver = &self.driver;
        let mut driven = Driven::new(&self, &out, answered);
        let mut step = if driven.came_as == Came::Nothing { flow::next(&mut driven, &mut call) } else { Step::Judge };
        loop {
            step = match step {
                Step::Judge => {
                    let refused = self.is_unauthorized(&driven.came).await;
                    let refused = refused.inspect_err(|_| flow::dropped(&mut driver.place(), &call))?;
                    driven.refused = refused || self.is_login_page(&driven.came);
                    driven.asks_more = false;
                    let step = flow::on_answer(&mut driven, &mut call);
                    if driven.came_as == Came::Response {
                        outgoing::release_replay(&out);
                    }
                    step
                }
                Step::Wait | Step::Hold(_) => {
                    let woken = if let Step::Hold(refresh) = step {
                        driven.held = true;
                        self.note(&out, "held for a renewal");
                        driver.drain();
                        until(&driver.refreshes.promise(refresh), &outgoing::signal(&out))
                    } else {
                        let woken = driver.wait(call.id, &outgoing::signal(&out));
                        driver.drain();
                        self.note(&out, self.why_held(&call));
                        woken
                    };
                    let _ = wait(&woken).await;
                    flow::next(&mut driven, &mut call)
                }
                Step::Send(_) | Step::SendWithoutToken => {
                    if call.sends > 0 {
                        outgoing::use_replay(&out);
                    }
                    let token = if let Step::Send(token) = step { Some(token) } else { None };
                    let sent = self.send(&out, token.map(|token| (&mut call, token)))?;
                    driver.drain();
                    self.note(&out, if token.is_some() { self.why_sent(&call) } else { "sent without a token" });
                    let outcome = wait(&sent).await;
                    if token.is_none() {
                        return outcome;
                    }
                    let answered = outcome.is_ok();
                    driven.came_as = if answered { Came::Response } else { Came::Error };
                    let (Ok(came) | Err(came)) = outcome;
                    driven.came = came;
                    let closed = self.close_request(call.place, answered);
                    flow::on_closed(&mut driven, &mut call, closed, answered)
                }
                Step::Settle(outcome) => return self.settle(outcome, &out, driven),
            }
        }
    }

    /// What the caller gets.
    fn settle(&self, outcome: Outcome, out: &Outgoing, driven: Driven<'_>) -> Result<JsValue, JsValue> {
        let driver = &self.driver;
        Err(match outcome {
            Outcome::Answer => {
                if driven.asks_more {
                    self.note(out, "401, asks for more");
                }
                return Ok(driven.came);
            }
            Outcome::Token => return Ok(driver.vault.access_token()),
            Outcome::NoToken => return Ok(JsValue::NULL),
            Outcome::Error => self.failed(out, driven.came),
            Outcome::Aborted => {
                self.note(out, "aborted by its caller");
                let reason = outgoing::reason(out);
                outgoing::abandon(out, &reason);
                reason
            }
            Outcome::SignedOut => error::plain(Code::SignedOut),
            Outcome::Failed => {
                self.note(out, "not sent: renewal failed");
                driver.failed()
            }
            Outcome::Expired => error::plain(Code::SessionExpired),
            Outcome::Ended if driven.came_as == Came::Error => self.ended(out, driven.came),
            Outcome::Ended => driver.ends.error(),
        })
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
    pub fn is_login_page(&self, response: &JsValue) -> bool {
        let login_url = self.options.login_url.as_ref().filter(|_| self.options.policy.by_cookie());
        login_url.is_some_and(|page| answer::is_moved_to(response, page))
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
