//! The exported class. It parses arguments, finds the session that its name shares, and hands on.

use super::call::client::Client;
use super::call::usual::{CallHandle, fetch_of};
use super::debug;
use super::effects::{events, lifecycle::on_server};
use super::endpoint::Refresh;
use super::error;
use super::options::Options;
use super::parser::Members;
use super::promise::promise;
use super::session::driver::SessionDriver;
use super::session::notices;
use crate::protocol::session::Requested;
use js_sys::{Function, JsString, Promise};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/auth_fetch.js")]
extern "C" {
    /// Warns of plain options that differ from those of the oldest instance of the name, which count.
    fn compare(mine: &Members, theirs: &Members);

    /// What `logout` is asked for.
    type LogoutOptions;
    #[wasm_bindgen(js_name = logoutOptions)]
    fn logout_options(options: &JsValue) -> LogoutOptions;
    #[wasm_bindgen(method, getter)]
    fn reason(this: &LogoutOptions) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn revoke(this: &LogoutOptions) -> bool;
    #[wasm_bindgen(method, getter)]
    fn redirect(this: &LogoutOptions) -> bool;

    /// What `getAccessToken` is asked for.
    type AccessTokenOptions;
    #[wasm_bindgen(js_name = accessTokenOptions)]
    fn access_token_options(options: &JsValue) -> AccessTokenOptions;
    #[wasm_bindgen(method, getter)]
    fn rejected(this: &AccessTokenOptions) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn signal(this: &AccessTokenOptions) -> JsValue;
}

thread_local! {
    /// The sessions of this client: instances of one name and place share one, until the last of them is closed.
    static SESSIONS: RefCell<Vec<Weak<SessionDriver>>> = const { RefCell::new(Vec::new()) };
}

/// See `AuthFetch` in `index.d.ts`, which is the contract.
#[wasm_bindgen]
pub struct AuthFetch {
    client: Rc<Client>,
    fetch: Function,
    closed: Cell<bool>,
}

/// A session begins by one of the two.
const OTHER_CREDENTIAL: &str = "`setTokens` is for tokens, `signedIn` for `credential: \"cookie\"`.";

fn session_of(options: &Options) -> Option<Rc<SessionDriver>> {
    if on_server() {
        return None;
    }
    SESSIONS.with_borrow_mut(|sessions| {
        let mut at = 0;
        while let Some(session) = sessions.get(at) {
            match session.upgrade() {
                Some(driver)
                    if driver.open_clients.get() > 0
                        && driver.options.name == options.name
                        && driver.store.is_at(&options.place)
                        && driver.options.policy.credential == options.policy.credential =>
                {
                    return Some(driver);
                }
                Some(_) => at += 1,
                None => drop(sessions.swap_remove(at)),
            }
        }
        None
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
        let options = Rc::new(Options::parse(&options)?);
        let driver = match session_of(&options) {
            Some(driver) => {
                compare(&options.given, &driver.options.given);
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
        driver.opened();
        let client = Client::new(options, driver);
        // What is told of a call is told on the long way.
        let told = client.driver.options.debug;
        let fetch = fetch_of(CallHandle::new(Rc::clone(&client)), &client.instance, told.into());
        Ok(Self { client, fetch, closed: Cell::new(false) })
    }

    /// The drop-in for `window.fetch`: bound, the same function object at each read.
    #[wasm_bindgen(getter)]
    pub fn fetch(&self) -> Function {
        self.fetch.clone()
    }

    /// "signed-out", "signed-in", "refreshing" or "suspended".
    #[wasm_bindgen(getter)]
    pub fn state(&self) -> JsString {
        notices::word(self.client.driver.session(|session| session.state())).into()
    }

    /// The frozen snapshot of the session, or null.
    #[wasm_bindgen(getter)]
    pub fn session(&self) -> JsValue {
        self.client.driver.vault.session()
    }

    /// Signs in, or replaces the tokens of the running session.
    ///
    /// # Errors
    /// `TypeError` on a response that cannot be used; the session is unchanged.
    #[wasm_bindgen(js_name = setTokens)]
    pub fn set_tokens(&self, tokens: JsValue) -> Result<(), JsValue> {
        if self.client.options.policy.by_cookie() {
            return Err(error::type_error(OTHER_CREDENTIAL));
        }
        self.client.driver.set_tokens(&tokens)
    }

    /// Signs in after a login that set the session's cookie.
    ///
    /// # Errors
    /// `TypeError` where the session is not in cookies.
    #[wasm_bindgen(js_name = signedIn)]
    pub fn signed_in(&self, details: JsValue) -> Result<(), JsValue> {
        if !self.client.options.policy.by_cookie() {
            return Err(error::type_error(OTHER_CREDENTIAL));
        }
        self.client.driver.signed_in(&details)
    }

    /// A token fit to send now, refreshed first if need be; null without a session. An abort of `signal` ends the wait.
    #[wasm_bindgen(js_name = getAccessToken)]
    pub fn get_access_token(&self, options: JsValue) -> Promise {
        let options = access_token_options(&options);
        let number = debug::begin(self.client.driver.options.debug, "call", &debug::NO_INPUT);
        let promise = promise(Rc::clone(&self.client).access_token(options.rejected(), options.signal(), number));
        debug::follow(number, promise)
    }

    /// Refreshes now: one promise for everybody while it runs.
    pub fn refresh(&self) -> Promise {
        let driver = &self.client.driver;
        if matches!(driver.options.refresh, Refresh::None) {
            let message = "Option `refresh`: not set; takes a URL, an object or a function.";
            return Promise::reject(&error::invalid_options(&message.into()));
        }
        driver.synchronize();
        let error = match driver.ask(|session, now| session.on_refresh_requested(now)) {
            Requested::Running(id) => return driver.refreshes.promise(id),
            Requested::Failed => driver.failed(),
            Requested::Rejected(code) => error::plain(code),
        };
        Promise::reject(&error)
    }

    /// Ends the session in this turn; the promise is the revocation's and never rejects.
    pub fn logout(&self, options: JsValue) -> Promise {
        let options = logout_options(&options);
        self.client.driver.log_out(options.reason(), options.revoke(), options.redirect())
    }

    /// Lets go of listeners and timers; keeps the session.
    pub fn close(&self) {
        if !self.closed.replace(true) {
            self.client.driver.closed();
        }
    }

    /// Calls `listener` after `session` or `state` has changed; returns the unsubscriber. Bound.
    #[wasm_bindgen(getter)]
    pub fn subscribe(&self) -> Function {
        self.client.driver.events.subscribe()
    }

    /// As an `EventTarget` has it.
    #[wasm_bindgen(js_name = addEventListener)]
    pub fn add_event_listener(&self, kind: JsValue, listener: JsValue, options: JsValue) -> Result<(), JsValue> {
        events::listen(&self.client.driver.events, 1, &kind, &listener, &options)
    }

    /// As an `EventTarget` has it.
    #[wasm_bindgen(js_name = removeEventListener)]
    pub fn remove_event_listener(&self, kind: JsValue, listener: JsValue, options: JsValue) -> Result<(), JsValue> {
        events::listen(&self.client.driver.events, 0, &kind, &listener, &options)
    }
}
