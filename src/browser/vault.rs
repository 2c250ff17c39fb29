//! The token texts, by number, and the record as it is stored: one JSON value, parsed and written by the engine.
//!
//! The machine knows each token by a number alone; the texts are lent to a header, a token request and the record.
//! Objects are read without their prototype, so that junk on `Object.prototype` widens nothing.

use super::js::Val;
use super::js::keys::Key;
use super::js::slot::Slot;
use super::record::{FORMAT, json_of, snapshot};
use super::tokens::{Tokens, usable};
use crate::protocol::effect::Members;
use crate::protocol::event::{Granted, Stored};
use crate::protocol::token::{AccessToken, Record, RefreshToken};
use std::cell::{Cell, RefCell};

/// See the module's text.
pub struct Vault {
    /// The stored text last read or written; `null` where nothing was stored, `undefined` where it is not known.
    text: Slot,
    /// Its members, without a prototype; `undefined` where there are none.
    members: Slot,
    /// What was read last, and is not believed yet.
    read: (Slot, Slot),
    /// The token response that is to be stored.
    granted: RefCell<Option<Tokens>>,
    /// The frozen snapshot: the same object until it changes.
    session: Slot,
    access: Numbers,
    refresh: Numbers,
    /// Whose the record is: `endpoint`, `client_id` and, in `sessionStorage`, the page's `owner`.
    pub owner: Val,
}

/// Gives tokens their numbers: the same number for the text that stands in the record, and for no other.
#[derive(Default)]
struct Numbers {
    known: Slot,
    number: Cell<u32>,
    last: Cell<u32>,
}

impl Numbers {
    /// The number that this text would have; it has none before it is known.
    fn of(&self, token: &Val) -> Option<u32> {
        let known = self.known.holds(token);
        usable(token).then(|| if known { self.number.get() } else { self.last.get() + 1 })
    }

    /// A number for a text that may come to be known later.
    fn reserve(&self, token: &Val) -> Option<u32> {
        let number = self.of(token)?;
        self.last.set(self.last.get().max(number));
        Some(number)
    }

    /// The text that stands in the record. The same text after a sign-out is another token: its calls belong to another
    /// epoch.
    fn know(&self, token: Val, number: Option<u32>) {
        self.known.set(if usable(&token) { token } else { Val::NULL });
        if let Some(number) = number {
            self.number.set(number);
            self.last.set(self.last.get().max(number));
        }
    }
}

impl Vault {
    /// Nothing is known yet.
    pub fn new(owner: Val) -> Self {
        Self {
            text: Slot::default(),
            members: Slot::default(),
            read: Default::default(),
            granted: RefCell::default(),
            session: Slot::new(Val::NULL),
            access: Numbers::default(),
            refresh: Numbers::default(),
            owner,
        }
    }

    /// A member of the record.
    pub fn member(&self, name: Key) -> Val {
        self.members.get().get(name)
    }

    /// All its members.
    pub fn members(&self) -> Val {
        self.members.get()
    }

    /// The stored text as it is known.
    pub fn text(&self) -> Val {
        self.text.get()
    }

    /// Whether this text is the known one.
    pub fn knows(&self, text: &Val) -> bool {
        self.text.holds(text)
    }

    /// What this text says. It is not believed yet.
    #[inline(never)]
    pub fn read(&self, text: Val) -> Stored {
        let parsed = if text.is_text() { text.parse() } else { Val::NULL };
        let object = parsed.is_object() && !parsed.is_array();
        let members = if object { parsed.own() } else { Val::UNDEFINED };
        let stored = if text.is_null() {
            Stored::Absent
        } else if object {
            self.record_of(&members)
        } else {
            Stored::Corrupt
        };
        let members = if matches!(stored, Stored::Record(_)) { members } else { Val::UNDEFINED };
        self.read.0.set(text);
        self.read.1.set(members);
        stored
    }

    fn record_of(&self, members: &Val) -> Stored {
        let version = members.get(Key::V);
        let differs = |name| {
            let theirs = members.get(name);
            !theirs.is_undefined() && !theirs.same(&self.owner.get(name))
        };
        if differs(Key::Endpoint) || differs(Key::ClientIdMember) {
            return Stored::AnotherApps;
        }
        if !(version.is_undefined() || version.as_number() == FORMAT) {
            return Stored::Corrupt;
        }
        let count = |name| members.get(name).as_number() as u64;
        let access = self.access.of(&members.get(Key::AccessToken)).map(AccessToken);
        let expires_at = members.get(Key::ExpiresAtMember).as_number();
        Stored::Record(Record {
            epoch: count(Key::Epoch),
            version: count(Key::Version),
            signin: count(Key::Signin),
            access,
            refresh: self.refresh.of(&members.get(Key::RefreshToken)).map(RefreshToken),
            received_at: count(Key::ReceivedAt),
            expires_at: if expires_at.is_nan() { None } else { Some(expires_at as u64) },
            accepted: members.get(Key::Accepted).truthy(),
            rejected: members.get(Key::Rejected).truthy(),
            unaccepted: members.get(Key::Unaccepted).as_number() as u32,
            suspended: access.is_none() && members.get(Key::Suspended).truthy(),
            retry_at: count(Key::RetryAt),
            retry_after_set: members.get(Key::Forbidden).truthy(),
            unconfirmed: access.is_none() && members.get(Key::Unconfirmed).truthy(),
        })
    }

