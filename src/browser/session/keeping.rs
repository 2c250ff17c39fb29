//! The record of a session: read when it has changed, written whole, and always what the machine is shown.

use super::shared::Shared;
use crate::browser::clock::{self, Timer};
use crate::browser::js::Val;
use crate::browser::js::keys::Key;
use crate::browser::record::{self, Known, Stored, snapshot, usable};
use crate::browser::tokens::Tokens;
use crate::protocol::renewal::Keep;
use crate::protocol::session::Session;
use crate::protocol::tabs::{Mark, RESTORE_MS, Reading};
use crate::protocol::token::{AccessToken, Record};
use std::rc::Rc;

impl Shared {
    /// The stored text if it is not the one known.
    pub fn read_if_changed(&self) -> Option<Val> {
        let text = self.store.read();
        let known = self.text.borrow().same(&text);
        (!known).then_some(text)
    }

    fn apply_record(&self, stored: Stored) {
        let record = stored.record;
        let (epoch, can_renew) = self.ask(|machine| {
            machine.observe(&record, clock::now());
            (machine.epoch(), machine.can_renew(&record))
        });
        let session = snapshot(&stored, can_renew);
        if !session.json().same(&self.session().json()) {
            self.session.replace(session);
        }
        self.stored.replace(stored);
        if self.known_epoch.replace(epoch) != epoch {
            // An epoch may be heard of before its tokens can be read.
            self.first_token.set(record.access.map_or_else(|| self.known.next_access(), |token| token.0));
            self.renewal.take();
        }
    }

    /// Whether a token of this number was sent in the running epoch.
    pub fn of_this_epoch(&self, token: u32) -> bool {
        token >= self.first_token.get()
    }

    /// Writes a record with these members, and makes it the known one.
    pub fn save(self: &Rc<Self>, record: &Record, members: Val) {
        let blocked = self.put(record, members);
        self.storage_blocked(blocked);
    }

    fn put(&self, record: &Record, members: Val) -> Option<Val> {
        let version = self.record().version.max(record.version) + 1;
        self.write(&Record { version, ..*record }, members)
    }

    fn write(&self, record: &Record, members: Val) -> Option<Val> {
        let text = record::write(record, &members);
        let before = self.text.borrow().clone();
        let error = self.store.write(&text);
        let now = self.text.borrow().clone();
        if !(now.same(&before) || now.same(&text)) {
            // The app's storage has called us back meanwhile: what came of that is the later word.
            return self.store.write(&now);
        }
        self.adopt(record, members, text);
        self.signal();
        error
    }

    /// Knows a record of ours by its text, whether or not it stands in storage.
    fn adopt(&self, record: &Record, members: Val, text: Val) {
        self.text.replace(text);
        let mut stored = Stored::of(members, &self.known, &self.owner);
        stored.record.epoch = record.epoch;
        self.apply_record(stored);
    }

    /// Tells other tabs how far the record, or the cookie's session, has come: persisted first, then signalled.
    pub fn signal(&self) {
        if let Some(channel) = &*self.channel.borrow()
            && let Some(mark) = self.mark()
        {
            let members = if self.store.shared() { self.members() } else { Val::UNDEFINED };
            channel.post(mark, &members, &self.owner);
        }
    }

    /// Reads a record that is not the known one. False where it is older than what is known, which is restored in its
    /// place if it stands there for a while.
    pub fn read(self: &Rc<Self>, text: Val) -> bool {
        // Its tokens get numbers only if it is believed.
        let stored = Stored::read(&text, &Known::default(), &self.owner);
        // What cannot be read, or is another app's, has no epoch: there is no session here, and it is left alone.
        let known = self.record();
        match self.ask(|machine| machine.on_read(&stored.record, &known)) {
            Reading::Believe => {
                self.text.replace(text);
                if stored.members.is_object() {
                    self.apply_record(Stored::of(stored.members, &self.known, &self.owner));
                } else {
                    // An end that is known stays known: what is of an epoch before it may come yet.
                    let record = Record::tombstone(self.ask(|machine| machine.epoch()));
                    self.apply_record(Stored { record, ..stored });
                }
                return true;
            }
            Reading::Restore => self.restore_record_later(),
            Reading::Ignore => {}
        }
        false
    }

    fn restore_record_later(self: &Rc<Self>) {
        if self.restoring.borrow().is_some() {
            return;
        }
        let weak = Rc::downgrade(self);
        let timer = Timer::after(RESTORE_MS as f64, move || {
            if let Some(shared) = weak.upgrade() {
                shared.restore_record();
            }
        });
        self.restoring.replace(Some(timer));
    }

