//! The options of the constructor, parsed and checked once; what is wrong is named, with what came and what it takes.
//!
//! Own members only: a polluted `Object.prototype` sets no option. Values that may be secrets (headers, params) are never
//! repeated in a message.

use super::error;
use super::js::{self, Outcome};
use super::storage::Place;
use crate::protocol::config::{OnRetryRejected, OnSessionExpired, Policy, Renewable, SignedOut};
use crate::protocol::error::Code;
use crate::protocol::scope::{Rule, rule};
use js_sys::{Array, Function, Object};
use wasm_bindgen::prelude::*;

/// How tokens are renewed.
pub enum Refresh {
    /// Never.
    None,
    /// By a token endpoint (RFC 6749 §6).
    Endpoint(Endpoint),
    /// By the app's own function.
    Function(Function),
}

/// A token or revocation endpoint.
#[derive(Clone)]
pub struct Endpoint {
    /// Its absolute URL.
    pub url: String,
    /// `client_id`, or `undefined`.
    pub client_id: JsValue,
    /// The body is JSON, not a form.
    pub json: bool,
    /// Extra members of the body.
    pub params: Object,
    /// Extra headers, as given.
    pub headers: JsValue,
    /// The cookie mode of the request.
    pub credentials: JsValue,
}

/// Where the token may be sent.
pub enum Scope {
    /// Where one of these rules allows it.
    Rules(Vec<Rule>),
    /// Where the app's function says so.
    Predicate(Function),
}

/// Everything a page was constructed with.
pub struct Options {
    pub name: String,
    pub refresh: Refresh,
    pub scope: Scope,
    pub place: Place,
    pub adopt_recipe_keys: bool,
    pub policy: Policy,
    pub background: bool,
    pub refresh_timeout: f64,
    pub is_unauthorized: Option<Function>,
    pub body_copy_limit: f64,
    pub header: String,
    pub scheme: Option<String>,
    pub revocation: Option<Endpoint>,
    pub login_url: Option<String>,
    pub fetch: Option<Function>,
    pub debug: bool,
    /// The members as given, for comparing two instances of one name.
    pub given: Object,
}

const NAMES: &str = "|name|refresh|origins|storage|adoptRecipeKeys|leeway|backgroundRefresh|refreshTimeout|refreshAttempts|\
signedOut|onSessionExpired|onRetryRejected|isUnauthorized|bodyCopyLimit|header|scheme|revocation|loginUrl|fetch|debug|";
const ENDPOINT_NAMES: &str = "|url|clientId|encoding|params|headers|credentials|";

/// An `invalid_options` error: the option, what came, what it takes.
fn invalid<T>(name: &str, value: &JsValue, takes: &str) -> Outcome<T> {
    let mut text = String::from("Option `");
    text.push_str(name);
    text.push_str("`: got ");
    if value.is_string() {
        text.push_str(&js::to_json(value).ok().and_then(|json| json.as_string()).unwrap_or_default());
    } else if value.is_object() || value.is_function() {
        text.push_str(&js::tag(value));
    } else {
        text.push_str(&js::text_of(value).unwrap_or_default().as_string().unwrap_or_default());
    }
    text.push_str(", takes ");
    text.push_str(takes);
    text.push('.');
    Err(error::detailed(Code::InvalidOptions, &text, &JsValue::UNDEFINED, &JsValue::UNDEFINED))
}

fn known(members: &Object, names: &str, whose: &str) -> Outcome<()> {
    for key in Object::keys(members).iter() {
        let name = key.as_string().unwrap_or_default();
        if !names.split('|').any(|known| known == name && !known.is_empty()) {
            return invalid(&name, &js::get(members, &name), whose);
        }
    }
    Ok(())
}

fn text(members: &Object, name: &str, takes: &str) -> Outcome<Option<String>> {
    let value = js::get(members, name);
    match value.as_string() {
        Some(text) => Ok(Some(text)),
        None if value.is_undefined() => Ok(None),
        None => invalid(name, &value, takes),
    }
}

fn flag(members: &Object, name: &str, default: bool) -> Outcome<bool> {
    let value = js::get(members, name);
    match value.as_bool() {
        Some(flag) => Ok(flag),
        None if value.is_undefined() => Ok(default),
        None => invalid(name, &value, "true or false"),
    }
}

fn number(members: &Object, name: &str, default: f64, least: f64, takes: &str) -> Outcome<f64> {
    let value = js::get(members, name);
    match value.as_f64() {
        Some(number) if number >= least => Ok(number),
        None if value.is_undefined() => Ok(default),
        _ => invalid(name, &value, takes),
    }
}

fn function(members: &Object, name: &str) -> Outcome<Option<Function>> {
    let value = js::get(members, name);
    if value.is_undefined() {
        return Ok(None);
    }
    match value.dyn_into::<Function>() {
        Ok(function) => Ok(Some(function)),
        Err(value) => invalid(name, &value, "a function"),
    }
}

