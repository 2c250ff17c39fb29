//! A refresh token in a cookie, which the browser keeps for all tabs, where they share no record: how far its session has come.
//!
//! Before each refresh, and whenever the page may have slept, the mark is read that the other tabs have committed.

use crate::browser::js::{NONE, Val};
use crate::browser::js::task;
use crate::browser::tabs::Tabs;
use crate::browser::tokens::Tokens;
use super::shared::Shared;
use super::token_request;
use crate::protocol::cookie::{CookieMark, End};
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
        let name = &self.options.name;
        if self.store.shared() { Tabs::of_record(name) } else { Tabs::of_cookie(name, &self.owner) }
    }

    /// The record, of an epoch that is no lower than that of the cookie's session.
    pub fn record_above_mark(&self) -> Record {
        let record = self.record();
        Record { epoch: record.epoch.max(self.cookie.get().epoch), ..record }
    }

    /// The epoch of a session that begins now.
    pub fn new_epoch(&self, now: u64) -> u64 {
        self.ask(|machine| machine.next_epoch(&self.record_above_mark(), now))
    }

    /// The tokens of a refresh without a session.
    pub fn sign_in_by_cookie(&self, tokens: &Tokens, now: u64) -> Option<Val> {
        let record = self.record_above_mark();
        let epoch = self.ask(|machine| machine.epoch_by_cookie(self.cookie.get(), &record, now));
        self.sign_in(tokens, epoch, now)
    }

    /// New tokens are stored.
    pub fn cookie_replaced(&self) {
        if self.by_cookie() {
            self.cookie.set(self.cookie.get().replaced(self.record().epoch));
        }
    }

    /// The session has been ended here.
    pub fn cookie_ended(&self, epoch: u64, unconfirmed: bool) {
        let end = if unconfirmed { End::Unconfirmed } else { End::Known };
        self.cookie.set(self.cookie.get().ended(epoch, end));
        let _ = self.commit();
    }

    /// Signals the mark, and commits it.
    pub fn commit_cookie_mark(&self) -> Val {
        if !self.by_cookie() {
            return Val::UNDEFINED;
        }
        let mark = Mark::from(self.cookie.get());
        if let Some(channel) = &*self.channel.borrow() {
            channel.post(mark, &NONE, &self.owner);
        }
        self.tabs().commit(mark)
    }

    /// Reads what other tabs have committed.
    pub async fn read_cookie_mark(self: &Rc<Self>) {
        if self.by_cookie() {
            let mark = self.tabs().committed().await;
            self.learn(mark.into());
        }
    }

    /// Another tab's mark: this tab's session may be over.
    pub fn learn(self: &Rc<Self>, mark: CookieMark) {
        let mark = self.cookie.get().max(mark);
        self.cookie.set(mark);
        let record = self.record();
        if self.by_cookie()
            && let Some(tombstone) = self.ask(|machine| machine.on_cookie_mark(mark, &record))
        {
            self.save(&tombstone, Val::bare());
            self.ended_elsewhere(true);
        }
    }

    /// Reads the mark; with `revoke` a logout that the server has not confirmed is told of once more.
    pub fn look_at_cookie(self: &Rc<Self>, revoke: bool) {
        if !self.cookie_possible {
            return;
        }
        let shared = Rc::clone(self);
        task::promise(async move {
            shared.read_cookie_mark().await;
            if revoke && shared.unconfirmed().is_some() {
                let _ = token_request::revoke(&shared, &NONE);
            }
            Ok(Val::UNDEFINED)
        });
    }

    /// Whether a cookie may outlive the end of this session: the server is to be told by it.
    pub fn outlived_by_cookie(&self) -> bool {
        self.cookie_possible && self.record().refresh.is_none() && self.revokes_cookie()
    }

    /// The epoch of a logout that the server has not confirmed.
    pub fn unconfirmed(&self) -> Option<u64> {
        let (record, mark) = (self.record(), self.cookie.get());
        if record.unconfirmed {
            return Some(record.epoch);
        }
        (self.by_cookie() && mark.end == End::Unconfirmed).then_some(mark.epoch)
    }

    /// The server has confirmed the logout of this epoch.
    pub fn confirmed(self: &Rc<Self>, epoch: u64) {
        self.catch_up();
        if self.unconfirmed() != Some(epoch) {
            return;
        }
        if self.record().unconfirmed {
            self.amend(|record| record.unconfirmed = false);
        } else {
            self.cookie.set(CookieMark { end: End::Known, ..self.cookie.get() });
            let _ = self.commit();
        }
    }
}
