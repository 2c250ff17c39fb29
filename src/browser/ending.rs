//! Sign-in, and the end of a session: one synchronous turn, in a fixed order.
//!
//! What a listener does meanwhile (throw, sign in, log out again) breaks none of it: everything that counts is done
//! before the first of them runs.

use super::abort::Epoch;
use super::js::{self, Outcome};
use super::options::parse_url;
use super::record::{Tokens, Unusable};
use super::shared::{Cut, Shared};
use super::{clock, error, token_request};
use crate::protocol::error::Code;
use crate::protocol::token::Record;
use js_sys::{Object, Promise};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// How a session ends.
pub struct Ending {
    /// What the calls' error says.
    pub code: Code,
    /// What the `logout` event says.
    pub reason: String,
    /// What every pending call is rejected with; given where the ending was not the app's own.
    pub error: Option<JsValue>,
    /// False: stay on this page.
    pub redirect: bool,
    /// Tell the revocation endpoint.
    pub revoke: bool,
}

impl Ending {
    /// An ending that the server's answer caused.
    pub fn verdict(reason: &str, error: JsValue) -> Self {
        Self { code: Code::SessionExpired, reason: reason.into(), error: Some(error), redirect: true, revoke: false }
    }
}

impl Shared {
    /// See `setTokens` in the contract.
    pub fn set_tokens(self: &Rc<Self>, response: &JsValue) -> Outcome<()> {
        let now = clock::now();
        let tokens = Tokens::read(response, now).map_err(|why| {
            error::type_error(match why {
                Unusable::NoToken => "setTokens: the response has no `access_token`, a non-empty string.",
                Unusable::BadToken => "setTokens: a token may hold visible ASCII characters only.",
                Unusable::BadType => "setTokens: this `token_type` cannot be sent; DPoP is not supported.",
            })
        })?;
        self.catch_up();
        let before = self.record();
        let overtakes = self.ask(|machine| {
            machine.renewal().is_some_and(|renewal| renewal.presented.is_none() || super::record::usable(&tokens.refresh))
        });
        if let Some(error) = self.sign_in(&tokens, now) {
            self.storage_blocked(error);
        }
        if overtakes {
            self.cut(Cut::Overtaken);
        }
        if before.suspended && self.anybody_waits() {
            let record = self.record();
            self.ask(|machine| machine.on_probe(&record));
        }
        self.let_go();
        self.log(if before.signed_in() { "tokens replaced" } else { "signed in" });
        self.announce(if before.signed_in() { "refresh" } else { "signin" }, "this-tab");
        Ok(())
    }

    /// Ends the running token request.
    pub fn cut(&self, why: Cut) {
        let running = self.cut.take();
        if let Some((controller, sender)) = running {
            let _ = sender.send(why);
            controller.abort();
        }
    }

    /// Tells listeners what has changed; `event` first where it is one that carries the session.
    pub fn announce(self: &Rc<Self>, event: &str, source: &str) {
        let now = self.now_told();
        let before = self.told.replace(now.clone());
        if now.state != before.state {
            let detail = js::bare();
            js::set(&detail, "state", &now.state.into());
            js::set(&detail, "previous", &before.state.into());
            self.events.fire("statechange", &detail, false);
        }
        if !event.is_empty() {
            let detail = js::bare();
            js::set(&detail, "session", &now.session);
            js::set(&detail, "source", &source.into());
            self.events.fire(event, &detail, false);
        }
        if now != before {
            self.events.tell();
        }
        self.arm();
    }

    /// Ends the session here and in storage. The promise is the revocation's.
    pub fn end(self: &Rc<Self>, ending: Ending) -> Promise {
        let now = clock::now();
        let before = self.stored();
        let tombstone = self.ask(|machine| machine.on_end(&before.record, now));
        let members = js::bare();
        js::set(&members, "reason", &JsValue::from_str(&ending.reason));
        js::set(&members, "code", &ending.code.as_str().into());
        self.save(&tombstone, members);
        self.log("session ended");
        let revoked = (self.abort_all(&ending), ending.revoke.then(|| token_request::revoke(self, &before)).flatten()).1;
        self.tell_end(&ending, "this-tab");
        revoked.unwrap_or_else(|| Promise::resolve(&JsValue::UNDEFINED))
    }

