//! The record as it is stored, and the token response it is made of.
//!
//! The engine parses and writes the JSON. Objects are read without their prototype, so that junk on `Object.prototype`
//! widens nothing, and whatever cannot be read is "nothing stored".

use super::js;
use crate::protocol::lifetime;
use crate::protocol::token::{AccessToken, Record, RefreshToken};
use js_sys::Object;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Number)]
    fn number(value: &JsValue) -> f64;
    #[wasm_bindgen(catch, js_name = atob)]
    fn atob(text: &str) -> js::Outcome<String>;
    #[wasm_bindgen(js_namespace = Date, js_name = parse)]
    fn parse_date(text: &str) -> f64;
}

const FORMAT: f64 = 1.0;

/// A record and what only JavaScript needs of it.
#[derive(Clone, Default)]
pub struct Stored {
    /// What the machine is shown.
    pub record: Record,
    /// The members, without a prototype; the tokens are among them.
    pub members: JsValue,
}

/// Gives tokens their numbers: the same number for the same token, as long as it is the last one.
#[derive(Default)]
pub struct Numbers {
    access: RefCell<(JsValue, u32)>,
    refresh: RefCell<(JsValue, u32)>,
}

impl Numbers {
    fn of(last: &RefCell<(JsValue, u32)>, token: &JsValue) -> Option<u32> {
        let mut last = last.borrow_mut();
        if !usable(token) {
            // The same token after a sign-out is another one: its calls belong to another epoch.
            last.0 = JsValue::NULL;
            return None;
        }
        if last.0 != *token {
            *last = (token.clone(), last.1 + 1);
        }
        Some(last.1)
    }
}

/// A non-empty string.
pub fn usable(token: &JsValue) -> bool {
    token.is_string() && token.is_truthy()
}

impl Stored {
    /// Reads the stored text. `owner` holds the `endpoint` and `client_id` of ours.
    pub fn read(text: &JsValue, numbers: &Numbers, owner: &Object) -> Self {
        let parsed = if text.is_string() { js::parse_json(text).unwrap_or(JsValue::NULL) } else { JsValue::NULL };
        if !parsed.is_object() || js_sys::Array::is_array(&parsed) {
            return Self::default();
        }
        Self::of(js::own(&parsed).into(), numbers, owner)
    }

    /// The record that these members make.
    pub fn of(members: JsValue, numbers: &Numbers, owner: &Object) -> Self {
        let version = js::get(&members, "v");
        let foreign = !(version.is_undefined() || version == FORMAT)
            || differs(&members, owner, "endpoint")
            || differs(&members, owner, "client_id");
        if foreign {
            // A format of a newer version, or another app's: left alone until `setTokens`.
            return Self::default();
        }
        let count = |name| js::get(&members, name).as_f64().unwrap_or(0.0) as u64;
        let access = Numbers::of(&numbers.access, &js::get(&members, "access_token")).map(AccessToken);
        let record = Record {
            epoch: count("epoch"),
            version: count("version"),
            signin: count("signin"),
            access,
            refresh: Numbers::of(&numbers.refresh, &js::get(&members, "refresh_token")).map(RefreshToken),
            received_at: count("received_at"),
            expires_at: js::get(&members, "expires_at").as_f64().map(|at| at as u64),
            accepted: js::get(&members, "accepted").is_truthy(),
            suspended: access.is_none() && js::get(&members, "suspended").is_truthy(),
            retry_at: count("retry_at"),
        };
        Self { record, members }
    }

    /// A member, `undefined` where there is none.
    pub fn member(&self, name: &str) -> JsValue {
        js::get(&self.members, name)
    }
}

fn differs(members: &JsValue, owner: &Object, name: &str) -> bool {
    let theirs = js::get(members, name);
    !theirs.is_undefined() && theirs != js::get(owner, name)
}

/// The text to store: `record` says the numbers, `members` the tokens and all that is not the machine's.
pub fn write(record: &Record, members: &Object) -> JsValue {
    let number = |name, value: u64| js::set(members, name, &JsValue::from_f64(value as f64));
    js::set(members, "v", &JsValue::from_f64(FORMAT));
    number("epoch", record.epoch);
    number("version", record.version);
    number("signin", record.signin);
    if record.access.is_some() {
        number("received_at", record.received_at);
        let expires_at = record.expires_at.map_or(JsValue::NULL, |at| JsValue::from_f64(at as f64));
        js::set(members, "expires_at", &expires_at);
        js::set(members, "accepted", &record.accepted.into());
        number("retry_at", record.retry_at);
    }
    if record.suspended {
        js::set(members, "suspended", &JsValue::TRUE);
    }
    js::to_json(members).unwrap_or(JsValue::NULL)
}

