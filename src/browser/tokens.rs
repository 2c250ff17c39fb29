//! A token response (RFC 6749 §5.1), read once: what may be stored and sent, and when it runs out.

use crate::protocol::lifetime;
use js_sys::{Date, JsString};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/tokens.js")]
extern "C" {
    /// The members of a token response, each of its type or not there.
    pub type TokenResponse;
    /// Reads one that may be anything, or what is told of a session in cookies. What one of its getters throws is
    /// returned.
    #[wasm_bindgen(catch)]
    pub fn read(response: &JsValue, in_cookies: bool) -> Result<TokenResponse, JsValue>;
    /// The values of the interceptor recipe as one.
    #[wasm_bindgen(js_name = readRecipe)]
    fn read_recipe(access_token: &JsValue, refresh_token: &JsValue) -> TokenResponse;
    #[wasm_bindgen(method, getter)]
    pub fn access_token(this: &TokenResponse) -> Option<JsString>;
    #[wasm_bindgen(method, getter)]
    pub fn refresh_token(this: &TokenResponse) -> Option<JsString>;
    /// "Bearer" in one spelling, and where there is none; `undefined` where it is no string.
    #[wasm_bindgen(method, getter)]
    fn token_type(this: &TokenResponse) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn expires_in(this: &TokenResponse) -> f64;
    /// `exp` and `iat` of a JWT (RFC 7519 §4.1), where the access token is one.
    #[wasm_bindgen(method, getter)]
    fn exp(this: &TokenResponse) -> f64;
    #[wasm_bindgen(method, getter)]
    fn iat(this: &TokenResponse) -> f64;
    /// Only what a header may hold beside spaces.
    fn visible(text: &JsValue) -> bool;
}

/// What a token response means.
pub struct Tokens {
    /// What may be stored of it.
    pub response: TokenResponse,
    /// When it expires, in ms.
    pub expires_at: Option<u64>,
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
    /// Judges a response received at `now`.
    pub fn of(response: TokenResponse, now: u64) -> Result<Self, Unusable> {
        let kind = response.token_type();
        match response.access_token() {
            None => return Err(Unusable::NoToken),
            Some(token) if !visible(&token) || !visible(&kind) => return Err(Unusable::BadToken),
            Some(_) => {}
        }
        if kind.as_string().is_none_or(|kind| kind.eq_ignore_ascii_case("dpop")) {
            return Err(Unusable::BadType);
        }
        Ok(Self::in_cookies(response, now))
    }

    /// The same of a session in cookies, where nothing has to be there.
    pub fn in_cookies(response: TokenResponse, now: u64) -> Self {
        let iat = response.iat();
        let jwt = (response.exp(), if iat.is_nan() { None } else { Some(iat) });
        let expires_at = lifetime::expires_at_ms(now as f64, Some(response.expires_in()), Some(jwt));
        Self { expires_at: expires_at.map(|at| at as u64), response }
    }

    /// The three values of the interceptor recipe, which stored no time of receipt.
    pub fn of_recipe([access, refresh, expiration]: [JsValue; 3], now: u64) -> Result<Self, Unusable> {
        let mut tokens = Self::of(read_recipe(&access, &refresh), now)?;
        let at = lifetime::recipe_expiry_ms(&expiration.as_string().unwrap_or_default(), Date::parse);
        if let Some(at) = at {
            tokens.expires_at = Some(at as u64);
        }
        Ok(tokens)
    }
}