    /// What is known is written in the place of something older, if that still stands there.
    fn restore_record(self: &Rc<Self>) {
        self.restoring.take();
        self.sync_record();
        if self.restoring.take().is_some() {
            let known = self.text.borrow().clone();
            let text = if known.is_text() { known } else { record::write(&self.record(), &Val::bare()) };
            self.text.replace(text.clone());
            self.store.write(&text);
            self.signal();
        }
    }

    /// The page is left: what would be restored a little later is restored now where it is an end. Every tab may be on
    /// its way to the login page, and none would be left to do it.
    pub fn restore_end(self: &Rc<Self>) {
        if self.restoring.borrow().is_some() && !self.record().signed_in() {
            self.restore_record();
        }
    }

    /// An end that another tab has signalled and this one cannot see yet: its tombstone is known from now on.
    pub fn apply_end(&self, mark: Mark, code: &Val, reason: &Val) {
        let members = Val::bare();
        members.put(Key::Code, code);
        members.put(Key::Reason, reason);
        let tombstone = Record { version: mark.version, ..Record::tombstone(mark.epoch) };
        let text = record::write(&tombstone, &members);
        self.adopt(&tombstone, members, text);
    }

    /// The record is removed, and was never this tab's.
    pub fn forget(&self) {
        self.text.replace(Val::NULL);
        self.apply_record(Stored::default());
    }

    /// A later epoch than this tab can see yet, of which nothing else is known: its own record, when it comes, is
    /// later.
    pub fn apply_epoch(&self, epoch: u64) {
        self.text.replace(Val::UNDEFINED);
        self.apply_tombstone(&Record::tombstone(epoch));
    }

    /// What is known is this end, which is not written.
    pub fn apply_tombstone(&self, tombstone: &Record) {
        self.apply_record(Stored { record: *tombstone, ..Stored::default() });
    }

    /// A sign-in, or new tokens within the session, as `setTokens` gives them.
    /// `epoch` says that of a session which begins so.
    pub fn sign_in(&self, tokens: &Tokens, epoch: fn(&Session, &Record, u64) -> u64, now: u64) -> Option<Val> {
        let old = self.record();
        let within = old.has_session();
        let epoch = if within { old.epoch } else { self.ask(|machine| epoch(machine, &old, now)) };
        let version = if within { old.version } else { 0 };
        let signin = old.signin + 1;
        let record =
            Record { epoch, version, signin, received_at: now, expires_at: tokens.expires_at, ..Record::default() };
        let kept = Val::bare();
        if old.signed_in() {
            kept.put(Key::RefreshToken, &self.member(Key::RefreshToken));
        }
        self.put_tokens(record, tokens, &kept)
    }

    /// The tokens of a renewal; with [`Keep::Stored`] only the refresh token is new.
    pub fn renewed(&self, tokens: &Tokens, keep: Keep, now: u64) -> Option<Val> {
        let (record, members) = (self.record(), self.members().own());
        match keep {
            Keep::New => {
                let same_text = tokens.access.same(&members.get(Key::AccessToken));
                let renewed = self.ask(|machine| machine.renewed(&record, same_text, now, tokens.expires_at));
                self.put_tokens(renewed, tokens, &members)
            }
            Keep::Stored => {
                if usable(&tokens.refresh) {
                    members.put(Key::RefreshToken, &tokens.refresh);
                }
                self.put(&record, members)
            }
        }
    }

    fn put_tokens(&self, record: Record, tokens: &Tokens, kept: &Val) -> Option<Val> {
        let members = self.owner.own();
        members.put(Key::AccessToken, &tokens.access);
        members.put(Key::TokenType, &tokens.kind);
        let or_kept = |there: bool, value: &Val, name| if there { value.clone() } else { kept.get(name) };
        members.put(Key::RefreshToken, &or_kept(usable(&tokens.refresh), &tokens.refresh, Key::RefreshToken));
        members.put(Key::Scope, &or_kept(tokens.scope.is_text(), &tokens.scope, Key::Scope));
        let extra = kept.get(Key::Extra).own();
        extra.merge(&tokens.extra);
        members.put(Key::Extra, &extra);
        self.put(&Record { access: Some(AccessToken(0)), ..record }, members)
    }

    /// Changes what the record says beside the tokens: a note, which makes it no later than it was.
    pub fn amend(self: &Rc<Self>, change: impl FnOnce(&mut Record)) {
        let mut record = self.record();
        change(&mut record);
        let blocked = self.write(&record, self.members().own());
        self.storage_blocked(blocked);
    }
}
