//! The token texts, by number, and the record as it is stored: one JSON value, parsed and written by the engine.
//!
//! The machine knows each token by a number alone; the texts are lent to a header, a token request and the record.

use super::record::{self, ANOTHERS, FORMAT, OURS, Text, Texts};
use super::tokens::Tokens;
use crate::protocol::effect::Members;
use crate::protocol::event::{Granted, Stored};
use crate::protocol::token::{AccessToken, Record, RefreshToken};
use std::cell::Cell;
use wasm_bindgen::JsValue;

/// See the module's text.
pub struct Vault {
    pub texts: Texts,
    access: Numbers,
    refresh: Numbers,
    /// Whether what was read last is a record.
    read_record: Cell<bool>,
}

/// Gives tokens their numbers: the same number for the text that stands in the record, and for no other.
#[derive(Default)]
struct Numbers {
    known: Cell<u32>,
    last: Cell<u32>,
}

/// Of a text that was read or granted: none, another than the record has, and its own.
const NONE: i32 = 0;
const KNOWN: i32 = 2;

impl Numbers {
    /// The number that a text would have; it has none before it is known.
    fn of(&self, standing: i32) -> Option<u32> {
        match standing {
            NONE => None,
            KNOWN => Some(self.known.get()),
            _ => Some(self.last.get() + 1),
        }
    }

    /// A number for a text that may come to be known later.
    fn reserve(&self, standing: i32) -> Option<u32> {
        let number = self.of(standing)?;
        self.last.set(self.last.get().max(number));
        Some(number)
    }

    /// The number of the text that stands in the record. The same text after a sign-out is another token: its calls
    /// belong to another epoch.
    fn know(&self, number: Option<u32>) {
        if let Some(number) = number {
            self.known.set(number);
            self.last.set(self.last.get().max(number));
        }
    }
}

impl Vault {
    /// Nothing is known yet. The endpoint and the client say whose the record is.
    pub fn new(endpoint: &JsValue, client_id: &JsValue, in_cookies: bool) -> Self {
        let texts = record::open(endpoint, client_id, in_cookies.into());
        Self { texts, access: Numbers::default(), refresh: Numbers::default(), read_record: Cell::default() }
    }

    /// The access token, or what stands in its place where the session is in cookies, or `undefined`.
    pub fn access_token(&self) -> JsValue {
        self.texts.get(Text::AccessToken)
    }

    /// The access token; `undefined` where the session is in cookies.
    pub fn bearer_token(&self) -> JsValue {
        record::bearer(&self.texts)
    }

    /// The refresh token, or `undefined`.
    pub fn refresh_token(&self) -> JsValue {
        self.texts.get(Text::RefreshToken)
    }

    /// The stored text as it is known.
    pub fn text(&self) -> JsValue {
        self.texts.text()
    }

    /// What this text says. It is not believed yet.
    #[inline(never)]
    pub fn read(&self, text: &JsValue) -> Stored {
        let stored = match record::read(&self.texts, text) {
            OURS => self.record(),
            ANOTHERS => Stored::AnotherApps,
            _ if text.is_null() => Stored::Absent,
            _ => Stored::Corrupt,
        };
        self.read_record.set(matches!(stored, Stored::Record(_)));
        stored
    }

    fn record(&self) -> Stored {
        let [
            format,
            epoch,
            version,
            signin,
            received_at,
            expires_at,
            accepted,
            rejected,
            unaccepted,
            retry_at,
            forbidden,
            suspended,
            unconfirmed,
        ] = record::numbers(&self.texts);
        if !(format.is_nan() || format == FORMAT) {
            return Stored::Corrupt;
        }
        let access = self.access.of(self.texts.standing(false, Text::AccessToken)).map(AccessToken);
        let refresh = self.refresh.of(self.texts.standing(false, Text::RefreshToken)).map(RefreshToken);
        let is_set = |flag: f64| flag == 1.0;
        Stored::Record(Record {
            epoch: epoch as u64,
            version: version as u64,
            signin: signin as u64,
            access,
            refresh,
            received_at: received_at as u64,
            expires_at: if expires_at.is_nan() { None } else { Some(expires_at as u64) },
            accepted: is_set(accepted),
            rejected: is_set(rejected),
            unaccepted: unaccepted as u32,
            suspended: access.is_none() && is_set(suspended),
            retry_at: retry_at as u64,
            retry_after_set: is_set(forbidden),
            unconfirmed: access.is_none() && is_set(unconfirmed),
        })
    }

    /// What was read last is the record.
    pub fn adopt_read(&self, record: &Record) {
        record::adopt(&self.texts, self.read_record.get().into());
        self.know(record);
    }

    fn know(&self, record: &Record) {
        self.access.know(record.access.map(|token| token.0));
        self.refresh.know(record.refresh.map(|token| token.0));
    }

    /// Takes a token response that may come to be stored.
    pub fn grant(&self, tokens: &Tokens) -> Granted {
        record::grant(&self.texts, &tokens.response);
        let access = self.texts.standing(true, Text::AccessToken);
        let refresh = self.texts.standing(true, Text::RefreshToken);
        Granted {
            access: AccessToken(self.access.reserve(access).unwrap_or_default()),
            refresh: self.refresh.reserve(refresh).map(RefreshToken),
            expires_at: tokens.expires_at,
            same_text: access == KNOWN,
        }
    }

    /// Knows this record from now on; the text to store is returned. `end` has the members of an end. Of a session in
    /// cookies `generation` is the one that begins with new tokens.
    #[inline(never)]
    pub fn write(&self, record: &Record, members: Members, end: &JsValue, generation: u64) -> JsValue {
        match members {
            Members::Kept => {}
            Members::SignIn | Members::Refreshed => {
                let (sign_in, keeps) = (members == Members::SignIn, record.refresh.is_some());
                record::use_granted(&self.texts, sign_in.into(), keeps.into(), generation as f64);
            }
            Members::RefreshToken => record::use_refresh_token(&self.texts),
            Members::Nothing => record::replace(&self.texts, &JsValue::UNDEFINED),
            Members::End | Members::Signalled => record::replace(&self.texts, end),
        }
        self.know(record);
        record::write(&self.texts, record)
    }

    /// Knows this record from now on, of which no text is stored.
    pub fn assume(&self, record: &Record) {
        // That nothing stands in storage is known still.
        let text = if self.text().is_null() { JsValue::NULL } else { JsValue::UNDEFINED };
        self.forget(&text);
        self.know(record);
    }

    /// No more is known than this stored text.
    fn forget(&self, text: &JsValue) {
        record::read(&self.texts, text);
        record::adopt(&self.texts, 0);
    }

    /// The text of what is known, to be written in the place of something older.
    pub fn known_text(&self, record: &Record) -> JsValue {
        let known = self.text();
        if known.is_string() { known } else { record::write(&self.texts, record) }
    }

    /// Nothing is stored, and what was is another page's: this one has this name from now on.
    pub fn disown(&self, name: &JsValue) {
        self.forget(&JsValue::NULL);
        record::rename(&self.texts, name);
        self.know(&Record::default());
    }

    /// The snapshot that `auth.session` is.
    pub fn session(&self) -> JsValue {
        self.texts.session()
    }

    /// Makes the snapshot anew, where anything in it has changed.
    pub fn make_snapshot(&self, signed_in: bool, can_refresh: bool) {
        record::make_snapshot(&self.texts, signed_in.into(), can_refresh.into());
    }
}
