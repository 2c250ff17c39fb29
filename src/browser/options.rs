//! The options of the constructor, parsed and checked once; what is wrong is named, with what came and what it takes.

use super::effects::storage::Place;
use super::endpoint::{Refresh, endpoint_or_function, is_refused, refreshable};
use super::js::keys::Key;
use super::js::{Kind, Lent, Outcome, Val};
use super::parser::{Parser, is_http, is_url};
use crate::protocol::config::{OnRetryRejected, OnSessionExpired, Policy, Refreshable, SignedOut};
use crate::protocol::scope::{Rule, rule};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/ops.js")]
extern "C" {
    #[wasm_bindgen(js_name = headerName)]
    fn header_name(text: Lent) -> bool;
}

#[wasm_bindgen(module = "/js/fetch.js")]
extern "C" {
    #[wasm_bindgen(js_name = fetchAtCreation)]
    fn fetch_at_creation(given: Lent) -> Val;
}

/// Where the token may be sent.
pub enum Scope {
    /// Where one of these rules allows it.
    Rules(Vec<Rule>),
    /// Where the app's function says so.
    Predicate(Val),
}

/// Everything an instance was constructed with.
pub struct Options {
    pub name: Val,
    pub refresh: Refresh,
    pub scope: Scope,
    pub place: Place,
    pub adopt_recipe_keys: bool,
    pub policy: Policy,
    pub background: bool,
    pub refresh_timeout: f64,
    /// A function, or `undefined`: wherever of the two places it was given.
    pub is_refused: Val,
    /// A function, or `undefined`.
    pub is_unauthorized: Val,
    pub body_copy_limit: f64,
    /// The header's name.
    pub header: Val,
    /// It is `Authorization`, which browsers strip on a cross-origin redirect.
    pub is_authorization: bool,
    /// A string, or `undefined`.
    pub scheme: Val,
    pub revocation: Refresh,
    /// An absolute URL, or `undefined`.
    pub login_url: Val,
    /// The underlying function, or where it is looked up.
    pub fetch: Val,
    pub debug: bool,
    /// The members as given, for comparing two instances of one name.
    pub given: Val,
}

fn scope(parser: &mut Parser) -> Scope {
    const TAKES: &str = "an array of origins, URL prefixes or relative prefixes, or a function";
    let value = parser.members.get(Key::Origins);
    if value.is_function() {
        return Scope::Predicate(value);
    }
    let mut rules = Vec::new();
    if value.is_undefined() {
        let own = Val::global(Key::Location).get(Key::Origin).as_text();
        if !own.is_empty() && own != "null" {
            rules.push(rule(&own, "/"));
        }
    } else if value.is_array() {
        for at in 0..value.size() {
            let entry = value.at(at);
            let url = if is_url(&entry) { entry.url() } else { Val::UNDEFINED };
            if is_http(&url) {
                rules.push(rule(&url.get(Key::Origin).as_text(), &url.get(Key::Pathname).as_text()));
            } else if !(url.is_undefined() && entry.is_text() && Val::global(Key::Location).is_undefined()) {
                // Where there is no page a relative prefix matches nothing, and is right where there is one.
                parser.refuse_value(Key::Origins, &entry, TAKES);
            }
        }
    } else {
        parser.refuse_member(Key::Origins, TAKES);
    }
    Scope::Rules(rules)
}

fn place(parser: &mut Parser) -> Place {
    let page = Val::global(Key::Document).is_object();
    let worker = !page && Val::global(Key::WorkerGlobalScope).is_function();
    let value = parser.members.get(Key::Storage);
    let stored = value.is(Key::Local) || value.is(Key::Session);
    if stored && worker {
        parser.refuse_member(Key::Storage, "in a worker \"memory\" or an object");
    }
    let usable = [Key::GetItem, Key::SetItem, Key::RemoveItem].into_iter().all(|name| value.get(name).is_function());
    if value.is(Key::Memory) || (!page && (stored || value.is_undefined())) {
        Place::Memory
    } else if value.is(Key::Session) {
        Place::Session
    } else if value.is(Key::Local) || value.is_undefined() {
        Place::Local
    } else if usable {
        Place::Custom(value)
    } else {
        parser.refuse_member(
            Key::Storage,
            "\"local\", \"session\", \"memory\" or an object with getItem, setItem and removeItem",
        );
        Place::Memory
    }
}

