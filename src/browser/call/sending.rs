//! What each call carries of the session, made once while a token lives, and what goes out in its caller's turn.

use super::client::Client;
use super::instance::Instance;
use super::outgoing::Outgoing;
use crate::browser::abort::Epoch;
use crate::browser::record::Text;
use crate::protocol::token::AccessToken;
use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/call/sending.js")]
extern "C" {
    /// Calls carry this token from now on, where there is one, and end with this epoch.
    fn carry(instance: &Instance, scheme: &JsValue, token: &JsValue, epoch: &Epoch);
    /// Sends what was taken down in its caller's turn, with a signal of its own where there is an `epoch` to end it; the
    /// copy that a second send needs is kept. `handle` is told what has come of it.
    #[wasm_bindgen(js_name = sendFirst)]
    pub fn send_first(
        outgoing: &Outgoing,
        instance: &Instance,
        epoch: &JsValue,
        place: i32,
        handle: &JsValue,
    ) -> Promise;
}

impl Client {
    /// From now on calls carry `token`.
    pub(super) fn carry(&self, token: AccessToken) {
        let carried = Some((token, self.driver.epochs_over()));
        if self.carried.replace(carried) != carried {
            self.carry_anew();
        }
    }

    #[inline(never)]
    fn carry_anew(&self) {
        let vault = &self.driver.vault;
        let kind = vault.texts.get(Text::TokenType);
        let scheme = self.options.scheme.as_ref().map(AsRef::as_ref).unwrap_or(&kind);
        carry(&self.instance, scheme, &vault.bearer_token(), &self.driver.epoch());
    }
}