    /// What was read last is the record.
    pub fn adopt_read(&self, record: &Record) {
        let (text, members) = (self.read.0.take(), self.read.1.take());
        self.text.set(text);
        self.know(record, members);
    }

    fn know(&self, record: &Record, members: Val) {
        self.access.know(members.get(Key::AccessToken), record.access.map(|token| token.0));
        self.refresh.know(members.get(Key::RefreshToken), record.refresh.map(|token| token.0));
        self.members.set(members);
    }

    /// Takes a token response that may come to be stored.
    pub fn grant(&self, tokens: Tokens) -> Granted {
        let same_text = tokens.access.same(&self.member(Key::AccessToken));
        let granted = Granted {
            access: AccessToken(self.access.reserve(&tokens.access).unwrap_or_default()),
            refresh: self.refresh.reserve(&tokens.refresh).map(RefreshToken),
            expires_at: tokens.expires_at,
            same_text,
        };
        self.granted.replace(Some(tokens));
        granted
    }

    /// Knows this record from now on; the text to store is returned. `end` has the members of an end.
    #[inline(never)]
    pub fn write(&self, record: &Record, members: Members, end: &Val) -> Val {
        let members = match members {
            Members::Kept => self.members().own(),
            Members::SignIn => {
                let kept = Val::bare();
                if record.refresh.is_some() {
                    kept.put(Key::RefreshToken, &self.member(Key::RefreshToken));
                }
                self.members_of_granted(&kept)
            }
            Members::Refreshed => self.members_of_granted(&self.members()),
            Members::RefreshToken => {
                let members = self.members().own();
                if let Some(tokens) = self.granted.take()
                    && usable(&tokens.refresh)
                {
                    members.put(Key::RefreshToken, &tokens.refresh);
                }
                members
            }
            Members::Nothing => Val::bare(),
            Members::End | Members::Signalled => end.own(),
        };
        let text = json_of(record, &members);
        self.text.set(text.clone());
        self.know(record, members);
        text
    }

    fn members_of_granted(&self, kept: &Val) -> Val {
        let members = self.owner.own();
        let Some(tokens) = self.granted.take() else { return members };
        members.put(Key::AccessToken, &tokens.access);
        members.put(Key::TokenType, &tokens.kind);
        let or_kept = |there: bool, value: &Val, name| if there { value.clone() } else { kept.get(name) };
        members.put(Key::RefreshToken, &or_kept(usable(&tokens.refresh), &tokens.refresh, Key::RefreshToken));
        members.put(Key::Scope, &or_kept(tokens.scope.is_text(), &tokens.scope, Key::Scope));
        let extra = kept.get(Key::Extra).own();
        extra.merge(&tokens.extra);
        members.put(Key::Extra, &extra);
        members
    }

    /// Knows this record from now on, of which no text is stored.
    pub fn assume(&self, record: &Record) {
        // That nothing stands in storage is known still.
        if !self.text.get().is_null() {
            self.text.set(Val::UNDEFINED);
        }
        self.know(record, Val::UNDEFINED);
    }

    /// The text of what is known, to be written in the place of something older.
    pub fn known_text(&self, record: &Record) -> Val {
        let known = self.text();
        let text = if known.is_text() { known } else { json_of(record, &Val::bare()) };
        self.text.set(text.clone());
        text
    }

    /// Nothing is stored, and what was is not this page's.
    pub fn forget(&self) {
        self.text.set(Val::NULL);
        self.know(&Record::default(), Val::UNDEFINED);
    }

    /// The snapshot that `auth.session` is.
    pub fn session(&self) -> Val {
        self.session.get()
    }

    /// Makes the snapshot anew, where anything in it has changed.
    pub fn make_snapshot(&self, signed_in: bool, can_refresh: bool) {
        let session = if signed_in { snapshot(&self.members(), can_refresh) } else { Val::NULL };
        if !session.json().same(&self.session().json()) {
            self.session.set(session);
        }
    }
}
