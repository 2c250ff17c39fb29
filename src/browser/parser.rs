//! Reads one object of options, member by member. The first wrong one is kept, with what came and what it takes.
//!
//! Own members only: a polluted `Object.prototype` sets no option. Values that may be secrets are never repeated.

use super::error;
use super::js::keys::Key;
use super::js::{Kind, Lent, NONE, Outcome, Val};
use crate::protocol::error::Code;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/ops.js")]
extern "C" {
    /// What is wrong, within which option, what came and what is taken.
    fn refusal(within: Lent, name: Lent, value: Lent, takes: &str) -> String;
}

/// An object of options, and the first error found in it.
pub struct Parser {
    /// The own members.
    pub members: Val,
    /// The option that holds this object; `undefined` where these are the options themselves.
    within: Val,
    fault: Option<Val>,
}

impl Parser {
    /// The members of `value`, which is the option `within` or the options themselves: all of their names are to be
    /// between two of ours.
    pub fn new(value: &Val, within: Val, first: Key, last: Key) -> Self {
        let mut parser = Self { members: value.own(), within, fault: None };
        let unknown_member = parser.members.unknown_member(first, last);
        if unknown_member.is_text() {
            parser.refuse(&unknown_member, &Val::UNDEFINED, "no such name");
        }
        parser
    }

    /// What is called `name` is `value`, which cannot be used.
    #[inline(never)]
    pub fn refuse(&mut self, name: &Val, value: &Val, takes: &str) {
        if self.fault.is_some() {
            return;
        }
        let text = refusal(self.within.lend(), name.lend(), value.lend(), takes);
        self.fault = Some(error::detailed(Code::InvalidOptions, &text, &NONE, &NONE));
    }

    /// The member `name` cannot be used.
    pub fn refuse_member(&mut self, name: Key, takes: &str) {
        let value = self.members.get(name);
        self.refuse(&Val::name(name), &value, takes);
    }

    /// The member `name` holds `value`, which cannot be used.
    pub fn refuse_value(&mut self, name: Key, value: &Val, takes: &str) {
        self.refuse(&Val::name(name), value, takes);
    }

    /// The first error, where there is one.
    pub fn checked(&mut self) -> Outcome<()> {
        self.fault.take().map_or(Ok(()), Err)
    }

    /// A member of one of these kinds, or `undefined`.
    #[inline(never)]
    fn member(&mut self, name: Key, kind: Kind, takes: &str) -> Val {
        let value = self.members.get(name);
        if value.kind() != kind && !value.is_undefined() {
            self.refuse(&Val::name(name), &value, takes);
            return Val::UNDEFINED;
        }
        value
    }

    /// A string, or `undefined`.
    pub fn text(&mut self, name: Key) -> Val {
        self.member(name, Kind::Text, "a string")
    }

    /// A function, or `undefined`.
    pub fn function(&mut self, name: Key) -> Val {
        self.member(name, Kind::Function, "a function")
    }

    /// True or false.
    pub fn flag(&mut self, name: Key, default: bool) -> bool {
        let value = self.member(name, Kind::Boolean, "true or false");
        if value.is_undefined() { default } else { value.truthy() }
    }

    /// A number of at least so much; `takes` says of what.
    pub fn number(&mut self, name: Key, default: f64, least: f64, takes: &str) -> f64 {
        let value = self.members.get(name);
        let number = value.as_number();
        if number >= least {
            return number;
        }
        if !value.is_undefined() {
            self.refuse_member(name, takes);
        }
        default
    }

    /// The place of the word among `words`; the first is the default.
    pub fn choice(&mut self, name: Key, words: &[Key]) -> usize {
        let value = self.members.get(name);
        if let Some(at) = words.iter().position(|word| value.is(*word)) {
            return at;
        }
        if !value.is_undefined() {
            let mut takes = String::new();
            for word in words {
                if !takes.is_empty() {
                    takes.push_str(" or ");
                }
                takes.push_str(&Val::name(*word).json().as_text());
            }
            self.refuse_member(name, &takes);
        }
        0
    }

    /// An http or https URL as absolute text. Any string stands where there is no page to resolve it against: the
    /// request itself will tell.
    pub fn url(&mut self, name: Key, value: &Val) -> Val {
        if is_url(value) {
            let url = value.url();
            if is_http(&url) {
                return url.get(Key::Href);
            }
            if url.is_undefined() && value.is_text() && Val::global(Key::Location).is_undefined() {
                return value.clone();
            }
        }
        self.refuse_value(name, value, "an http or https URL");
        Val::UNDEFINED
    }
}

/// A string or a URL object.
pub fn is_url(value: &Val) -> bool {
    value.is_text() || value.tag().is(Key::UrlClass)
}

/// A parsed URL whose scheme is `http` or `https`.
pub fn is_http(url: &Val) -> bool {
    let scheme = url.get(Key::Protocol);
    scheme.is(Key::Http) || scheme.is(Key::Https)
}
