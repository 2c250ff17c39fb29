//! What is known and what other tabs are told of: `setTokens`, signals, and records that are not written.

use super::driver::SessionDriver;
use crate::browser::effects::tabs::mark_of;
use crate::browser::effects::timers;
use crate::browser::error;
use crate::browser::js::keys::Key;
use crate::browser::js::{Outcome, Val};
use crate::browser::tokens::{Tokens, Unusable};
use crate::protocol::effect::Members;
use crate::protocol::event::Event;
use std::rc::Rc;

impl SessionDriver {
    /// See `setTokens` in the contract.
    pub fn set_tokens(self: &Rc<Self>, response: &Val) -> Outcome<()> {
        let tokens = Tokens::read(response, timers::now()).map_err(|why| {
            error::type_error(match why {
                Unusable::NoToken => "setTokens: the response has no `access_token`, a non-empty string.",
                Unusable::BadToken => "setTokens: a token may hold visible ASCII characters only.",
                Unusable::BadType => "setTokens: this `token_type` cannot be sent; DPoP is not supported.",
            })
        })?;
        self.synchronize();
        let granted = self.vault.grant(tokens);
        self.dispatch(Event::SetTokens(granted));
        Ok(())
    }

    /// Takes over the three values of the interceptor recipe.
    pub fn adopt_recipe_keys(self: &Rc<Self>, keys: [Val; 3]) {
        if let Ok(tokens) = Tokens::of_recipe(keys, timers::now()) {
            let granted = self.vault.grant(tokens);
            self.ask(|session, now| session.adopt(granted, now));
        }
    }

    /// Another tab's signal (how far the record has come; of an end, its code and reason; whose it is), or what a
    /// storage event says of it.
    pub fn on_signal(self: &Rc<Self>, signal: &Val) {
        let owner = &self.vault.owner;
        let ours = signal.at(4).same(&owner.get(Key::Endpoint)) && signal.at(5).same(&owner.get(Key::ClientIdMember));
        if !ours {
            return self.synchronize();
        }
        let members = Val::bare();
        members.put(Key::Code, &signal.at(2));
        members.put(Key::Reason, &signal.at(3));
        self.signalled.set(members);
        self.dispatch(Event::Signalled { mark: mark_of(signal), of_end: signal.at(2).is_text() });
    }

    /// Tells other tabs how far the record, or the cookie's session, has come.
    pub fn signal(&self) {
        let Some(mark) = self.session(|session| session.mark()) else { return };
        let of = |name| if self.store.shared() { self.vault.member(name) } else { Val::UNDEFINED };
        let (code, reason) = (of(Key::Code), of(Key::Reason));
        self.channel.post(mark.epoch as f64, mark.version as f64, code.lend(), reason.lend());
    }

    /// This is known, and not written.
    pub fn assume(&self, members: Members) {
        let record = &self.record();
        if members == Members::Signalled {
            self.vault.write(record, members, &self.signalled.get());
        } else {
            self.vault.assume(record);
        }
        self.make_snapshot();
    }

    /// Writes what is known; tells where the storage does not take it.
    pub fn write(&self, members: Members) -> Option<Event> {
        let text = self.vault.write(&self.record(), members, &self.ends.members());
        self.make_snapshot();
        let mut error = self.store.write(&text);
        let known = self.vault.text();
        if !known.same(&text) {
            // The app's storage has called us back meanwhile: what came of that is the later word.
            error = self.store.write(&known);
        }
        error.map(|error| {
            self.blocked.set(error);
            Event::WriteBlocked
        })
    }
}