/// What a token response means, read once.
pub struct Tokens {
    /// `access_token`.
    pub access: JsValue,
    /// `refresh_token`, or `undefined`.
    pub refresh: JsValue,
    /// `token_type`, "Bearer" in one spelling.
    pub kind: JsValue,
    /// `scope`, or `undefined`.
    pub scope: JsValue,
    /// When it expires, in ms.
    pub expires_at: Option<u64>,
    /// All other members.
    pub extra: Object,
}

/// Why a token response cannot be used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    /// No object, or no `access_token` in it.
    NoToken,
    /// The token cannot stand in a header.
    BadToken,
    /// The `token_type` is one that cannot be sent.
    BadType,
}

impl Tokens {
    /// Reads a response (RFC 6749 §5.1) received at `now`.
    pub fn read(response: &JsValue, now: u64) -> Result<Self, Unusable> {
        let extra = js::own(response);
        let take = |name: &str| {
            let value = js::get(&extra, name);
            let _ = js_sys::Reflect::delete_property(&extra, &name.into());
            value
        };
        let access = take("access_token");
        let (refresh, kind, scope, expires_in) =
            (take("refresh_token"), take("token_type"), take("scope"), take("expires_in"));
        if !usable(&access) {
            return Err(Unusable::NoToken);
        }
        let text = |value: &JsValue| value.as_string().unwrap_or_default();
        let plain = |value: &str| value.bytes().all(|byte| (0x21..0x7f).contains(&byte));
        let token = text(&access);
        let mut kind_text = text(&kind);
        if !plain(&token) || !plain(&kind_text) {
            return Err(Unusable::BadToken);
        }
        if kind_text.eq_ignore_ascii_case("dpop") || !(kind.is_undefined() || kind.is_null() || kind.is_string()) {
            return Err(Unusable::BadType);
        }
        if kind_text.is_empty() || kind_text.eq_ignore_ascii_case("bearer") {
            kind_text = String::from("Bearer");
        }
        let seconds = expires_in.as_f64().or_else(|| usable(&expires_in).then(|| number(&expires_in)));
        let expires_at = lifetime::expires_at_ms(now as f64, seconds, jwt_times(&token)).map(|at| at as u64);
        Ok(Self { access, refresh, kind: kind_text.into(), scope, expires_at, extra })
    }

    /// The three values of the interceptor recipe, which stored no time of receipt.
    pub fn of_recipe([access, refresh, expiration]: [JsValue; 3], now: u64) -> Result<Self, Unusable> {
        let response = js::bare();
        js::set(&response, "access_token", &access);
        js::set(&response, "refresh_token", &refresh);
        let mut tokens = Self::read(&response, now)?;
        if let Some(text) = expiration.as_string() {
            let at = lifetime::recipe_expiry_ms(&text, parse_date).map(|at| at as u64);
            tokens.expires_at = at.or(tokens.expires_at);
        }
        Ok(tokens)
    }
}

/// `exp` and `iat` of a JWT (RFC 7519 §4.1), where the token is one. Read as a hint, never as a proof.
fn jwt_times(token: &str) -> Option<(f64, Option<f64>)> {
    let payload = token.split('.').nth(1)?;
    let base64: String = payload.chars().map(|c| if c == '-' { '+' } else if c == '_' { '/' } else { c }).collect();
    let claims = js::parse_json(&atob(&base64).ok()?.into()).ok()?;
    let claims = js::own(&claims);
    Some((js::get(&claims, "exp").as_f64()?, js::get(&claims, "iat").as_f64()))
}

/// The snapshot that `auth.session` is: frozen, and without the refresh token.
pub fn snapshot(stored: &Stored, can_renew: bool) -> JsValue {
    if !stored.record.signed_in() {
        return JsValue::NULL;
    }
    let session = Object::new();
    let or_null = |value: JsValue| if value.is_undefined() { JsValue::NULL } else { value };
    js::set(&session, "accessToken", &stored.member("access_token"));
    let kind = stored.member("token_type");
    js::set(&session, "tokenType", &if kind.is_string() { kind } else { "Bearer".into() });
    js::set(&session, "expiresAt", &or_null(stored.member("expires_at")));
    js::set(&session, "scope", &or_null(stored.member("scope")));
    js::set(&session, "canRefresh", &can_renew.into());
    let extra = js::own(&stored.member("extra"));
    Object::freeze(&extra);
    js::set(&session, "extra", &extra);
    Object::freeze(&session);
    session.into()
}

/// An HTTP date as ms since the Unix epoch, NaN where it is none.
pub fn date_ms(text: &str) -> f64 {
    parse_date(text)
}

