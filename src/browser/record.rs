//! The record as it is stored: one JSON value, parsed and written by the engine.
//!
//! Objects are read without their prototype, so that junk on `Object.prototype` widens nothing, and whatever cannot be
//! read is "nothing stored".

use super::js::Val;
use super::js::keys::Key;
use crate::protocol::token::{AccessToken, Record, RefreshToken};
use std::cell::{Cell, RefCell};

const FORMAT: f64 = 1.0;

/// A record and what only JavaScript needs of it.
#[derive(Clone, Default)]
pub struct Stored {
    /// What the machine is shown.
    pub record: Record,
    /// The members, without a prototype; the tokens are among them.
    pub members: Val,
    /// It is the session of another app: no session here, and left alone until `setTokens`.
    pub another_apps: bool,
}

/// Gives tokens their numbers: the same number for the same token, as long as it is the last one.
#[derive(Default)]
pub struct Numbers {
    last: RefCell<Val>,
    number: Cell<u32>,
}

impl Numbers {
    fn of(&self, token: &Val) -> Option<u32> {
        let there = usable(token);
        if !there || !self.last.borrow().same(token) {
            // The same token after a sign-out is another one: its calls belong to another epoch.
            self.last.replace(if there { token.clone() } else { Val::NULL });
            self.number.set(self.number.get() + u32::from(there));
        }
        there.then(|| self.number.get())
    }

    /// The next token is another one, even if it reads the same; its number.
    fn next(&self) -> u32 {
        self.last.replace(Val::NULL);
        self.number.get() + 1
    }
}

/// The numbers of both kinds of token.
#[derive(Default)]
pub struct Known {
    access: Numbers,
    refresh: Numbers,
}

impl Known {
    /// The number of the next access token, where none is stored.
    pub fn next_access(&self) -> u32 {
        self.access.next()
    }
}

/// A non-empty string.
pub fn usable(token: &Val) -> bool {
    token.is_text() && token.truthy()
}

impl Stored {
    /// Reads the stored text. `owner` holds the `endpoint` and `client_id` of ours.
    pub fn read(text: &Val, known: &Known, owner: &Val) -> Self {
        let parsed = if text.is_text() { text.parse() } else { Val::NULL };
        if !parsed.is_object() || parsed.is_array() {
            return Self::default();
        }
        Self::of(parsed.own(), known, owner)
    }

    /// The record that these members make.
    pub fn of(members: Val, known: &Known, owner: &Val) -> Self {
        let version = members.get(Key::V);
        let differs = |name| {
            let theirs = members.get(name);
            !theirs.is_undefined() && !theirs.same(&owner.get(name))
        };
        let unknown = !(version.is_undefined() || version.as_number() == FORMAT);
        let another_apps = differs(Key::Endpoint) || differs(Key::ClientIdMember);
        if unknown || another_apps {
            return Self { another_apps, ..Self::default() };
        }
        let count = |name| members.get(name).as_number() as u64;
        let access = known.access.of(&members.get(Key::AccessToken)).map(AccessToken);
        let expires_at = members.get(Key::ExpiresAtMember).as_number();
        let record = Record {
            epoch: count(Key::Epoch),
            version: count(Key::Version),
            signin: count(Key::Signin),
            access,
            refresh: known.refresh.of(&members.get(Key::RefreshToken)).map(RefreshToken),
            received_at: count(Key::ReceivedAt),
            expires_at: if expires_at.is_nan() { None } else { Some(expires_at as u64) },
            accepted: members.get(Key::Accepted).truthy(),
            rejected: members.get(Key::Rejected).truthy(),
            unaccepted: members.get(Key::Unaccepted).as_number() as u32,
            suspended: access.is_none() && members.get(Key::Suspended).truthy(),
            retry_at: count(Key::RetryAt),
            retry_after_set: members.get(Key::Forbidden).truthy(),
            unconfirmed: access.is_none() && members.get(Key::Unconfirmed).truthy(),
        };
        Self { record, members, another_apps }
    }
}

/// The text to store: `record` says the numbers, `members` the tokens and all that is not the machine's.
pub fn write(record: &Record, members: &Val) -> Val {
    let number = |name, value: u64| members.put_number(name, value as f64);
    members.put_number(Key::V, FORMAT);
    number(Key::Epoch, record.epoch);
    number(Key::Version, record.version);
    number(Key::Signin, record.signin);
    if record.access.is_some() {
        number(Key::ReceivedAt, record.received_at);
        match record.expires_at {
            Some(at) => number(Key::ExpiresAtMember, at),
            None => members.put(Key::ExpiresAtMember, &Val::NULL),
        }
        members.put(Key::Accepted, &Val::flag(record.accepted));
        members.put(Key::Rejected, &Val::flag(record.rejected));
        number(Key::Unaccepted, record.unaccepted.into());
        number(Key::RetryAt, record.retry_at);
        members.put(Key::Forbidden, &Val::flag(record.retry_after_set));
    }
    if record.suspended {
        members.put(Key::Suspended, &Val::TRUE);
    }
    members.put(Key::Unconfirmed, &if record.unconfirmed { Val::TRUE } else { Val::UNDEFINED });
    members.json()
}

/// What a record's text signals, as another tab would: its mark, an end's code and reason, and whose it is.
pub fn signal_of(text: &Val) -> Val {
    let members = text.parse().own();
    let signal = Val::list();
    for name in [Key::Epoch, Key::Version, Key::Code, Key::Reason, Key::Endpoint, Key::ClientIdMember] {
        signal.push(&members.get(name));
    }
    signal
}

/// The snapshot that `auth.session` is: frozen, and without the refresh token.
pub fn snapshot(stored: &Stored, can_renew: bool) -> Val {
    if !stored.record.signed_in() {
        return Val::NULL;
    }
    let members = &stored.members;
    let session = Val::bare();
    let or_null = |value: Val| if value.is_undefined() { Val::NULL } else { value };
    session.put(Key::AccessTokenOfSession, &members.get(Key::AccessToken));
    let kind = members.get(Key::TokenType);
    session.put(Key::TokenTypeOfSession, &if kind.is_text() { kind } else { Val::name(Key::Bearer) });
    session.put(Key::ExpiresAt, &or_null(members.get(Key::ExpiresAtMember)));
    session.put(Key::Scope, &or_null(members.get(Key::Scope)));
    session.put(Key::CanRefresh, &Val::flag(can_renew));
    session.put(Key::Extra, &members.get(Key::Extra).frozen());
    session.frozen()
}
