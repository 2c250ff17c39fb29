//! One session as one page holds it: the machine, the record it is shown, and everybody who waits for it.
//!
//! Instances of one name and place share it. No borrow of a cell here lives across a call that can run user code.

use super::abort::{Epoch, OnAbort};
use super::events::Events;
use super::js::{self, Outcome};
use super::options::{Options, Refresh};
use super::record::{self, Numbers, Stored, Tokens, snapshot};
use super::storage::Store;
use super::{clock, error};
use super::wakeup::Listening;
use crate::protocol::config::SignedOut;
use crate::protocol::error::Code;
use crate::protocol::renewal::Keep;
use crate::protocol::session::{Admission, Call, Renew, Session};
use crate::protocol::token::Record;
use futures::channel::oneshot::{self, Sender};
use js_sys::{Function, Object, Promise};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

/// A call that waits.
pub struct Waiter {
    call: Call,
    wake: Sender<()>,
}

/// What the listeners were last told.
#[derive(Clone, PartialEq, Default)]
pub struct Told {
    pub state: &'static str,
    pub session: JsValue,
}

/// See the module's text.
pub struct Shared {
    pub options: Options,
    pub store: Store,
    pub events: Events,
    machine: RefCell<Session>,
    numbers: Numbers,
    owner: Object,
    /// The text last read or written, and what it says.
    text: RefCell<JsValue>,
    stored: RefCell<Rc<Stored>>,
    pub told: RefCell<Told>,
    /// The frozen snapshot: the same object until it changes.
    session: RefCell<JsValue>,
    known_epoch: Cell<u64>,
    waiters: RefCell<Vec<Waiter>>,
    /// The running renewal's promise: one object for everybody.
    pub renewal: RefCell<Option<(u32, Promise)>>,
    /// Ends the running token request.
    pub cut: RefCell<Option<(AbortController, Sender<Cut>)>>,
    pub epoch: RefCell<Rc<Epoch>>,
    /// What the calls of the last ended epoch are rejected with.
    pub end: RefCell<JsValue>,
    /// What the last failed renewal rejected with.
    pub failure: RefCell<JsValue>,
    /// Numbers below this one belong to an ended epoch's tokens.
    first_token: Cell<u32>,
    pub timer: RefCell<Option<clock::Timer>>,
    pub wakeup: RefCell<Vec<Listening>>,
    /// A refresh function is running its synchronous part.
    pub in_function: Cell<bool>,
    /// It called us meanwhile.
    pub reentered: Cell<bool>,
    pub open_pages: Cell<u32>,
    /// The challenge last told of, for which token, and whether its calls wait.
    stepped_up: RefCell<Option<((u32, String), bool)>>,
}

thread_local! {
    /// Every drop-in of ours: where one stands in `globalThis.fetch`, the function found at import is used.
    pub static OURS: js_sys::WeakSet = js_sys::WeakSet::new();
}

/// The underlying fetch, looked up at each call.
pub fn underlying(given: Option<&Function>) -> Function {
    if let Some(given) = given {
        return given.clone();
    }
    let found = js::global("fetch");
    let ours = found.is_function() && OURS.with(|ours| ours.has(found.unchecked_ref()));
    if ours { js::FIRST.with(JsValue::clone).unchecked_into() } else { found.unchecked_into() }
}

/// Why a running token request is cut short.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Its time is over.
    Timeout,
    /// The session ended, or `setTokens` replaced what it renews.
    Overtaken,
}

