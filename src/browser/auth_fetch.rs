//! The exported class. It parses arguments, finds the session that its name shares, and hands on.

use super::call::page::Page;
use super::debug;
use super::js::keys::Key;
use super::js::task;
use super::js::{self, Lent, NONE, Outcome, Val};
use super::options::Options;
use super::session::ending::Ending;
use super::session::shared::{Shared, on_server};
use crate::protocol::error::Code;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/fetch.js")]
extern "C" {
    /// `call` as a drop-in for the native function.
    #[wasm_bindgen(js_name = dropIn)]
    fn drop_in(call: Lent) -> Val;
}

#[wasm_bindgen(module = "/js/ops.js")]
extern "C" {
    /// `subscribe` over a set of listeners.
    fn subscriber(listeners: Lent) -> Val;
    #[wasm_bindgen(catch)]
    fn listen(target: Lent, add: i32, kind: Lent, listener: Lent, options: Lent) -> Result<(), JsValue>;
    /// Warns of plain options that differ from those of the oldest instance of the name, which count.
    fn compare(mine: Lent, theirs: Lent);
}

thread_local! {
    /// The sessions of this page: instances of one name and place share one.
    static SESSIONS: RefCell<Vec<Weak<Shared>>> = const { RefCell::new(Vec::new()) };
}

/// See `AuthFetch` in `index.d.ts`, which is the contract.
#[wasm_bindgen]
pub struct AuthFetch {
    page: Rc<Page>,
    fetch: Val,
    subscribe: Val,
    closed: Cell<bool>,
}

fn session_of(options: &Options) -> Option<Rc<Shared>> {
    if on_server() {
        return None;
    }
    SESSIONS.with_borrow_mut(|sessions| {
        sessions.retain(|session| session.strong_count() > 0);
        sessions
            .iter()
            .filter_map(Weak::upgrade)
            .find(|session| session.options.name.same(&options.name) && session.store.is_at(&options.place))
    })
}

#[wasm_bindgen]
impl AuthFetch {
    /// Opens the session that stands under `name`, or shares the one that is open in this page.
    ///
    /// # Errors
    /// `AuthFetchError` with `invalid_options`.
    #[wasm_bindgen(constructor)]
    pub fn new(options: JsValue) -> Result<AuthFetch, JsValue> {
        Ok(Self::open(&options.into())?)
    }

    fn open(options: &Val) -> Outcome<Self> {
        js::learn();
        let options = Rc::new(Options::parse(options)?);
        let shared = match session_of(&options) {
            Some(shared) => {
                compare(options.given.lend(), shared.options.given.lend());
                // The app may have written or cleared the record by hand, of which no event tells.
                shared.sync_record();
                shared
            }
            None => {
                let shared = Shared::open(Rc::clone(&options));
                SESSIONS.with_borrow_mut(|sessions| sessions.push(Rc::downgrade(&shared)));
                shared
            }
        };
        shared.opened();
        let subscribe = subscriber(shared.events.subscribers.lend());
        let page = Page::new(options, shared);
        let call = Rc::clone(&page);
        let call = Closure::<dyn Fn(JsValue, JsValue) -> JsValue>::new(move |input: JsValue, init: JsValue| {
            call.fetch(&input.into(), &init.into()).unwrap_or_else(|error| error.reject()).into()
        });
        let fetch = drop_in(Val::from(call.into_js_value()).lend());
        Ok(Self { page, fetch, subscribe, closed: Cell::new(false) })
    }

    /// The drop-in for `window.fetch`: bound, the same function object at each read.
    #[wasm_bindgen(getter)]
    pub fn fetch(&self) -> JsValue {
        self.fetch.clone().into()
    }

    /// "signed-out", "signed-in", "refreshing" or "suspended".
    #[wasm_bindgen(getter)]
    pub fn state(&self) -> JsValue {
        self.page.shared.now_told().state.map_or(Val::UNDEFINED, Val::name).into()
    }

    /// The frozen snapshot of the session, or null.
    #[wasm_bindgen(getter)]
    pub fn session(&self) -> JsValue {
        self.page.shared.session().into()
    }

    /// Signs in, or replaces the tokens of the running session.
    ///
    /// # Errors
    /// `TypeError` on a response that cannot be used; the session is unchanged.
    #[wasm_bindgen(js_name = setTokens)]
    pub fn set_tokens(&self, tokens: JsValue) -> Result<(), JsValue> {
        Ok(self.page.shared.set_tokens(&tokens.into())?)
    }

    /// A token fit to send now, renewed first if need be; null without a session. An abort of `signal` ends the wait.
    #[wasm_bindgen(js_name = getAccessToken)]
    pub fn get_access_token(&self, options: JsValue) -> JsValue {
        let options = Val::from(options);
        let (rejected, signal) = (options.get(Key::Rejected), options.get(Key::Signal));
        let number = debug::begin(self.page.shared.options.debug, Key::Call, &NONE);
        let promise = task::promise(Rc::clone(&self.page).access_token(rejected, signal, number));
        debug::follow(number, promise).into()
    }

    /// Renews now: one promise for everybody while it runs.
    pub fn refresh(&self) -> JsValue {
        self.page.shared.refresh().into()
    }

    /// Ends the session in this turn; the promise is the revocation's and never rejects.
    pub fn logout(&self, options: JsValue) -> JsValue {
        let shared = Rc::clone(&self.page.shared);
        let options = Val::from(options).own();
        let reason = options.get(Key::Reason);
        shared.sync_record();
        let revoked = shared.end(Ending {
            code: Code::LoggedOut,
            reason: if reason.is_text() { reason } else { Val::name(Key::User) },
            error: Val::UNDEFINED,
            redirect: !options.get(Key::Redirect).same(&Val::FALSE),
            revoke: !options.get(Key::Revoke).same(&Val::FALSE),
        });
        task::promise(async move { revoked.wait().await }).into()
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
        self.subscribe.clone().into()
    }

    /// As an `EventTarget` has it.
    #[wasm_bindgen(js_name = addEventListener)]
    pub fn add_event_listener(&self, kind: JsValue, listener: JsValue, options: JsValue) -> Result<(), JsValue> {
        self.listen(true, &kind.into(), &listener.into(), &options.into())
    }

    /// As an `EventTarget` has it.
    #[wasm_bindgen(js_name = removeEventListener)]
    pub fn remove_event_listener(&self, kind: JsValue, listener: JsValue, options: JsValue) -> Result<(), JsValue> {
        self.listen(false, &kind.into(), &listener.into(), &options.into())
    }

    fn listen(&self, add: bool, kind: &Val, listener: &Val, options: &Val) -> Result<(), JsValue> {
        listen(self.page.shared.events.target.lend(), i32::from(add), kind.lend(), listener.lend(), options.lend())
    }
}
