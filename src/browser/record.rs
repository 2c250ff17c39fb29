//! The record as it is stored, and the texts that a session knows of it: what JavaScript holds for the vault.

use super::tokens::TokenResponse;
use crate::protocol::token::Record;
use js_sys::{JsString, Object};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/record.js")]
extern "C" {
    /// The stored text as it was last read or written, the members of the record, what was read or granted and is not
    /// believed yet, and the snapshot for the app.
    pub type Texts;
    /// Those of a session of which nothing is known yet. The endpoint and the client say whose its records are.
    pub fn open(endpoint: &JsValue, client_id: &JsValue, in_cookies: i32) -> Texts;
    fn member(texts: &Texts, at: i32) -> JsValue;
    /// The access token; `undefined` where the session is in cookies.
    pub fn bearer(texts: &Texts) -> JsValue;
    /// The stored text as it is known: `null` where nothing was stored, `undefined` where it is not known.
    #[wasm_bindgen(method, getter)]
    pub fn text(this: &Texts) -> JsValue;
    /// The frozen snapshot: the same object until it changes.
    #[wasm_bindgen(method, getter)]
    pub fn session(this: &Texts) -> JsValue;

    /// Reads what is stored: [`ANOTHERS`], [`OURS`], or 0 where it is no JSON object.
    pub fn read(texts: &Texts, text: &JsValue) -> i32;
    /// What was read last is the record, where it is one; else no more than its text is known.
    pub fn adopt(texts: &Texts, is_record: i32);
    fn number(texts: &Texts, at: i32) -> f64;
    #[wasm_bindgen(js_name = standing)]
    fn standing_of(texts: &Texts, granted: i32, at: i32) -> i32;

    /// Holds a token response that may come to be stored.
    pub fn grant(texts: &Texts, response: &TokenResponse);
    /// The record has the granted tokens. What they do not say is kept; after a sign-in the refresh token alone.
    #[wasm_bindgen(js_name = useGranted)]
    pub fn use_granted(texts: &Texts, sign_in: i32, keeps_refresh_token: i32, generation: f64);
    /// The record has the refresh token that was granted, and nothing else of it.
    #[wasm_bindgen(js_name = useRefreshToken)]
    pub fn use_refresh_token(texts: &Texts);
    /// The record has these members; `undefined` has none.
    pub fn replace(texts: &Texts, members: &JsValue);
    /// The name of the page that the record belongs to: the record's own, the one it had, or this one.
    pub fn claim(texts: &Texts, name: &JsValue) -> JsString;
    /// The page has another name from now on.
    pub fn rename(texts: &Texts, name: &JsValue);
    #[wasm_bindgen(js_name = write)]
    fn write_numbers(
        texts: &Texts,
        signed_in: i32,
        format: f64,
        epoch: f64,
        version: f64,
        signin: f64,
        received_at: f64,
        expires_at: f64,
        accepted: i32,
        rejected: i32,
        unaccepted: i32,
        retry_at: f64,
        forbidden: i32,
        suspended: i32,
        unconfirmed: i32,
    ) -> JsValue;

    /// Makes the snapshot anew, where anything in it has changed.
    #[wasm_bindgen(js_name = makeSnapshot)]
    pub fn make_snapshot(texts: &Texts, signed_in: i32, can_refresh: i32);
    /// The members of an end.
    pub fn end(code: &str, reason: &JsValue) -> Object;
}

/// The members of a record that are texts.
#[derive(Clone, Copy)]
pub enum Text {
    AccessToken,
    RefreshToken,
    TokenType,
    /// Of an end, its code.
    Code,
    /// Of an end, its reason.
    Reason,
}

impl Texts {
    /// A member of the record; `undefined` where it is no text, or an empty one.
    pub fn get(&self, which: Text) -> JsValue {
        member(self, which as i32)
    }

    /// Of a token that was read, or with `granted` was granted: 0 where there is none, 1 where it is another than the
    /// record's, else 2.
    pub fn standing(&self, granted: bool, which: Text) -> i32 {
        standing_of(self, granted.into(), which as i32)
    }
}

/// [`read`]: it names another endpoint or another client.
pub const ANOTHERS: i32 = 1;
/// [`read`]: it may be a record of ours.
pub const OURS: i32 = 2;

/// The version of the format.
pub const FORMAT: f64 = 1.0;

/// The numbers that were read, and the flags, of which a set one is 1: NaN stands for what is not there.
pub fn numbers(texts: &Texts) -> [f64; 13] {
    std::array::from_fn(|at| number(texts, at as i32))
}

/// Writes the numbers of `record` beside its members; the text to store is returned.
pub fn write(texts: &Texts, record: &Record) -> JsValue {
    write_numbers(
        texts,
        record.access.is_some().into(),
        FORMAT,
        record.epoch as f64,
        record.version as f64,
        record.signin as f64,
        record.received_at as f64,
        record.expires_at.map_or(-1.0, |at| at as f64),
        record.accepted.into(),
        record.rejected.into(),
        record.unaccepted as i32,
        record.retry_at as f64,
        record.retry_after_set.into(),
        record.suspended.into(),
        record.unconfirmed.into(),
    )
}