impl Shared {
    /// Opens the session that stands in storage.
    pub fn open(options: Options) -> Outcome<Rc<Self>> {
        let (store, blocked) = Store::open(options.place.clone(), &options.name);
        let owner = js::bare();
        if let Refresh::Endpoint(endpoint) = &options.refresh {
            js::set(&owner, "endpoint", &JsValue::from_str(&endpoint.url));
            js::set(&owner, "client_id", &endpoint.client_id);
        }
        let mut policy = options.policy;
        if !store.shared() {
            policy.grace = 0;
        }
        let shared = Rc::new(Self {
            machine: RefCell::new(Session::new(policy)),
            options,
            store,
            events: Events::new()?,
            numbers: Numbers::default(),
            owner,
            text: RefCell::new(JsValue::UNDEFINED),
            stored: RefCell::default(),
            told: RefCell::default(),
            session: RefCell::new(JsValue::NULL),
            known_epoch: Cell::new(0),
            waiters: RefCell::default(),
            renewal: RefCell::default(),
            cut: RefCell::default(),
            epoch: RefCell::new(Rc::new(Epoch::new()?)),
            end: RefCell::new(JsValue::UNDEFINED),
            failure: RefCell::new(JsValue::UNDEFINED),
            first_token: Cell::new(0),
            timer: RefCell::default(),
            wakeup: RefCell::default(),
            in_function: Cell::new(false),
            reentered: Cell::new(false),
            open_pages: Cell::new(0),
            stepped_up: RefCell::default(),
        });
        let text = shared.store.read();
        if !text.is_string() && shared.options.adopt_recipe_keys {
            shared.adopt_recipe_keys();
        } else {
            shared.take_in(text);
        }
        shared.told.replace(shared.now_told());
        if let Some(error) = blocked {
            shared.storage_blocked(error);
        }
        Ok(shared)
    }

    fn adopt_recipe_keys(&self) {
        let now = clock::now();
        if let Some(Ok(tokens)) = self.store.take_recipe_keys().map(|keys| Tokens::of_recipe(keys, now)) {
            self.sign_in(&tokens, now);
        }
    }

    /// Says, a microtask later, that the record is kept in memory.
    pub fn storage_blocked(self: &Rc<Self>, error: JsValue) {
        let shared = Rc::clone(self);
        wasm_bindgen_futures::spawn_local(async move {
            let detail = js::bare();
            js::set(&detail, "error", &error);
            shared.events.fire("storageblocked", &detail, false);
        });
    }

    /// One question to the machine; nothing else runs meanwhile.
    pub fn ask<T>(&self, question: impl FnOnce(&mut Session) -> T) -> T {
        question(&mut self.machine.borrow_mut())
    }

    /// The record as it was last read or written.
    pub fn stored(&self) -> Rc<Stored> {
        Rc::clone(&self.stored.borrow())
    }

    /// What the machine is shown of it.
    pub fn record(&self) -> Record {
        self.stored.borrow().record
    }

    /// The stored text if it is not the one known.
    pub fn news(&self) -> Option<JsValue> {
        let text = self.store.read();
        let known = *self.text.borrow() == text;
        (!known).then_some(text)
    }

    /// Makes `text` the known one, and shows the machine what it says.
    pub fn take_in(&self, text: JsValue) {
        let stored = Stored::read(&text, &self.numbers, &self.owner);
        self.text.replace(text);
        self.know(stored);
    }

    fn know(&self, stored: Stored) {
        let record = stored.record;
        let epoch = self.ask(|machine| {
            machine.observe(&record, clock::now());
            machine.epoch()
        });
        let can_renew = self.ask(|machine| machine.can_renew(&record));
        let session = snapshot(&stored, can_renew);
        if js::to_json(&session) != js::to_json(&self.session.borrow()) {
            self.session.replace(session);
        }
        self.stored.replace(Rc::new(stored));
        if self.known_epoch.replace(epoch) != epoch {
            self.first_token.set(record.access.map_or(u32::MAX, |token| token.0));
            self.renewal.take();
        }
    }

    /// Whether a token of this number was sent in the running epoch.
    pub fn of_this_epoch(&self, token: u32) -> bool {
        token >= self.first_token.get()
    }

    /// Writes a record with these members, and makes it the known one.
    pub fn save(self: &Rc<Self>, record: &Record, members: Object) {
        if let Some(error) = self.put(record, members) {
            self.storage_blocked(error);
        }
    }

    fn put(&self, record: &Record, members: Object) -> Option<JsValue> {
        let mut record = *record;
        record.version = self.record().version.max(record.version) + 1;
        let text = record::write(&record, &members);
        let error = self.store.write(&text);
        self.text.replace(text);
        let mut stored = Stored::of(members.into(), &self.numbers, &self.owner);
        stored.record.epoch = record.epoch;
        self.know(stored);
        error
    }

