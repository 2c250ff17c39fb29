//! The options that name an endpoint or a function in its place: `refresh` and `revocation`.

use super::js::keys::Key;
use super::js::{Kind, Lent, Outcome, Val};
use super::parser::{Parser, is_url};
use crate::protocol::config::Refreshable;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/ops.js")]
extern "C" {
    #[wasm_bindgen(js_name = onlyTexts)]
    fn only_texts(members: Lent) -> bool;
}

/// How tokens are refreshed, and how the server is told of a logout.
pub enum Refresh {
    /// Not at all.
    None,
    /// By a token endpoint (RFC 6749 §6), or a revocation endpoint (RFC 7009).
    Endpoint(Endpoint),
    /// By the app's own function.
    Function(Val),
}

/// A token or revocation endpoint.
#[derive(Clone)]
pub struct Endpoint {
    /// Its absolute URL.
    pub url: Val,
    /// `client_id`, or `undefined`.
    pub client_id: Val,
    /// The body is JSON, not a form.
    pub json: bool,
    /// Extra members of the body.
    pub params: Val,
    /// Extra headers, as given.
    pub headers: Val,
    /// The cookie mode of the request.
    pub credentials: Val,
    /// As given: a function, where it is of use.
    is_refused: Val,
}

/// The option of this name; a bare URL takes what `inherit` has.
///
/// # Errors
/// `invalid_options`, for a value that is none of these.
#[inline(never)]
pub fn endpoint_or_function(parser: &mut Parser, name: Key, inherit: Option<&Endpoint>) -> Outcome<Refresh> {
    let value = parser.members.get(name);
    if value.is_undefined() {
        return Ok(Refresh::None);
    }
    if value.is_function() {
        return Ok(Refresh::Function(value));
    }
    Ok(Refresh::Endpoint(endpoint(parser, name, &value, inherit)?))
}

fn endpoint(parser: &mut Parser, name: Key, value: &Val, inherit: Option<&Endpoint>) -> Outcome<Endpoint> {
    if is_url(value) {
        return Ok(Endpoint {
            url: parser.url(name, value),
            client_id: inherit.map_or(Val::UNDEFINED, |other| other.client_id.clone()),
            json: false,
            params: Val::bare(),
            headers: Val::UNDEFINED,
            credentials: inherit.map_or_else(|| Val::name(Key::SameOrigin), |other| other.credentials.clone()),
            is_refused: Val::UNDEFINED,
        });
    }
    if !value.is_object() {
        parser.refuse_value(name, value, "a URL, an object with a `url`, or a function");
        parser.checked()?;
    }
    let first = if name == Key::Refresh { Key::IsRefused } else { Key::Url };
    let mut inner = Parser::new(value, Val::name(name), first, Key::Credentials);
    let given = inner.members.get(Key::Params);
    let params = given.own();
    if !(given.is_undefined() || given.is_object() && only_texts(params.lend())) {
        inner.refuse_member(Key::Params, "an object of strings");
    }
    let headers = inner.members.get(Key::Headers);
    if !matches!(headers.kind(), Kind::Undefined | Kind::Object) {
        inner.refuse_value(Key::Headers, &Val::UNDEFINED, "headers as a request takes them");
    }
    let modes = [Key::SameOrigin, Key::Include, Key::Omit];
    let mode = inner.choice(Key::Credentials, &modes);
    let url = inner.members.get(Key::Url);
    let read = Endpoint {
        url: inner.url(Key::Url, &url),
        client_id: inner.text(Key::ClientId),
        json: inner.choice(Key::Encoding, &[Key::Form, Key::Json]) == 1,
        params,
        headers,
        credentials: Val::name(modes.get(mode).copied().unwrap_or(Key::SameOrigin)),
        is_refused: inner.members.get(Key::IsRefused),
    };
    inner.checked()?;
    Ok(read)
}

/// What a refresh by this needs.
pub fn refreshable(refresh: &Refresh) -> Refreshable {
    let endpoint = match refresh {
        Refresh::None => return Refreshable::Never,
        Refresh::Function(_) => return Refreshable::Always,
        Refresh::Endpoint(endpoint) => endpoint,
    };
    let origin = Val::global(Key::Location).get(Key::Origin);
    let own_origin = origin.is_text() && endpoint.url.url().get(Key::Origin).same(&origin);
    let cookie = endpoint.credentials.is(Key::Include) || (own_origin && endpoint.credentials.is(Key::SameOrigin));
    if cookie { Refreshable::Always } else { Refreshable::WithToken }
}

/// The option, or the member of `refresh`: not both.
pub fn is_refused(parser: &mut Parser, refresh: &Refresh) -> Val {
    let own = parser.function(Key::IsRefused);
    match refresh {
        Refresh::Endpoint(Endpoint { is_refused, .. }) if !is_refused.is_undefined() => {
            let takes = if own.is_undefined() { "a function" } else { "nothing where option `isRefused` is set" };
            if !(own.is_undefined() && is_refused.is_function()) {
                parser.refuse(&Val::text("refresh.isRefused"), is_refused, takes);
            }
            is_refused.clone()
        }
        Refresh::Endpoint(_) | Refresh::Function(_) | Refresh::None => own,
    }
}
