//! The exported class. It parses arguments, finds the session that its name shares, and hands on.

use super::driver::Page;
use super::ending::Ending;
use super::js::{self, Outcome};
use super::options::Options;
use super::shared::{OURS, Shared};
use crate::protocol::error::Code;
use js_sys::{Object, Promise};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

thread_local! {
    /// The sessions of this page: instances of one name and place share one.
    static SESSIONS: RefCell<Vec<Weak<Shared>>> = const { RefCell::new(Vec::new()) };
}

/// See `AuthFetch` in `index.d.ts`, which is the contract.
#[wasm_bindgen]
pub struct AuthFetch {
    page: Rc<Page>,
    fetch: JsValue,
    subscribe: JsValue,
    closed: Cell<bool>,
}

fn session_of(options: &Options) -> Option<Rc<Shared>> {
    if js::global("document").is_undefined() && js::global("WorkerGlobalScope").is_undefined() {
        return None;
    }
    SESSIONS.with_borrow_mut(|sessions| {
        sessions.retain(|session| session.strong_count() > 0);
        sessions
            .iter()
            .filter_map(Weak::upgrade)
            .find(|session| session.options.name == options.name && session.store.is_at(&options.place))
    })
}

/// Says which plain session options differ from those of the oldest instance of the name, which count.
fn warn_of_difference(mine: &Options, theirs: &Shared) {
    for name in Object::keys(&mine.given).iter() {
        let name = name.as_string().unwrap_or_default();
        if matches!(name.as_str(), "origins" | "fetch" | "header" | "scheme") {
            continue;
        }
        let (mine, theirs) = (js::get(&mine.given, &name), js::get(&theirs.options.given, &name));
        if !(mine.is_object() || mine.is_function()) && mine != theirs {
            let mut text = String::from("authfetch: option `");
            text.push_str(&name);
            text.push_str("` differs from that of an older instance of the same name, which counts.");
            let _ = js::invoke(&js::global("console"), "warn", &text.into(), &JsValue::UNDEFINED);
        }
    }
}

#[wasm_bindgen]
impl AuthFetch {
    /// Opens the session that stands under `name`, or shares the one that is open in this page.
    ///
    /// # Errors
    /// `AuthFetchError` with `invalid_options`.
    #[wasm_bindgen(constructor)]
    pub fn new(options: JsValue) -> Outcome<AuthFetch> {
        let options = Options::parse(&options)?;
        let shared = match session_of(&options) {
            Some(shared) => {
                warn_of_difference(&options, &shared);
                shared
            }
            None => {
                let mut own = Options::parse(&options.given)?;
                own.fetch.clone_from(&options.fetch);
                let shared = Shared::open(own)?;
                SESSIONS.with_borrow_mut(|sessions| sessions.push(Rc::downgrade(&shared)));
                shared
            }
        };
        shared.opened();
        let page = Page::new(options, Rc::clone(&shared));
        let call = Rc::clone(&page);
        let call = Closure::<dyn Fn(JsValue, JsValue) -> JsValue>::new(move |input: JsValue, init: JsValue| {
            call.fetch(&input, &init).unwrap_or_else(|error| Promise::reject(&error).into())
        });
        let fetch = js::drop_in(&call.into_js_value());
        OURS.with(|ours| ours.add(fetch.unchecked_ref()));
        let subscribe = Closure::<dyn Fn(JsValue) -> JsValue>::new(move |listener: JsValue| {
            // A function of its own for each subscription: the same listener twice is told twice.
            let token = Rc::clone(&shared);
            let entry = js_sys::Array::of1(&listener);
            token.events.subscribers().add(&entry);
            Closure::<dyn Fn()>::new(move || {
                token.events.subscribers().delete(&entry);
            })
            .into_js_value()
        });
        Ok(Self { page, fetch, subscribe: subscribe.into_js_value(), closed: Cell::new(false) })
    }

    /// The drop-in for `window.fetch`: bound, the same function object at each read.
    #[wasm_bindgen(getter)]
    pub fn fetch(&self) -> JsValue {
        self.fetch.clone()
    }

    /// "signed-out", "signed-in", "refreshing" or "suspended".
    #[wasm_bindgen(getter)]
    pub fn state(&self) -> String {
        self.page.shared.now_told().state.into()
    }

    /// The frozen snapshot of the session, or null.
    #[wasm_bindgen(getter)]
    pub fn session(&self) -> JsValue {
        self.page.shared.session()
    }

    /// Signs in, or replaces the tokens of the running session.
    ///
    /// # Errors
    /// `TypeError` on a response that cannot be used; the session is unchanged.
    #[wasm_bindgen(js_name = setTokens)]
    pub fn set_tokens(&self, tokens: &JsValue) -> Outcome<()> {
        self.page.shared.set_tokens(tokens)
    }

    /// A token fit to send now, renewed first if need be; null without a session. An abort of `signal` ends the wait.
    #[wasm_bindgen(js_name = getAccessToken)]
    pub fn get_access_token(&self, options: &JsValue) -> Promise {
        let (rejected, signal) = (js::get(options, "rejected"), js::get(options, "signal"));
        future_to_promise(Page::access_token(Rc::clone(&self.page.shared), rejected, signal))
    }

    /// Renews now: one promise for everybody while it runs.
    pub fn refresh(&self) -> Promise {
        self.page.shared.refresh()
    }

    /// Ends the session in this turn; the promise is the revocation's and never rejects.
    pub fn logout(&self, options: &JsValue) -> Promise {
        let options = js::own(options);
        let flag = |name: &str| js::get(&options, name) != JsValue::FALSE;
        self.page.shared.catch_up();
        self.page.shared.end(Ending {
            code: Code::LoggedOut,
            reason: js::get(&options, "reason").as_string().unwrap_or_else(|| "user".into()),
            error: None,
            redirect: flag("redirect"),
            revoke: flag("revoke"),
        })
    }

    /// Lets go of listeners and timers; keeps the session.
    pub fn close(&self) {
        if !self.closed.replace(true) {
            self.page.shared.closed();
        }
    }

    /// Calls `listener` after `session` or `state` has changed; returns the unsubscriber. Bound.
    #[wasm_bindgen(getter)]
    pub fn subscribe(&self) -> JsValue {
        self.subscribe.clone()
    }

    /// As an `EventTarget` has it.
    #[wasm_bindgen(js_name = addEventListener)]
    pub fn add_event_listener(&self, kind: &JsValue, listener: &JsValue, options: &JsValue) -> Outcome {
        self.page.shared.events.listen("addEventListener", kind, listener, options)
    }

    /// As an `EventTarget` has it.
    #[wasm_bindgen(js_name = removeEventListener)]
    pub fn remove_event_listener(&self, kind: &JsValue, listener: &JsValue, options: &JsValue) -> Outcome {
        self.page.shared.events.listen("removeEventListener", kind, listener, options)
    }
}
