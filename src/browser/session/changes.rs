//! What is known and what other tabs are told of: `setTokens`, signals, and records that are not written.

use super::driver::SessionDriver;
use crate::browser::effects::{tabs, timers};
use crate::browser::error;
use crate::browser::record::Text;
use crate::browser::tokens::{self, Tokens, Unusable};
use crate::protocol::effect::Members;
use crate::protocol::event::Event;
use crate::protocol::tabs::Mark;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

impl SessionDriver {
    /// See `setTokens` in the contract.
    pub fn set_tokens(self: &Rc<Self>, response: &JsValue) -> Result<(), JsValue> {
        let tokens = Tokens::of(tokens::read(response, false)?, timers::now()).map_err(|why| {
            error::type_error(match why {
                Unusable::NoToken => "setTokens: the response has no `access_token`, a non-empty string.",
                Unusable::BadToken => "setTokens: a token may hold visible ASCII characters only.",
                Unusable::BadType => "setTokens: this `token_type` cannot be sent; DPoP is not supported.",
            })
        })?;
        self.take_tokens(&tokens);
        Ok(())
    }

    /// See `signedIn` in the contract.
    pub fn signed_in(self: &Rc<Self>, details: &JsValue) -> Result<(), JsValue> {
        self.take_tokens(&Tokens::in_cookies(tokens::read(details, true)?, timers::now()));
        Ok(())
    }

    fn take_tokens(self: &Rc<Self>, tokens: &Tokens) {
        self.synchronize();
        let granted = self.vault.grant(tokens);
        self.dispatch(Event::SetTokens(granted));
    }

    /// Takes over the three values of the interceptor recipe.
    pub fn adopt_recipe_keys(self: &Rc<Self>, keys: [JsValue; 3]) {
        if let Ok(tokens) = Tokens::of_recipe(keys, timers::now()) {
            let granted = self.vault.grant(&tokens);
            self.ask(|session, now| session.adopt(granted, now));
        }
    }

    /// Another tab's signal: how far the record has come, and the members of an end, or `null`. Where it is of another
    /// app, it has none.
    pub(super) fn on_signal(self: &Rc<Self>, mark: Mark, end: JsValue) {
        if end.is_undefined() {
            return self.synchronize();
        }
        let of_end = !end.is_null();
        self.signalled.replace(end);
        self.dispatch(Event::Signalled { mark, of_end });
    }

    /// Tells other tabs how far the record, or the cookie's session, has come.
    pub fn signal(&self) {
        let Some(mark) = self.session(|session| session.mark()) else { return };
        let (texts, record) = (&self.vault.texts, self.shares_record());
        let (code, reason) = (texts.get(Text::Code), texts.get(Text::Reason));
        tabs::post(&self.tabs, record, mark.epoch as f64, mark.version as f64, &code, &reason);
    }

    /// This is known, and not written.
    pub fn assume(&self, members: Members) {
        let record = &self.record();
        if members == Members::Signalled {
            self.vault.write(record, members, &self.signalled.borrow(), 0);
        } else {
            self.vault.assume(record);
        }
        self.make_snapshot();
    }

    /// Writes what is known; tells where the storage does not take it.
    pub fn write(&self, members: Members) -> Option<Event> {
        let generation = self.session(|session| session.generation());
        let text = self.vault.write(&self.record(), members, &self.ends.members.borrow(), generation);
        self.make_snapshot();
        let mut error = self.store.write(&text);
        let known = self.vault.text();
        if known != text {
            // The app's storage has called us back meanwhile: what came of that is the later word.
            error = self.store.write(&known);
        }
        error.map(|error| {
            self.blocked.replace(error);
            Event::WriteBlocked
        })
    }
}
