//! What each call carries of the session, made once while a token lives.

use super::client::Client;
use crate::browser::abort::FOLLOWERS;
use crate::browser::fetch::Underlying;
use crate::browser::record::Text;
use crate::protocol::token::AccessToken;
use js_sys::{Function, JsString, Promise};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

#[wasm_bindgen(module = "/src/browser/call/sending.js")]
extern "C" {
    /// The header's value, and the `init` of a call that brings none.
    pub type Carried;
    fn carried(header: &JsString, scheme: &JsValue, token: &JsValue, signal: &AbortSignal, strict: i32) -> Carried;
    /// The header's value: the token, after its scheme if it has one.
    #[wasm_bindgen(js_name = headerValueOf)]
    pub fn value(carried: &Carried) -> JsString;
    /// Sends a call that brings nothing but a URL, with a signal of its own where there is an `epoch` to end it. With
    /// `crosses`, the session's cookies are to go to another origin. `settle` is called with the place, `outgoing`, 0
    /// where there is an error and 1 where there is a response, that or the error, and its status.
    pub fn send(
        carried: &Carried,
        underlying: &Underlying,
        url: &JsValue,
        epoch: &JsValue,
        place: i32,
        outgoing: &JsValue,
        settle: &Function,
        crosses: i32,
    ) -> Promise;
}

/// What goes along with each call while a token lives.
pub struct Sending {
    token: AccessToken,
    /// How many epochs were over then: what is carried has the signal of the one that ran.
    epochs_over: u32,
    pub carried: Carried,
    /// How often it may still be used: not all calls share one signal.
    left: u32,
}

impl Client {
    /// What goes along with `token`, made once while it lives.
    pub(super) fn sending<T>(&self, token: AccessToken, with: impl FnOnce(&Sending) -> T) -> T {
        let epochs_over = self.driver.epochs_over();
        let known = self.sending.take().filter(|it| it.left > 0 && it.token == token && it.epochs_over == epochs_over);
        let mut sending = known.unwrap_or_else(|| self.sending_of(token, epochs_over));
        sending.left -= 1;
        let result = with(&sending);
        self.sending.replace(Some(sending));
        result
    }

    #[inline(never)]
    fn sending_of(&self, token: AccessToken, epochs_over: u32) -> Sending {
        let (vault, options) = (&self.driver.vault, &self.options);
        let kind = vault.texts.get(Text::TokenType);
        let scheme = options.scheme.as_ref().map(AsRef::as_ref).unwrap_or(&kind);
        let strict = i32::from(!options.is_authorization);
        let signal = self.driver.epoch().fresh_signal();
        let carried = carried(&options.header, scheme, &vault.bearer_token(), &signal, strict);
        Sending { token, epochs_over, carried, left: FOLLOWERS }
    }
}
