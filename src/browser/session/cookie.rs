//! A refresh token in a cookie, which the browser keeps for all tabs, where they share no record.
//!
//! Before and after each token request, and whenever the page may have slept, the mark is read that the other tabs have
//! committed: how far the cookie's session has come.

use super::revocation;
use super::shared::Shared;
use crate::browser::js::task;
use crate::browser::js::{NONE, Val};
use crate::browser::tabs::{Tabs, mark_of};
use crate::protocol::session::Session;
use crate::protocol::tabs::Mark;
use crate::protocol::token::Record;
use std::rc::Rc;

impl Shared {
    /// Whether a cookie may hold the refresh token of this session, or of the next, and tabs share no record of it.
    pub fn by_cookie(&self) -> bool {
        self.cookie_possible && !self.store.shared() && self.record().refresh.is_none()
    }

    /// What the tabs share.
    pub fn tabs(&self) -> Tabs {
        Tabs::new(self.store.shared(), &self.options.name, &self.owner)
    }

    /// How far the record has come, where tabs share it, or else the session of the cookie, where they may share that.
    pub fn mark(&self) -> Option<Mark> {
        if self.store.shared() {
            return Some(Mark::of(&self.record()));
        }
        self.by_cookie().then(|| self.ask(|machine| machine.cookie()))
    }

    /// A promise that what other tabs have committed has been read. With `revoke` the server is told once more of a
    /// logout that it has not confirmed.
    pub fn read_cookie_mark(self: &Rc<Self>, revoke: bool) -> Val {
        if !self.cookie_possible {
            return Val::UNDEFINED;
        }
        let shared = Rc::clone(self);
        task::promise(async move {
            if shared.by_cookie() {
                let committed = shared.tabs().committed().wait().await.unwrap_or_default();
                shared.on_cookie_mark(&committed);
            }
            if revoke && shared.unconfirmed().is_some() && !shared.revoking.get() {
                let _ = revocation::revoke(&shared, &NONE, &NONE);
            }
            Ok(Val::UNDEFINED)
        })
    }

    /// Another tab's mark: this tab's session may be over.
    pub fn on_cookie_mark(self: &Rc<Self>, mark: &Val) {
        let record = self.record();
        if let Some(tombstone) = self.ask(|machine| machine.on_cookie_mark(mark_of(mark), &record)) {
            self.save(&tombstone, Val::bare());
            self.ended_elsewhere(true);
        }
    }

    /// The epoch of a logout that the server has not confirmed: the cookie may have outlived it.
    pub fn unconfirmed(&self) -> Option<u64> {
        let shared = self.store.shared();
        let unconfirmed = if shared { self.record().unconfirmed } else { self.ask(|machine| machine.unconfirmed()) };
        let epoch = self.mark()?.epoch;
        unconfirmed.then_some(epoch)
    }

    /// The server has confirmed the logout of this epoch.
    pub fn confirmed(self: &Rc<Self>, epoch: u64) {
        self.sync_record();
        if self.unconfirmed() == Some(epoch) {
            self.ask(Session::on_confirmed);
            if self.store.shared() {
                let record = Record { unconfirmed: false, ..self.record() };
                self.save(&record, self.members().own());
            } else {
                self.signal();
            }
            let _ = self.commit();
        }
    }
}