    /// Rejects all that is pending with one object.
    fn abort_all(self: &Rc<Self>, ending: &Ending) {
        let error = ending.error.clone().unwrap_or_else(|| error::plain(ending.code));
        self.end.replace(error.clone());
        if let Ok(next) = Epoch::new() {
            let epoch = self.epoch.replace(Rc::new(next));
            self.renewal.take();
            self.let_go();
            self.cut(Cut::Overtaken);
            epoch.abort(&error);
        }
    }

    fn tell_end(self: &Rc<Self>, ending: &Ending, source: &str) {
        let was_out = self.told.borrow().state == "signed-out";
        let ended_in = self.ask(|machine| machine.epoch());
        self.announce("", source);
        if was_out {
            return;
        }
        let detail = js::bare();
        js::set(&detail, "reason", &JsValue::from_str(&ending.reason));
        js::set(&detail, "source", &source.into());
        if let Some(error) = &ending.error {
            js::set(&detail, "error", error);
        }
        let login_url = self.options.login_url.as_deref();
        let go = self.events.fire("logout", &detail, login_url.is_some());
        let still_out = self.ask(|machine| machine.epoch()) == ended_in && !self.record().signed_in();
        if let (true, true, Some(login_url)) = (go && ending.redirect, still_out, login_url) {
            go_to(login_url);
        }
    }

    /// Reads what stands in storage, and takes the consequences where another tab has changed it.
    pub fn catch_up(self: &Rc<Self>) {
        let Some(text) = self.news() else {
            return;
        };
        let before = self.record();
        let gone = text.is_null() && (before.signed_in() || before.suspended);
        let known_epoch = self.ask(|machine| machine.epoch());
        self.take_in(text);
        if gone {
            // Another tab may sign in with the time as its epoch: one more than what was seen is less than that.
            let tombstone = Record::tombstone(known_epoch + 1);
            self.ask(|machine| machine.observe(&tombstone, clock::now()));
            self.forget_epoch();
        }
        let now = self.record();
        if gone || now.epoch > known_epoch {
            self.ended_elsewhere(before.signed_in() || before.suspended);
            if now.signed_in() {
                self.announce("signin", "other-tab");
            }
        } else {
            self.let_go();
            let event = match (before.access == now.access, before.signed_in(), now.signed_in()) {
                (false, true, true) => "refresh",
                (false, false, true) => "signin",
                _ => "",
            };
            self.announce(event, "other-tab");
        }
    }

    fn ended_elsewhere(self: &Rc<Self>, was_in: bool) {
        let stored = self.stored();
        let code = stored.member("code").as_string();
        let expired = code.as_deref() == Some(Code::SessionExpired.as_str());
        let ending = Ending {
            code: if expired { Code::SessionExpired } else { Code::LoggedOut },
            reason: stored.member("reason").as_string().unwrap_or_else(|| "user".into()),
            error: None,
            redirect: true,
            revoke: false,
        };
        self.abort_all(&ending);
        if was_in {
            self.tell_end(&ending, "other-tab");
        }
    }

    /// A renewal beside calls that wait: whoever may go now goes.
    pub fn let_go(self: &Rc<Self>) {
        if self.release() == crate::protocol::session::Renew::Start {
            self.run_opened();
        }
    }

    /// The record without its tokens, in the same epoch: the refresh token was refused, and the session is kept.
    pub fn suspend(self: &Rc<Self>, error: &JsValue) {
        let record = Record { access: None, refresh: None, suspended: true, ..self.record() };
        self.save(&record, Object::assign(&js::bare(), &js::bare()));
        self.let_go();
        let detail = js::bare();
        js::set(&detail, "error", error);
        self.announce("", "this-tab");
        self.events.fire("suspend", &detail, false);
    }
}

fn go_to(login_url: &str) {
    let location = js::get(&js::global("document"), "location");
    let (Some(there), Some(here)) = (parse_url(&login_url.into()), parse_url(&js::get(&location, "href"))) else {
        return;
    };
    if location.is_object() && !(there.origin() == here.origin() && there.pathname() == here.pathname()) {
        let _ = js::invoke(&location, "assign", &login_url.into(), &JsValue::UNDEFINED);
    }
}
