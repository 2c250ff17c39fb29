//! The options of the constructor, parsed and checked once; what is wrong is named, with what came and what it takes.

use super::abort::composes;
use super::csrf;
use super::effects::lifecycle::{PAGE, WORKER, host};
use super::effects::storage::Place;
use super::endpoint::{Refresh, is_refused, refresh, refreshable, revocation};
use super::fetch::{Underlying, underlying};
use super::parser::Members;
use super::url::Url;
use crate::protocol::config::{Credential, OnRetryRejected, OnSessionExpired, Policy, Refreshable, SignedOut};
use crate::protocol::scope::{Rule, rule};
use js_sys::{Array, Function, JsString};
use wasm_bindgen::prelude::*;

/// Where the token may be sent.
pub enum Scope {
    /// Where one of these rules allows it.
    Rules(Vec<Rule>),
    /// Where the app's function says so.
    Predicate(Function),
}

/// Everything an instance was constructed with.
pub struct Options {
    pub name: JsString,
    pub refresh: Refresh,
    pub scope: Scope,
    pub place: Place,
    pub adopt_recipe_keys: bool,
    pub policy: Policy,
    pub background: bool,
    pub refresh_timeout: f64,
    /// Wherever of the two places it was given.
    pub is_refused: Option<Function>,
    pub is_unauthorized: Option<Function>,
    /// Requests of all methods carry a value against request forgery.
    pub csrf_of_all: bool,
    pub body_copy_limit: f64,
    /// The header's name.
    pub header: JsString,
    /// It is `Authorization`, which browsers strip on a cross-origin redirect.
    pub is_authorization: bool,
    pub scheme: Option<JsString>,
    pub revocation: Refresh,
    /// An absolute URL.
    pub login_url: Option<JsString>,
    /// The underlying function, or where it is looked up.
    pub fetch: Underlying,
    pub debug: bool,
    /// The members as given, for comparing two instances of one name.
    pub given: Members,
}

/// What each option takes: its name, its kind for `parser.js`, and in words. Of words the first is the default.
const OPTIONS: &str = r#"credential word "bearer" or "cookie"
csrf object an object
refresh string|object|function a URL, an object with a `url`, or a function
revocation string|object|function a URL, an object with a `url`, or a function
loginUrl url an http or https URL
name string a string
header string a string
header ^[\w!#$%&'*+.^`|~-]+$ a header's name
scheme string a string
scheme ^[\x20-~]*$ visible ASCII
isRefused function a function
origins urls an array of origins, URL prefixes or relative prefixes, or a function
storage area "local", "session", "memory" or an object with getItem, setItem and removeItem
adoptRecipeKeys boolean true or false
signedOut word "send" or "reject"
onSessionExpired word "logout" or "hold" or "pass-through"
onRetryRejected word "auto" or "logout" or "return"
leeway 0 a number of seconds, zero or more
refreshAttempts 1 a number of attempts, one or more
backgroundRefresh boolean true or false
refreshTimeout 1 a number of milliseconds above zero
cancelPending boolean true or false
isUnauthorized function a function
bodyCopyLimit 0 a number of bytes, zero or more
fetch function a function
debug boolean true or false"#;

fn scope(options: &Members) -> Scope {
    let value = options.get("origins");
    if value.is_function() {
        return Scope::Predicate(value.unchecked_into());
    }
    let mut rules = Vec::new();
    let urls: Array<Url> = value.unchecked_into();
    for at in 0..urls.length() {
        let url = urls.get_unchecked(at);
        rules.push(rule(&String::from(url.origin()), &String::from(url.pathname())));
    }
    Scope::Rules(rules)
}

fn place(options: &Members) -> Place {
    let place = options.get("storage");
    let host = host();
    if place.is_object() || place.is_function() {
        return Place::Custom(place.unchecked_into());
    }
    let word = options.word("storage", -1);
    if word == 2 {
        return Place::Memory;
    }
    if host == WORKER && word >= 0 {
        let word = if word == 0 { "local" } else { "session" };
        options.refuse("storage", &word.into(), r#"in a worker "memory" or an object"#);
    }
    match word {
        _ if host != PAGE => Place::Memory,
        1 => Place::Session,
        _ => Place::Local,
    }
}

fn policy(options: &Members, credential: Credential, refreshable: Refreshable) -> Policy {
    Policy {
        credential,
        signed_out: match options.word("signedOut", 0) {
            1 => SignedOut::Reject,
            _ => SignedOut::Send,
        },
        on_session_expired: match options.word("onSessionExpired", 0) {
            1 => OnSessionExpired::Hold,
            2 => OnSessionExpired::PassThrough,
            _ => OnSessionExpired::Logout,
        },
        on_retry_rejected: match options.word("onRetryRejected", 0) {
            1 => OnRetryRejected::Logout,
            2 => OnRetryRejected::Return,
            _ => OnRetryRejected::Auto,
        },
        refreshable,
        leeway: (options.number("leeway", 30.0) * 1000.0) as u64,
        attempts: options.number("refreshAttempts", 3.0) as u32,
        cancel_pending: Policy::default().cancel_pending.filter(|_| options.flag("cancelPending", true) && composes()),
        ..Policy::default()
    }
}

impl Options {
    /// Parses what the constructor got.
    pub fn parse(value: &JsValue) -> Result<Self, JsValue> {
        let given = Members::new(value, OPTIONS, None, "", None);
        if !(value.is_undefined() || value.is_object()) || value.is_array() {
            given.refuse("options", value, "an object");
        }
        let cookie = given.word("credential", 0) == 1;
        let credential = if cookie { Credential::Cookie } else { Credential::Bearer };
        if cookie {
            // What says how a token is sent, or where one is kept.
            given.refuse_each("header scheme adoptRecipeKeys storage", csrf::OTHER_CREDENTIAL);
        }
        let refresh = refresh(&given, cookie);
        let refreshable = refreshable(&refresh, cookie);
        let revocation = revocation(&given, &refresh, cookie);
        let fetch = underlying(given.function("fetch").as_ref(), cookie.into());
        let refresh_timeout = given.number("refreshTimeout", 10_000.0);
        let csrf_of_all = csrf::parse(&given, cookie, &fetch, refresh_timeout);
        let is_refused = is_refused(&given, &refresh);
        let header = given.text("header");
        let options = Self {
            name: given.text("name").unwrap_or_else(|| "authfetch".into()),
            refresh,
            scope: scope(&given),
            place: place(&given),
            adopt_recipe_keys: given.flag("adoptRecipeKeys", false),
            policy: policy(&given, credential, refreshable),
            background: given.flag("backgroundRefresh", true),
            refresh_timeout,
            csrf_of_all,
            is_refused,
            is_unauthorized: given.function("isUnauthorized"),
            body_copy_limit: given.number("bodyCopyLimit", 1_048_576.0),
            is_authorization: header.as_ref().is_none_or(is_authorization),
            header: header.unwrap_or_else(|| "Authorization".into()),
            scheme: given.text("scheme"),
            revocation,
            login_url: given.text("loginUrl"),
            fetch,
            debug: given.flag("debug", false),
            given,
        };
        options.given.checked()?;
        Ok(options)
    }
}

fn is_authorization(header: &JsString) -> bool {
    header.as_string().is_some_and(|header| header.eq_ignore_ascii_case("authorization"))
}
