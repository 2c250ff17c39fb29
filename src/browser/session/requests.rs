//! What a session sends in its own name: token requests and revocations. Each is told of as an event when it has come
//! to something.

use super::driver::SessionDriver;
use super::ends::Revocable;
use crate::browser::debug;
use crate::browser::effects::reply::Reply;
use crate::browser::effects::revocation::{self, within};
use crate::browser::effects::token_endpoint::{self, begin};
use crate::browser::promise::{settle, wait};
use crate::protocol::event::Event;
use crate::protocol::refresh::Reason;
use crate::protocol::session::refresh;
use js_sys::Promise;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

impl SessionDriver {
    /// Sends one token request with the stored refresh token, a microtask later, and tells what has come of it.
    pub fn request_token(self: &Rc<Self>, id: u32, reason: Reason) {
        let driver = Rc::clone(self);
        let request = begin();
        self.refreshes.sends(id, request.clone());
        spawn_local(async move {
            let (options, reentry) = (&driver.options, &driver.reentry);
            let sent = token_endpoint::send(options, reentry, &request, &driver.vault.refresh_token(), reason);
            let reply = token_endpoint::reply(options, &request, sent).await;
            let reply = reply.unwrap_or_else(|error| token_endpoint::thrown(options, reentry, &request, error));
            let _ = driver.refreshes.sent(id);
            if driver.session(|session| session.refresh()) == Some(id) {
                driver.on_reply(id, reply);
            }
        });
    }

    fn on_reply(self: &Rc<Self>, id: u32, mut reply: Reply) {
        let granted = reply.tokens.take().map(|tokens| self.vault.grant(&tokens));
        let outcome = reply.outcome;
        self.refreshes.reply.replace(Some(reply));
        self.dispatch(Event::TokenReply(id, refresh::Reply { outcome, granted }));
    }

    /// Tells the server of the session that has ended. Everything local is done before, and nothing of it delays or
    /// fails the logout.
    pub fn revoke(self: &Rc<Self>) -> Option<Event> {
        let unconfirmed = self.session(|session| session.unconfirmed());
        let Revocable { done, refresh_token, access_token } = self.ends.revocable.take();
        let request = begin();
        let Some(sent) = revocation::revoke(&self.options, &request, &refresh_token, &access_token) else {
            fulfil(done);
            return Some(Event::Revoked { confirmed: None });
        };
        let driver = Rc::clone(self);
        spawn_local(async move {
            let answer = wait(&within(&request, driver.options.refresh_timeout, &sent)).await;
            let confirmed = unconfirmed.filter(|_| revocation::is_confirmed(&answer));
            driver.dispatch(Event::Revoked { confirmed });
            debug::revoked(driver.options.debug, answer, &revocation::url(&driver.options));
            fulfil(done);
        });
        None
    }
}

fn fulfil(done: Option<Promise>) {
    if let Some(done) = done {
        settle(&done, &Ok(JsValue::UNDEFINED));
    }
}
