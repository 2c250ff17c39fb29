//! What each call carries of the session, made once while a token lives.

use super::client::Client;
use crate::browser::abort;
use crate::browser::js::keys::Key;
use crate::browser::js::{Lent, Val};
use crate::protocol::token::AccessToken;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/ops.js")]
extern "C" {
    /// What the header carries: the token, after its scheme if it has one.
    fn credentials(scheme: Lent, token: Lent) -> Val;
}

/// What goes along with each call while a token lives.
pub struct Sending {
    pub token: AccessToken,
    epoch: Rc<abort::Epoch>,
    /// The header's value, as one JavaScript string.
    pub value: Val,
    /// The `init` of a call that brings none.
    pub init: Val,
    /// How often it may still be used: not all calls share one signal.
    left: u32,
}

impl Client {
    /// What goes along with `token`, made once while it lives.
    pub(super) fn sending<T>(&self, token: AccessToken, with: impl FnOnce(&Sending) -> T) -> T {
        let epoch = self.driver.epoch();
        let known = self.sending.take().filter(|it| it.left > 0 && it.token == token && Rc::ptr_eq(&it.epoch, &epoch));
        let mut sending = known.unwrap_or_else(|| self.sending_of(token, epoch));
        sending.left -= 1;
        let result = with(&sending);
        self.sending.replace(Some(sending));
        result
    }

    #[inline(never)]
    fn sending_of(&self, token: AccessToken, epoch: Rc<abort::Epoch>) -> Sending {
        let driver = &self.driver;
        let kind = driver.vault.member(Key::TokenType);
        let scheme = if self.options.scheme.is_text() { &self.options.scheme } else { &kind };
        let bearer = Val::name(Key::Bearer);
        let scheme = if scheme.is_text() { scheme } else { &bearer };
        let value = credentials(scheme.lend(), driver.vault.member(Key::AccessToken).lend());
        let headers = Val::list();
        let pair = Val::list();
        pair.push(&self.options.header);
        pair.push(&value);
        headers.push(&pair);
        let init = Val::bare();
        init.put(Key::Headers, &headers);
        init.put(Key::Signal, &epoch.fresh());
        if !self.options.is_authorization {
            init.put_name(Key::Redirect, Key::Error);
        }
        Sending { token, epoch, value, init, left: abort::FOLLOWERS }
    }
}
