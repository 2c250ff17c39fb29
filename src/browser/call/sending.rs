//! What each call carries of the session, made once while a token lives.

use super::client::Client;
use super::usual::Instance;
use crate::browser::abort::Epoch;
use crate::browser::record::Text;
use crate::protocol::token::AccessToken;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/call/sending.js")]
extern "C" {
    /// Calls carry this token from now on, where there is one, and end with this epoch.
    fn carry(instance: &Instance, scheme: &JsValue, token: &JsValue, epoch: &Epoch);
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