fn policy(parser: &mut Parser, refreshable: Refreshable) -> Policy {
    let expired = [Key::Logout, Key::Hold, Key::PassThrough];
    let rejected = [Key::Auto, Key::Logout, Key::Return];
    Policy {
        signed_out: match parser.choice(Key::SignedOut, &[Key::Send, Key::Reject]) {
            1 => SignedOut::Reject,
            _ => SignedOut::Send,
        },
        on_session_expired: match parser.choice(Key::OnSessionExpired, &expired) {
            1 => OnSessionExpired::Hold,
            2 => OnSessionExpired::PassThrough,
            _ => OnSessionExpired::Logout,
        },
        on_retry_rejected: match parser.choice(Key::OnRetryRejected, &rejected) {
            1 => OnRetryRejected::Logout,
            2 => OnRetryRejected::Return,
            _ => OnRetryRejected::Auto,
        },
        refreshable,
        leeway: (parser.number(Key::Leeway, 30.0, 0.0, "a number of seconds, zero or more") * 1000.0) as u64,
        attempts: parser.number(Key::RefreshAttempts, 3.0, 1.0, "a number of attempts, one or more") as u32,
        ..Policy::default()
    }
}

fn header(parser: &mut Parser) -> Val {
    let header = parser.text(Key::Header);
    if header.is_undefined() {
        return Val::name(Key::Authorization);
    }
    if !header_name(header.lend()) {
        parser.refuse_member(Key::Header, "a header's name");
    }
    header
}

impl Options {
    /// Parses what the constructor got.
    pub fn parse(value: &Val) -> Outcome<Self> {
        let mut parser = Parser::new(value, Val::UNDEFINED, Key::Name, Key::IsRefused);
        if !matches!(value.kind(), Kind::Undefined | Kind::Object) || value.is_array() {
            parser.refuse_value(Key::Options, value, "an object");
        }
        let refresh = endpoint_or_function(&mut parser, Key::Refresh, None)?;
        let refreshable = refreshable(&refresh);
        let inherit = if let Refresh::Endpoint(endpoint) = &refresh { Some(endpoint) } else { None };
        let revocation = endpoint_or_function(&mut parser, Key::Revocation, inherit)?;
        let login_url = parser.members.get(Key::LoginUrl);
        let login_url = if login_url.is_undefined() { login_url } else { parser.url(Key::LoginUrl, &login_url) };
        let name = parser.text(Key::Name);
        let header = header(&mut parser);
        let scheme = parser.text(Key::Scheme);
        if !scheme.as_text().bytes().all(|b| (0x20..0x7f).contains(&b)) {
            parser.refuse_member(Key::Scheme, "visible ASCII");
        }
        let is_refused = is_refused(&mut parser, &refresh);
        let options = Self {
            name: if name.is_undefined() { Val::name(Key::Authfetch) } else { name },
            refresh,
            scope: scope(&mut parser),
            place: place(&mut parser),
            adopt_recipe_keys: parser.flag(Key::AdoptRecipeKeys, false),
            policy: policy(&mut parser, refreshable),
            background: parser.flag(Key::BackgroundRefresh, true),
            refresh_timeout: parser.number(Key::RefreshTimeout, 10_000.0, 1.0, "a number of milliseconds above zero"),
            is_refused,
            is_unauthorized: parser.function(Key::IsUnauthorized),
            body_copy_limit: parser.number(Key::BodyCopyLimit, 1_048_576.0, 0.0, "a number of bytes, zero or more"),
            is_authorization: header.as_text().eq_ignore_ascii_case("authorization"),
            header,
            scheme,
            revocation,
            login_url,
            fetch: fetch_at_creation(parser.function(Key::Fetch).lend()),
            debug: parser.flag(Key::Debug, false),
            given: parser.members.clone(),
        };
        parser.checked()?;
        Ok(options)
    }
}
