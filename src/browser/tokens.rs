//! A token response (RFC 6749 §5.1), read once: what may be stored and sent, and when it runs out.

use super::js::keys::Key;
use super::js::{Lent, Val};
use crate::protocol::lifetime;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/ops.js")]
extern "C" {
    /// Only what a header may hold beside spaces.
    fn visible(text: Lent) -> bool;
    fn claims(token: Lent) -> Val;
}

/// A non-empty string.
pub fn usable(token: &Val) -> bool {
    token.is_text() && token.truthy()
}

/// What a token response means.
pub struct Tokens {
    /// `access_token`.
    pub access: Val,
    /// `refresh_token`, or `undefined`.
    pub refresh: Val,
    /// `token_type`, "Bearer" in one spelling.
    pub kind: Val,
    /// `scope`, or `undefined`.
    pub scope: Val,
    /// When it expires, in ms.
    pub expires_at: Option<u64>,
    /// All other members.
    pub extra: Val,
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
    /// Reads a response received at `now`.
    pub fn read(response: &Val, now: u64) -> Result<Self, Unusable> {
        let extra = response.own();
        let access = extra.take(Key::AccessToken);
        let refresh = extra.take(Key::RefreshToken);
        let kind = extra.take(Key::TokenType);
        let scope = extra.take(Key::Scope);
        let expires_in = extra.take(Key::ExpiresIn);
        if !usable(&access) {
            return Err(Unusable::NoToken);
        }
        let kind_text = kind.as_text();
        if !visible(access.lend()) || !visible(kind.lend()) {
            return Err(Unusable::BadToken);
        }
        let none = kind.is_undefined() || kind.is_null();
        if kind_text.eq_ignore_ascii_case("dpop") || !(none || kind.is_text()) {
            return Err(Unusable::BadType);
        }
        let usual = kind_text.is_empty() || kind_text.eq_ignore_ascii_case("bearer");
        let kind = if usual { Val::name(Key::Bearer) } else { kind };
        let seconds = if usable(&expires_in) { expires_in.numeric() } else { expires_in.as_number() };
        let expires_at = lifetime::expires_at_ms(now as f64, Some(seconds), jwt_times(&access)).map(|at| at as u64);
        // Kept as they can be stored: what JSON cannot hold would be gone after a reload anyway.
        let extra = extra.json().parse().own();
        Ok(Self { access, refresh, kind, scope, expires_at, extra })
    }

    /// The three values of the interceptor recipe, which stored no time of receipt.
    pub fn of_recipe([access, refresh, expiration]: [Val; 3], now: u64) -> Result<Self, Unusable> {
        let response = Val::bare();
        response.put(Key::AccessToken, &access);
        response.put(Key::RefreshToken, &refresh);
        let mut tokens = Self::read(&response, now)?;
        let at = lifetime::recipe_expiry_ms(&expiration.as_text(), |_| expiration.date()).map(|at| at as u64);
        if at.is_some() {
            tokens.expires_at = at;
        }
        Ok(tokens)
    }
}

/// `exp` and `iat` of a JWT (RFC 7519 §4.1), where the token is one.
fn jwt_times(token: &Val) -> Option<(f64, Option<f64>)> {
    let claims = claims(token.lend()).own();
    let exp = claims.get(Key::Exp).as_number();
    let iat = claims.get(Key::Iat).as_number();
    (!exp.is_nan()).then_some((exp, if iat.is_nan() { None } else { Some(iat) }))
}
