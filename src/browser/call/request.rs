//! The caller's arguments, taken down in the turn they were given in, before it is known whether they are our business.

use super::outgoing::Outgoing;
use crate::browser::abort::Epoch;
use crate::browser::debug::SILENT;
use crate::browser::js::keys::Key;
use crate::browser::js::{Kind, Lent, NONE, Outcome, Val};
use std::mem::take;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/ops.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = takeInit)]
    fn take_init(init: Lent) -> Result<Val, JsValue>;
    #[wasm_bindgen(js_name = headerOf)]
    fn header_of(pairs: Lent, name: Lent) -> Val;
    fn silent(init: Lent) -> bool;
    #[wasm_bindgen(catch, js_name = takeRequest)]
    fn take_request(input: Lent, init: Lent, signal: Lent) -> Result<Val, JsValue>;
}

/// What a caller gave.
pub struct Arguments {
    /// The request's URL as text.
    pub url: Val,
    /// The request, or the URL: as text, or as a URL of ours where the caller gave one.
    pub input: Val,
    /// A copy of `init`, each of whose members was read once.
    pub init: Val,
    request: bool,
}

impl Arguments {
    /// Reads each member of `init` once. What a getter throws is passed on; `None` where the native function has to
    /// judge.
    pub fn take(input: &Val, init: &Val) -> Outcome<Option<Self>> {
        let object = input.is_object();
        let request = object && input.get(Key::Clone).is_function() && input.get(Key::Url).is_text();
        if input.kind() == Kind::Other {
            return Ok(None);
        }
        let url = if request { input.get(Key::Url) } else { input.to_text()? };
        let init = if init.is_undefined() || init.is_null() {
            Val::bare()
        } else if init.is_object() {
            take_init(init.lend())?
        } else {
            return Ok(None);
        };
        let input = if request {
            input.clone()
        } else if object && input.tag().is(Key::UrlClass) {
            // What gets it can tell a URL from a text. The caller may change his own while the call waits.
            Some(Val::construct(Key::UrlClass, &url, &NONE)).filter(Val::is_object).unwrap_or_else(|| url.clone())
        } else {
            url.clone()
        };
        Ok(Some(Self { url, input, init, request }))
    }

    /// A member of `init`, or else of the Request; `signal: null` in `init` removes the Request's.
    fn member(&self, name: Key) -> Val {
        let own = self.init.get(name);
        if own.is_undefined() && self.request { self.input.get(name) } else { own }
    }

    /// The caller's signal.
    pub fn signal(&self) -> Val {
        self.member(Key::Signal)
    }

    /// Whether the caller wants none of it: `auth: false`, `no-cors`, or headers that only the native function can
    /// judge.
    pub fn opts_out(&mut self) -> Outcome<bool> {
        if self.init.get(Key::Auth).same(&Val::FALSE) || self.member(Key::Mode).is(Key::NoCors) {
            return Ok(true);
        }
        let headers = self.init.get(Key::Headers);
        if headers.is_undefined() {
            return Ok(false);
        }
        if !headers.is_object() {
            return Ok(true);
        }
        let pairs = headers.pairs()?;
        if pairs.is_undefined() {
            return Ok(true);
        }
        self.init.put(Key::Headers, &pairs);
        Ok(false)
    }

    /// Whether the caller asks for one send at most: `auth: "once"`.
    pub fn once(&self) -> bool {
        self.init.get(Key::Auth).is(Key::Once)
    }

    /// The caller's own header of this name, or nothing that is true.
    pub fn header(&self, name: &Val) -> Val {
        let headers = self.init.get(Key::Headers);
        if !headers.is_undefined() {
            header_of(headers.lend(), name.lend())
        } else if self.request {
            self.input.get(Key::Headers).invoke(Key::Get, name, &Val::UNDEFINED)
        } else {
            Val::UNDEFINED
        }
    }

    /// Takes the request down; `None` where that fails, as the native function will. Another header than the usual one
    /// would not be stripped on a redirect to another origin.
    pub fn take_down(&mut self, is_authorization: bool, epoch: &Epoch) -> Option<Outgoing> {
        let signal = self.signal();
        if self.request && silent(self.init.lend()) {
            // The signal that a copy is made with would reset these.
            for name in [Key::Referrer, Key::ReferrerPolicy] {
                self.init.put(name, &self.input.get(name));
            }
        }
        if !is_authorization && self.init.get(Key::Redirect).is_undefined() {
            let given = if self.request { self.input.get(Key::Redirect) } else { Val::UNDEFINED };
            if given.is_undefined() || given.is(Key::Follow) {
                self.init.put_name(Key::Redirect, Key::Error);
            }
        }
        if self.request {
            let joined = epoch.join(&signal);
            let target = take_request(self.input.lend(), self.init.lend(), joined.lend()).ok()?;
            return Some(Outgoing { target, init: Val::UNDEFINED, signal, replay: Val::UNDEFINED, number: SILENT });
        }
        let (target, init) = (take(&mut self.input), take(&mut self.init));
        Some(Outgoing { target, init, signal, replay: Val::UNDEFINED, number: SILENT })
    }
}
