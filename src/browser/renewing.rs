//! The shared renewal: one flow, one promise, one outcome for everybody who waits for it.
//!
//! After each await the record is read again and the machine is asked; nothing is decided here.

use super::clock::{self, Timer};
use super::ending::Ending;
use super::error;
use super::js::{self, Outcome};
use super::shared::{Cut, Shared};
use super::token_request::{self, Reply};
use crate::protocol::config::OnSessionExpired;
use crate::protocol::error::Code;
use crate::protocol::renewal::{self, Grant, Reason, Turn};
use crate::protocol::session::Renew;
use futures::channel::oneshot;
use js_sys::Promise;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

/// One run of the flow.
struct Run {
    shared: Rc<Shared>,
    id: u32,
    reason: Reason,
    /// There was no session: success signs in, a refusal ends nothing.
    without_session: bool,
}

impl Shared {
    /// The running renewal's promise, or that of one the machine has just opened.
    pub fn run_renewal(self: &Rc<Self>) -> Promise {
        let Some((id, reason, without_session)) =
            self.ask(|machine| machine.renewal().map(|run| (run.id, run.reason, run.from.is_none())))
        else {
            return Promise::reject(&self.ended());
        };
        let running = self.renewal.borrow().as_ref().filter(|(owner, _)| *owner == id).map(|(_, promise)| promise.clone());
        if let Some(promise) = running {
            return promise;
        }
        self.log("renewing");
        let run = Run { shared: Rc::clone(self), id, reason, without_session };
        let promise = future_to_promise(async move { run.go().await });
        js::hush(&promise);
        self.renewal.replace(Some((id, promise.clone())));
        self.announce("", "this-tab");
        promise
    }

    /// See `refresh` in the contract.
    pub fn refresh(self: &Rc<Self>) -> Promise {
        self.catch_up();
        let record = self.record();
        let running = self.ask(|machine| machine.renewal().is_some());
        let code = if matches!(self.options.refresh, super::options::Refresh::None) {
            let message = "Option `refresh`: not set, so nothing can be renewed; takes a URL, an object or a function.";
            let none = JsValue::UNDEFINED;
            return Promise::reject(&error::detailed(Code::InvalidOptions, message, &none, &none));
        } else if running {
            None
        } else if record.suspended {
            Some(Code::SessionExpired)
        } else if !self.ask(|machine| machine.can_renew(&record)) {
            Some(if record.signed_in() { Code::RefreshFailed } else { Code::SignedOut })
        } else {
            None
        };
        if let Some(code) = code {
            return Promise::reject(&error::plain(code));
        }
        if !running && self.ask(|machine| machine.forbidden(&record, clock::now())) {
            return Promise::reject(&self.failed());
        }
        if self.ask(|machine| machine.start(&record, Reason::Manual, false)) == Renew::Start {
            self.log("refresh() called");
        }
        self.run_renewal()
    }

    /// Waits, unless the renewal is cut short meanwhile.
    async fn pause(&self, ms: u64) {
        let (wake, woken) = oneshot::channel::<()>();
        let timer = Timer::after(ms as f64, move || {
            let _ = wake.send(());
        });
        if let Ok(controller) = web_sys::AbortController::new() {
            let (cut, was_cut) = oneshot::channel::<Cut>();
            self.cut.replace(Some((controller, cut)));
            futures::future::select(woken, was_cut).await;
            self.cut.take();
        }
        drop(timer);
    }
}