fn choice(members: &Object, name: &str, words: [&str; 3], takes: &str) -> Outcome<usize> {
    let value = js::get(members, name);
    if value.is_undefined() {
        return Ok(0);
    }
    let word = value.as_string().unwrap_or_default();
    match words.iter().position(|known| *known == word && !word.is_empty()) {
        Some(index) => Ok(index),
        None => invalid(name, &value, takes),
    }
}

/// A `URL` of the engine, resolved against the page.
pub fn parse_url(value: &JsValue) -> Option<web_sys::Url> {
    let text = js::text_of(value).ok()?.as_string()?;
    let base = match js::get(&js::global("document"), "baseURI").as_string() {
        Some(base) => Some(base),
        None => js::get(&js::global("location"), "href").as_string(),
    };
    match base {
        Some(base) => web_sys::Url::new_with_base(&text, &base).ok(),
        None => web_sys::Url::new(&text).ok(),
    }
}

fn is_url(value: &JsValue) -> bool {
    value.is_string() || js::tag(value) == "[object URL]"
}

fn http(url: &web_sys::Url) -> bool {
    matches!(url.protocol().as_str(), "http:" | "https:")
}

/// Any string stands where there is no page to resolve it against: the request itself will tell.
fn url(name: &str, value: &JsValue) -> Outcome<String> {
    if is_url(value) {
        match parse_url(value) {
            Some(url) if http(&url) => return Ok(url.href()),
            None if js::global("location").is_undefined() && value.is_string() => {
                return Ok(value.as_string().unwrap_or_default());
            }
            _ => {}
        }
    }
    invalid(name, value, "an http or https URL")
}

fn endpoint(name: &str, value: &JsValue, inherit: Option<&Endpoint>) -> Outcome<Endpoint> {
    if is_url(value) {
        return Ok(Endpoint {
            url: url(name, value)?,
            client_id: inherit.map_or(JsValue::UNDEFINED, |other| other.client_id.clone()),
            json: false,
            params: js::bare(),
            headers: JsValue::UNDEFINED,
            credentials: inherit.map_or("same-origin".into(), |other| other.credentials.clone()),
        });
    }
    if !value.is_object() {
        return invalid(name, value, "a URL, an object with a `url`, or (`refresh`) a function");
    }
    let members = js::own(value);
    known(&members, ENDPOINT_NAMES, "no such member: url, clientId, encoding, params, headers, credentials")?;
    let params = js::get(&members, "params");
    let own = js::own(&params);
    if !(params.is_undefined() || params.is_object()) || Object::values(&own).iter().any(|value| !value.is_string()) {
        return invalid("params", &params, "an object of strings");
    }
    let headers = js::get(&members, "headers");
    if !(headers.is_undefined() || headers.is_object()) {
        return invalid("headers", &JsValue::UNDEFINED, "headers as a request takes them");
    }
    let modes = ["same-origin", "include", "omit"];
    let mode = choice(&members, "credentials", modes, "\"same-origin\", \"include\" or \"omit\"")?;
    Ok(Endpoint {
        url: url("url", &js::get(&members, "url"))?,
        client_id: text(&members, "clientId", "a string")?.map_or(JsValue::UNDEFINED, JsValue::from),
        json: choice(&members, "encoding", ["form", "json", ""], "\"form\" or \"json\"")? == 1,
        params: own,
        headers,
        credentials: modes.get(mode).map_or(JsValue::UNDEFINED, |mode| JsValue::from_str(mode)),
    })
}

fn scope(value: &JsValue) -> Outcome<Scope> {
    const TAKES: &str = "an array of origins, URL prefixes or relative prefixes, or a function";
    if let Some(predicate) = value.dyn_ref::<Function>() {
        return Ok(Scope::Predicate(predicate.clone()));
    }
    if value.is_undefined() {
        let own = js::get(&js::global("location"), "origin").as_string();
        return Ok(Scope::Rules(own.filter(|own| own != "null").map(|own| rule(&own, "/")).into_iter().collect()));
    }
    if !Array::is_array(value) {
        return invalid("origins", value, TAKES);
    }
    let mut rules = Vec::new();
    for entry in Array::from(value).iter() {
        match parse_url(&entry) {
            Some(url) if is_url(&entry) && http(&url) => rules.push(rule(&url.origin(), &url.pathname())),
            _ => return invalid("origins", &entry, TAKES),
        }
    }
    Ok(Scope::Rules(rules))
}