    /// A sign-in, or new tokens within the session, as `setTokens` gives them.
    pub fn sign_in(&self, tokens: &Tokens, now: u64) -> Option<JsValue> {
        let old = self.stored();
        let within = old.record.signed_in() || old.record.suspended;
        let epoch = if within { old.record.epoch } else { self.ask(|machine| machine.next_epoch(&old.record, now)) };
        let version = if within { old.record.version } else { 0 };
        let record = Record { epoch, version, signin: old.record.signin + 1, ..old.record };
        let kept = Stored { members: js::bare().into(), ..Stored::default() };
        if old.record.signed_in() {
            js::set(&kept.members, "refresh_token", &old.member("refresh_token"));
        }
        self.put_tokens(record, tokens, &kept, now)
    }

    /// The tokens of a renewal; with [`Keep::Stored`] only the refresh token is new.
    pub fn renewed(&self, tokens: &Tokens, keep: Keep, now: u64) -> Option<JsValue> {
        let old = self.stored();
        match keep {
            Keep::New => self.put_tokens(old.record, tokens, &old, now),
            Keep::Stored => {
                let members = js::own(&old.members);
                if record::usable(&tokens.refresh) {
                    js::set(&members, "refresh_token", &tokens.refresh);
                }
                self.put(&old.record, members)
            }
        }
    }

    fn put_tokens(&self, old: Record, tokens: &Tokens, kept: &Stored, now: u64) -> Option<JsValue> {
        let members = js::own(&self.owner);
        js::set(&members, "access_token", &tokens.access);
        js::set(&members, "token_type", &tokens.kind);
        let refresh = record::usable(&tokens.refresh).then(|| tokens.refresh.clone());
        js::set(&members, "refresh_token", &refresh.unwrap_or_else(|| kept.member("refresh_token")));
        let scope = tokens.scope.is_string().then(|| tokens.scope.clone());
        js::set(&members, "scope", &scope.unwrap_or_else(|| kept.member("scope")));
        js::set(&members, "extra", &Object::assign(&js::own(&kept.member("extra")), &tokens.extra));
        let record = Record {
            access: Some(crate::protocol::token::AccessToken(0)),
            received_at: now,
            expires_at: tokens.expires_at,
            accepted: false,
            suspended: false,
            retry_at: 0,
            ..old
        };
        self.put(&record, members)
    }

    /// Changes what the record says beside the tokens.
    pub fn amend(self: &Rc<Self>, change: impl FnOnce(&mut Record)) {
        let stored = self.stored();
        let mut record = stored.record;
        change(&mut record);
        self.save(&record, js::own(&stored.members));
    }

    /// `state` and `session` as they are now.
    pub fn now_told(&self) -> Told {
        let stored = self.stored();
        let renewing = self.renewal.borrow().is_some();
        let state = match stored.record {
            Record { access: Some(_), .. } if renewing => "refreshing",
            Record { access: Some(_), .. } => "signed-in",
            Record { suspended: true, .. } => "suspended",
            _ => "signed-out",
        };
        Told { state, session: self.session.borrow().clone() }
    }

    /// The snapshot that `auth.session` is.
    pub fn session(&self) -> JsValue {
        self.session.borrow().clone()
    }

    /// The record is gone, and its tokens with it: what is sent from now on belongs to another epoch.
    pub fn forget_epoch(&self) {
        self.known_epoch.set(self.ask(|machine| machine.epoch()));
        self.first_token.set(u32::MAX);
        self.renewal.take();
    }

    /// Whether a call without a session simply goes out.
    pub fn signed_out_sends(&self) -> bool {
        self.options.policy.signed_out == SignedOut::Send
    }

    /// The fetch that token requests and revocations go through.
    pub fn underlying(&self) -> Function {
        underlying(self.options.fetch.as_ref())
    }

    /// Whether this is the URL of the token or the revocation endpoint: no token, no wait, no retry there.
    pub fn is_endpoint(&self, href: &str) -> bool {
        let refresh = if let Refresh::Endpoint(endpoint) = &self.options.refresh { Some(endpoint) } else { None };
        refresh.into_iter().chain(&self.options.revocation).any(|endpoint| endpoint.url == href)
    }