impl Run {
    async fn go(self) -> Outcome {
        let shared = &self.shared;
        loop {
            shared.catch_up();
            let record = shared.record();
            match shared.ask(|machine| machine.on_turn(self.id, &record)) {
                Turn::Exchange => {}
                Turn::Adopt => return self.adopt(),
                Turn::Ended => return self.ended(),
            }
            let reply = token_request::exchange(shared, self.reason).await;
            shared.catch_up();
            let record = shared.record();
            let outcome = renewal::Outcome { class: reply.class, lost: reply.lost, retry_after: reply.retry_after };
            let grant = shared.ask(|machine| machine.on_grant(self.id, outcome, &record, clock::now(), clock::chance()));
            match grant {
                Grant::Store(keep) => {
                    let Some(tokens) = &reply.tokens else {
                        return self.failed(&reply, clock::now());
                    };
                    return self.store(tokens, keep);
                }
                Grant::Adopt => return self.adopt(),
                Grant::Again(ms) => shared.pause(ms).await,
                Grant::Failed(until) => return self.failed(&reply, until),
                Grant::Refused => {
                    let grace = shared.ask(|machine| machine.grace());
                    if grace > 0 && !self.without_session {
                        shared.pause(grace).await;
                        shared.catch_up();
                    }
                    return self.refused(&reply);
                }
                Grant::Ended => return self.ended(),
            }
        }
    }

    /// Clears the slot: only its owner does.
    fn close(&self, renewed: bool) {
        let shared = &self.shared;
        shared.ask(|machine| machine.finish(self.id, renewed));
        let mut slot = shared.renewal.borrow_mut();
        if slot.as_ref().is_some_and(|(owner, _)| *owner == self.id) {
            slot.take();
        }
    }

    fn store(&self, tokens: &super::record::Tokens, keep: renewal::Keep) -> Outcome {
        let shared = &self.shared;
        let now = clock::now();
        let blocked =
            if self.without_session { shared.sign_in(tokens, now) } else { shared.renewed(tokens, keep, now) };
        self.close(true);
        if shared.anybody_waits() {
            let record = shared.record();
            shared.ask(|machine| machine.on_probe(&record));
        }
        shared.let_go();
        if let Some(error) = blocked {
            shared.storage_blocked(error);
        }
        shared.log("renewed");
        shared.announce(if self.without_session { "signin" } else { "refresh" }, "this-tab");
        Ok(shared.session())
    }

    fn adopt(&self) -> Outcome {
        self.close(true);
        self.shared.let_go();
        self.shared.announce("", "this-tab");
        Ok(self.shared.session())
    }

    fn ended(&self) -> Outcome {
        self.close(false);
        self.shared.let_go();
        self.shared.announce("", "this-tab");
        if self.without_session && self.shared.record().signed_in() {
            return Ok(self.shared.session());
        }
        Err(self.shared.ended())
    }

    fn failed(&self, reply: &Reply, until: u64) -> Outcome {
        let shared = &self.shared;
        let attempts = shared.ask(|machine| machine.renewal().map_or(1, |run| run.attempts));
        let error = error::detailed(Code::RefreshFailed, &reply.message, &reply.cause, &reply.answer);
        shared.failure.replace(error.clone());
        if shared.record().signed_in() {
            shared.amend(|record| record.retry_at = until);
        }
        self.close(false);
        shared.let_go();
        shared.log("renewal failed, session kept");
        let detail = js::bare();
        js::set(&detail, "error", &error);
        js::set(&detail, "attempts", &attempts.into());
        shared.announce("", "this-tab");
        shared.events.fire("refreshfailed", &detail, false);
        Err(error)
    }

    fn refused(&self, reply: &Reply) -> Outcome {
        let shared = &self.shared;
        let record = shared.record();
        match shared.ask(|machine| machine.on_turn(self.id, &record)) {
            Turn::Exchange => {}
            Turn::Adopt => return self.adopt(),
            Turn::Ended => return self.ended(),
        }
        let code = if self.without_session { Code::SignedOut } else { Code::SessionExpired };
        let error = error::detailed(code, code.message(), &reply.cause, &reply.answer);
        self.close(false);
        if self.without_session {
            self.shared.announce("", "this-tab");
        } else {
            shared.refuse(error.clone());
        }
        Err(error)
    }
}

impl Shared {
    /// The refresh token was refused, or there is no way left to renew a token that has run out.
    pub fn refuse(self: &Rc<Self>, error: JsValue) {
        match self.options.policy.on_session_expired {
            OnSessionExpired::Logout => {
                let _ = self.end(Ending::verdict("refused", error));
            }
            OnSessionExpired::Hold | OnSessionExpired::PassThrough => self.suspend(&error),
        }
    }
}