fn place(value: &JsValue) -> Outcome<Place> {
    const TAKES: &str = "\"local\", \"session\", \"memory\" or an object with getItem, setItem and removeItem";
    let page = js::global("document").is_object();
    let worker = !page && js::global("WorkerGlobalScope").is_function();
    match value.as_string().as_deref() {
        Some("memory") => Ok(Place::Memory),
        Some("local" | "session") if worker => invalid("storage", value, "in a worker \"memory\" or an object"),
        Some("local" | "session") if !page => Ok(Place::Memory),
        Some("local") => Ok(Place::Local),
        Some("session") => Ok(Place::Session),
        None if value.is_undefined() => Ok(if page { Place::Local } else { Place::Memory }),
        None if ["getItem", "setItem", "removeItem"].iter().all(|name| js::get(value, name).is_function()) => {
            Ok(Place::Custom(value.clone()))
        }
        _ => invalid("storage", value, TAKES),
    }
}

fn refresh(value: &JsValue) -> Outcome<(Refresh, Renewable)> {
    if value.is_undefined() {
        return Ok((Refresh::None, Renewable::Never));
    }
    if let Some(function) = value.dyn_ref::<Function>() {
        return Ok((Refresh::Function(function.clone()), Renewable::Always));
    }
    let endpoint = endpoint("refresh", value, None)?;
    let mode = endpoint.credentials.as_string().unwrap_or_default();
    let renewable = if mode == "include" || (mode == "same-origin" && own_origin(&endpoint.url)) {
        Renewable::Always
    } else {
        Renewable::WithToken
    };
    Ok((Refresh::Endpoint(endpoint), renewable))
}

fn own_origin(url: &str) -> bool {
    let own = js::get(&js::global("location"), "origin");
    own.is_string() && parse_url(&url.into()).is_some_and(|url| own == url.origin().as_str())
}

impl Options {
    /// Parses what the constructor got.
    pub fn parse(value: &JsValue) -> Outcome<Self> {
        if !(value.is_undefined() || value.is_object()) || Array::is_array(value) {
            return invalid("options", value, "an object");
        }
        let members = js::own(value);
        known(&members, NAMES, "no such option")?;
        let (refresh, renewable) = refresh(&js::get(&members, "refresh"))?;
        let inherit = if let Refresh::Endpoint(endpoint) = &refresh { Some(endpoint) } else { None };
        let optional = |name: &str| Some(js::get(&members, name)).filter(|value| !value.is_undefined());
        let revocation = optional("revocation").map(|value| endpoint("revocation", &value, inherit)).transpose()?;
        let login_url = optional("loginUrl").map(|value| url("loginUrl", &value)).transpose()?;
        let name = text(&members, "name", "a string")?.unwrap_or_else(|| "authfetch".into());
        let header = text(&members, "header", "a header's name")?.unwrap_or_else(|| "Authorization".into());
        if header.is_empty() || !header.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b)) {
            return invalid("header", &header.into(), "a header's name");
        }
        let scheme = text(&members, "scheme", "a string")?;
        if scheme.as_ref().is_some_and(|scheme| !scheme.bytes().all(|b| (0x20..0x7f).contains(&b))) {
            return invalid("scheme", &js::get(&members, "scheme"), "visible ASCII");
        }
        let ms = "a number of milliseconds above zero";
        Ok(Self {
            name,
            refresh,
            scope: scope(&js::get(&members, "origins"))?,
            place: place(&js::get(&members, "storage"))?,
            adopt_recipe_keys: flag(&members, "adoptRecipeKeys", false)?,
            policy: Policy {
                signed_out: match choice(&members, "signedOut", ["send", "reject", ""], "\"send\" or \"reject\"")? {
                    1 => SignedOut::Reject,
                    _ => SignedOut::Send,
                },
                on_session_expired: match choice(
                    &members,
                    "onSessionExpired",
                    ["logout", "hold", "pass-through"],
                    "\"logout\", \"hold\" or \"pass-through\"",
                )? {
                    1 => OnSessionExpired::Hold,
                    2 => OnSessionExpired::PassThrough,
                    _ => OnSessionExpired::Logout,
                },
                on_retry_rejected: match choice(
                    &members,
                    "onRetryRejected",
                    ["auto", "logout", "return"],
                    "\"auto\", \"logout\" or \"return\"",
                )? {
                    1 => OnRetryRejected::Logout,
                    2 => OnRetryRejected::Return,
                    _ => OnRetryRejected::Auto,
                },
                renewable,
                leeway: (number(&members, "leeway", 30.0, 0.0, "a number of seconds, zero or more")? * 1000.0) as u64,
                attempts: number(&members, "refreshAttempts", 3.0, 1.0, "a number of attempts, one or more")? as u32,
                ..Policy::default()
            },
            background: flag(&members, "backgroundRefresh", true)?,
            refresh_timeout: number(&members, "refreshTimeout", 10_000.0, 1.0, ms)?,
            is_unauthorized: function(&members, "isUnauthorized")?,
            body_copy_limit: number(&members, "bodyCopyLimit", 1_048_576.0, 0.0, "a number of bytes, zero or more")?,
            header,
            scheme,
            revocation,
            login_url,
            fetch: function(&members, "fetch")?,
            debug: flag(&members, "debug", false)?,
            given: members,
        })
    }
}
