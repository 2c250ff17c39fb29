//! The exported class. It parses arguments, finds the session that its name shares, and hands on.

use super::call::client::Client;
use super::debug;
use super::effects::lifecycle;
use super::endpoint::Refresh;
use super::error;
use super::js::keys::Key;
use super::js::task;
use super::js::{self, Lent, NONE, Outcome, Val};
use super::options::Options;
use super::session::driver::{SessionDriver, on_server};
use super::session::notices;
use crate::protocol::error::Code;
use crate::protocol::session::Requested;
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
    /// The sessions of this client: instances of one name and place share one.
    static SESSIONS: RefCell<Vec<Weak<SessionDriver>>> = const { RefCell::new(Vec::new()) };
}

/// See `AuthFetch` in `index.d.ts`, which is the contract.
#[wasm_bindgen]
pub struct AuthFetch {
    client: Rc<Client>,
    fetch: Val,
    subscribe: Val,
    closed: Cell<bool>,
}

fn session_of(options: &Options) -> Option<Rc<SessionDriver>> {
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
    /// Opens the session that stands under `name`, or shares the one that is open in this client.
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
        let driver = match session_of(&options) {
            Some(driver) => {
                compare(options.given.lend(), driver.options.given.lend());
                // The app may have written or cleared the record by hand, of which no event tells.
                driver.synchronize();
                driver
            }
            None => {
                let driver = SessionDriver::open(Rc::clone(&options));
                SESSIONS.with_borrow_mut(|sessions| sessions.push(Rc::downgrade(&driver)));
                driver
            }
        };
        lifecycle::opened(&driver);
        let subscribe = subscriber(driver.events.subscribers.lend());
        let client = Client::new(options, driver);
        let call = Rc::clone(&client);
        let call = Closure::<dyn Fn(JsValue, JsValue) -> JsValue>::new(move |input: JsValue, init: JsValue| {
            call.fetch(&input.into(), &init.into()).unwrap_or_else(|error| error.reject()).into()
        });
        let fetch = drop_in(Val::from(call.into_js_value()).lend());
        Ok(Self { client, fetch, subscribe, closed: Cell::new(false) })
    }

    /// The drop-in for `window.fetch`: bound, the same function object at each read.
    #[wasm_bindgen(getter)]
    pub fn fetch(&self) -> JsValue {
        self.fetch.clone().into()
    }

    /// "signed-out", "signed-in", "refreshing" or "suspended".
    #[wasm_bindgen(getter)]
    pub fn state(&self) -> JsValue {
        Val::name(notices::word(self.client.driver.session(|session| session.state()))).into()
    }

    /// The frozen snapshot of the session, or null.
    #[wasm_bindgen(getter)]
    pub fn session(&self) -> JsValue {
        self.client.driver.vault.session().into()
    }

    /// Signs in, or replaces the tokens of the running session.
    ///
    /// # Errors
    /// `TypeError` on a response that cannot be used; the session is unchanged.
    #[wasm_bindgen(js_name = setTokens)]
    pub fn set_tokens(&self, tokens: JsValue) -> Result<(), JsValue> {
        Ok(self.client.driver.set_tokens(&tokens.into())?)
    }

    /// A token fit to send now, refreshed first if need be; null without a session. An abort of `signal` ends the wait.
    #[wasm_bindgen(js_name = getAccessToken)]
    pub fn get_access_token(&self, options: JsValue) -> JsValue {
        let options = Val::from(options);
        let (rejected, signal) = (options.get(Key::Rejected), options.get(Key::Signal));
        let number = debug::begin(self.client.driver.options.debug, Key::Call, &NONE);
        let promise = task::promise(Rc::clone(&self.client).access_token(rejected, signal, number));
        debug::follow(number, promise).into()
    }

    /// Refreshes now: one promise for everybody while it runs.
    pub fn refresh(&self) -> JsValue {
        let driver = &self.client.driver;
        if matches!(driver.options.refresh, Refresh::None) {
            let message = "Option `refresh`: not set; takes a URL, an object or a function.";
            return error::detailed(Code::InvalidOptions, message, &NONE, &NONE).reject().into();
        }
        driver.synchronize();
        match driver.ask(|session, now| session.on_refresh_requested(now)) {
            Requested::Running(id) => driver.refreshes.promise(id),
            Requested::Failed => driver.failed().reject(),
            Requested::Rejected(code) => error::plain(code).reject(),
        }
        .into()
    }

    /// Ends the session in this turn; the promise is the revocation's and never rejects.
    pub fn logout(&self, options: JsValue) -> JsValue {
        let options = Val::from(options).own();
        let revoke = !options.get(Key::Revoke).same(&Val::FALSE);
        let redirect = !options.get(Key::Redirect).same(&Val::FALSE);
        self.client.driver.log_out(options.get(Key::Reason), revoke, redirect).into()
    }

    /// Lets go of listeners and timers; keeps the session.
    pub fn close(&self) {
        if !self.closed.replace(true) {
            lifecycle::closed(&self.client.driver);
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
        listen(self.client.driver.events.target.lend(), i32::from(add), kind.lend(), listener.lend(), options.lend())
    }
}