    /// Runs the renewal that the machine has opened, if it is not running yet.
    pub fn run_opened(self: &Rc<Self>) {
        if self.ask(|machine| machine.renewal().is_some()) {
            let _ = self.run_renewal();
        }
    }

    /// One `stepup` event per access token and challenge (RFC 9470). True where a listener asks the call to wait.
    pub fn step_up(&self, call: &Call, header: &str, acr: &[String], max_age: Option<f64>, url: &JsValue) -> bool {
        let token = call.sent.map_or(0, |token| token.0);
        let key = (token, String::from(header));
        let told = self.stepped_up.borrow().as_ref().filter(|(known, _)| *known == key).map(|(_, waits)| *waits);
        let waits = told.unwrap_or_else(|| {
            let detail = js::bare();
            let values = acr.iter().map(|value| JsValue::from_str(value)).collect::<js_sys::Array>();
            js::set(&detail, "acrValues", &values);
            js::set(&detail, "maxAge", &max_age.map_or(JsValue::NULL, JsValue::from_f64));
            js::set(&detail, "url", url);
            let waits = !self.events.fire("stepup", &detail, true);
            self.stepped_up.replace(Some((key, waits)));
            waits
        });
        waits && call.sends < 3
    }

    /// A new call.
    pub fn call(&self, answers: bool) -> Call {
        self.ask(|machine| machine.open(answers))
    }

    /// Puts a call among those that wait, oldest first; it is woken to ask again.
    pub fn wait(self: &Rc<Self>, call: Call, signal: &JsValue) -> (oneshot::Receiver<()>, Option<OnAbort>) {
        let (wake, woken) = oneshot::channel();
        let mut waiters = self.waiters.borrow_mut();
        let at = waiters.partition_point(|other| other.call.id < call.id);
        waiters.insert(at, Waiter { call, wake });
        drop(waiters);
        let shared = Rc::clone(self);
        let on_abort = OnAbort::new(signal, move || shared.leave(call.id));
        (woken, on_abort)
    }

    fn leave(&self, call: u32) {
        let mut waiters = self.waiters.borrow_mut();
        if let Some(at) = waiters.iter().position(|waiter| waiter.call.id == call) {
            let _ = waiters.remove(at).wake.send(());
        }
    }

    /// Whether calls wait that a canary can go ahead of.
    pub fn anybody_waits(&self) -> bool {
        self.waiters.borrow().iter().any(|waiter| waiter.call.answers)
    }

    /// Asks for each waiting call, oldest first, whether it may go now. True where a renewal is to be started.
    pub fn release(&self) -> Renew {
        let record = self.record();
        let now = clock::now();
        let mut renew = Renew::No;
        let mut staying = Vec::new();
        for waiter in self.waiters.take() {
            let admission = self.ask(|machine| machine.admit(&waiter.call, &record, now));
            match admission {
                Admission::Wait(start) => {
                    renew = if start == Renew::Start { start } else { renew };
                    staying.push(waiter);
                }
                Admission::Send(_, start) => {
                    renew = if start == Renew::Start { start } else { renew };
                    let _ = waiter.wake.send(());
                }
                Admission::Bare | Admission::SignedOut | Admission::Failed | Admission::Ended => {
                    let _ = waiter.wake.send(());
                }
            }
        }
        self.waiters.replace(staying);
        renew
    }

    /// What the calls of an ended session are rejected with: one object for all of one end.
    pub fn ended(&self) -> JsValue {
        let end = self.end.borrow().clone();
        if end.is_undefined() { error::plain(Code::LoggedOut) } else { end }
    }

    /// What calls are rejected with while a failed renewal cools down.
    pub fn failed(&self) -> JsValue {
        let failure = self.failure.borrow().clone();
        if failure.is_undefined() { error::plain(Code::RefreshFailed) } else { failure }
    }

    /// Says on the console why something was done, where `debug` is set.
    pub fn log(&self, what: &str) {
        if self.options.debug {
            let _ = js::invoke(&js::global("console"), "debug", &"authfetch".into(), &what.into());
        }
    }
}
