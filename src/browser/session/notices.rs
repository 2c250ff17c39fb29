//! What listeners are told: the state and the session as they are by then, and what has happened.

use super::driver::SessionDriver;
use crate::browser::js::keys::Key;
use crate::browser::js::{Lent, NONE, Val, task};
use crate::protocol::effect::{Notice, Source};
use crate::protocol::grant::GrantOutcome;
use crate::protocol::session::State;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/ops.js")]
extern "C" {
    fn warn(warned: Lent, text: &str);
}

/// The contract's word for it.
pub const fn word(state: State) -> Key {
    match state {
        State::SignedOut => Key::StateSignedOut,
        State::SignedIn => Key::StateSignedIn,
        State::Refreshing => Key::Refreshing,
        State::Suspended => Key::Suspended,
    }
}

const fn word_of_source(source: Source) -> Key {
    match source {
        Source::ThisTab => Key::ThisTab,
        Source::OtherTab => Key::OtherTab,
    }
}

impl SessionDriver {
    /// Tells listeners what has changed; then what has happened.
    pub fn notify(self: &Rc<Self>, notice: Notice) {
        if notice == Notice::StorageBlocked {
            return self.tell_blocked();
        }
        let (before, now) = self.session(|session| session.take_change());
        if now != before {
            let detail = Val::bare();
            detail.put_name(Key::State, word(now));
            detail.put_name(Key::Previous, word(before));
            self.events.fire(Key::Statechange, &detail, false);
        }
        match notice {
            Notice::SignIn(source) => self.tell_session(Key::Signin, source),
            Notice::Refresh(source) => self.tell_session(Key::Refresh, source),
            _ => {}
        }
        let session = self.vault.session();
        if !self.events.last_session.replace(session.clone()).same(&session) || now != before {
            self.events.tell();
        }
        match notice {
            Notice::RefreshFailed { attempts, .. } => self.tell_failure(attempts),
            Notice::Suspend => self.tell_suspension(),
            Notice::Logout(source) => self.tell_end(source),
            Notice::Changed | Notice::SignIn(_) | Notice::Refresh(_) | Notice::StorageBlocked => {}
        }
    }

    fn tell_session(&self, kind: Key, source: Source) {
        let session = self.vault.session();
        if session.is_object() {
            let detail = Val::bare();
            detail.put(Key::Session, &session);
            detail.put_name(Key::Source, word_of_source(source));
            self.events.fire(kind, &detail, false);
        }
    }

    fn tell_suspension(&self) {
        let detail = Val::bare();
        detail.put(Key::Error, &self.refreshes.take_refusal());
        self.events.fire(Key::Suspend, &detail, false);
    }

    fn tell_failure(&self, attempts: u16) {
        let detail = Val::bare();
        detail.put(Key::Error, &self.refreshes.last_failure());
        detail.put_number(Key::Attempts, attempts.into());
        self.events.fire(Key::Refreshfailed, &detail, false);
        let message = match &*self.refreshes.reply.borrow() {
            Some(reply) if reply.outcome.class != GrantOutcome::Transient => reply.message.clone(),
            Some(_) | None => return,
        };
        warn(self.warned.lend(), &message);
    }

    fn tell_end(&self, source: Source) {
        let (reason, error) = {
            let told = self.ends.told.borrow();
            (told.reason.clone(), told.error.clone())
        };
        if !self.session(|session| session.take_end()) {
            return self.ends.stay(true);
        }
        let detail = Val::bare();
        detail.put(Key::Reason, &reason);
        detail.put_name(Key::Source, word_of_source(source));
        if !error.is_undefined() {
            detail.put(Key::Error, &error);
        }
        let goes = self.events.fire(Key::Logout, &detail, self.options.login_url.is_text());
        self.ends.stay(!goes);
    }

    /// Says, a microtask later, that the record is kept in memory, where something has blocked the storage.
    pub fn tell_blocked(self: &Rc<Self>) {
        let driver = Rc::clone(self);
        task::promise(async move {
            let detail = Val::bare();
            detail.put(Key::Error, &driver.blocked.get());
            driver.events.fire(Key::Storageblocked, &detail, false);
            Ok(NONE.clone())
        });
    }
}
