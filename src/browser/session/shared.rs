//! One session as one page holds it: the machine, the record it is shown, and everybody who waits for it.
//!
//! Instances of one name and place share it. No borrow of a cell here lives across a call that can run user code.

use super::waiting::Waiters;
use crate::browser::abort::{Epoch, Listening};
use crate::browser::clock;
use crate::browser::endpoint::Refresh;
use crate::browser::error;
use crate::browser::events::Events;
use crate::browser::js::keys::Key;
use crate::browser::js::{Lent, NONE, Val};
use crate::browser::options::Options;
use crate::browser::record::{Known, Stored};
use crate::browser::storage::Store;
use crate::browser::tabs::Channel;
use crate::browser::tokens::Tokens;
use crate::protocol::config::Renewable;
use crate::protocol::error::Code;
use crate::protocol::session::{Call, Session};
use crate::protocol::token::Record;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/fetch.js")]
extern "C" {
    /// The underlying fetch, looked up at each call.
    pub fn underlying(given: Lent, back: i32) -> Val;
}

/// What the listeners were last told.
#[derive(Clone, Default)]
pub struct Told {
    pub state: Option<Key>,
    pub session: Val,
}

/// See the module's text.
pub struct Shared {
    pub options: Rc<Options>,
    pub store: Store,
    /// The refresh token may be in a cookie, which other tabs present too.
    pub cookie_possible: bool,
    /// The channel to other tabs while an instance is open.
    pub channel: RefCell<Option<Channel>>,
    pub events: Events,
    pub machine: RefCell<Session>,
    pub known: Known,
    pub owner: Val,
    /// The text last read or written, and what it says.
    pub text: RefCell<Val>,
    pub stored: RefCell<Stored>,
    pub told: RefCell<Told>,
    /// The frozen snapshot: the same object until it changes.
    pub session: RefCell<Val>,
    pub known_epoch: Cell<u64>,
    pub waiters: RefCell<Waiters>,
    /// The running renewal's number and promise: one object for everybody.
    pub renewal: RefCell<Option<(u32, Val)>>,
    /// The promise of the renewal whose outcome listeners are being told: to a listener it runs still, or it could go
    /// round for ever.
    pub told_of: RefCell<Option<Val>>,
    /// A revocation is under way.
    pub revoking: Cell<bool>,
    /// Listeners are being told of a failure.
    pub tells_failure: Cell<bool>,
    /// The controller of the running token request, and why it was cut short.
    pub cut: RefCell<Val>,
    pub abort_cause: Cell<Option<AbortCause>>,
    pub epoch: RefCell<Rc<Epoch>>,
    /// What the calls of the last ended epoch are rejected with.
    pub end: RefCell<Val>,
    /// What the last failed renewal rejected with.
    pub failure: RefCell<(u64, Val)>,
    /// What the console has been told of failures.
    pub warned: Val,
    /// Numbers below this one belong to an ended epoch's tokens.
    pub first_token: Cell<u32>,
    pub timer: RefCell<Option<clock::Timer>>,
    /// Runs while something older than what is known stands in storage.
    pub restoring: RefCell<Option<clock::Timer>>,
    pub wakeup: RefCell<Vec<Listening>>,
    /// A refresh function is running its synchronous part.
    pub in_function: Cell<bool>,
    /// It called us meanwhile.
    pub reentered: Cell<bool>,
    pub open_pages: Cell<u32>,
    /// The page is being left, or was while a token request was under way.
    pub unloading: Cell<bool>,
    /// Whose the record of this tab is: not known yet, known when this promise resolves, and what gives it up.
    pub claiming: Cell<bool>,
    pub claimed: RefCell<Val>,
    pub held: RefCell<Val>,
    /// The challenge last told of, for which token, and whether its calls wait.
    stepped_up: RefCell<Option<(u32, Val, bool)>>,
}

/// Why a running token request is cut short.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum AbortCause {
    /// Its time is over.
    Timeout,
    /// The session ended, or `setTokens` replaced what it renews.
    Overtaken,
}

/// Whether there is neither a page nor a worker: what runs here serves many visitors.
pub fn on_server() -> bool {
    Val::global(Key::Document).is_undefined() && Val::global(Key::WorkerGlobalScope).is_undefined()
}

impl Shared {
    /// Opens the session that stands in storage.
    pub fn open(options: Rc<Options>) -> Rc<Self> {
        let (store, blocked) = Store::open(options.place.clone(), &options.name);
        let owner = Val::bare();
        if let Refresh::Endpoint(endpoint) = &options.refresh {
            owner.put(Key::Endpoint, &endpoint.url);
            owner.put(Key::ClientIdMember, &endpoint.client_id);
        }
        let shared = Rc::new(Self {
            machine: RefCell::new(Session::new(options.policy)),
            cookie_possible: options.policy.renewable == Renewable::Always && !on_server(),
            channel: RefCell::default(),
            events: Events::new(options.debug),
            options,
            store,
            known: Known::default(),
            owner,
            text: RefCell::default(),
            stored: RefCell::default(),
            told: RefCell::default(),
            session: RefCell::new(Val::NULL),
            known_epoch: Cell::new(0),
            waiters: RefCell::default(),
            renewal: RefCell::default(),
            told_of: RefCell::default(),
            revoking: Cell::new(false),
            tells_failure: Cell::new(false),
            cut: RefCell::default(),
            abort_cause: Cell::default(),
            epoch: RefCell::default(),
            end: RefCell::default(),
            failure: RefCell::default(),
            warned: Val::construct(Key::Set, &NONE, &NONE),
            first_token: Cell::new(0),
            timer: RefCell::default(),
            restoring: RefCell::default(),
            wakeup: RefCell::default(),
            in_function: Cell::new(false),
            reentered: Cell::new(false),
            open_pages: Cell::new(0),
            unloading: Cell::new(false),
            claiming: Cell::new(false),
            claimed: RefCell::default(),
            held: RefCell::default(),
            stepped_up: RefCell::default(),
        });
        let text = shared.store.read();
        if !text.is_text() && shared.options.adopt_recipe_keys {
            shared.adopt_recipe_keys();
        } else {
            shared.read(text);
        }
        shared.told.replace(shared.now_told());
        shared.storage_blocked(blocked);
        shared
    }

    fn adopt_recipe_keys(&self) {
        let now = clock::now();
        if let Some(Ok(tokens)) = self.store.take_recipe_keys().map(|keys| Tokens::of_recipe(keys, now)) {
            self.sign_in(&tokens, Session::next_epoch, now);
        }
    }

    /// Says, a microtask later, that the record is kept in memory, where something has blocked the storage.
    pub fn storage_blocked(self: &Rc<Self>, blocked: Option<Val>) {
        let Some(error) = blocked else { return };
        let shared = Rc::clone(self);
        crate::browser::js::task::promise(async move {
            let detail = Val::bare();
            detail.put(Key::Error, &error);
            shared.events.fire(Key::Storageblocked, &detail, false);
            shared.listen_to_tabs();
            Ok(Val::UNDEFINED)
        });
    }

    /// One question to the machine; nothing else runs meanwhile.
    pub fn ask<T>(&self, question: impl FnOnce(&mut Session) -> T) -> T {
        question(&mut self.machine.borrow_mut())
    }

    /// A member of the record as it was last read or written.
    pub fn member(&self, name: Key) -> Val {
        self.stored.borrow().members.get(name)
    }

    /// All its members.
    pub fn members(&self) -> Val {
        self.stored.borrow().members.clone()
    }

    /// What the machine is shown of it.
    pub fn record(&self) -> Record {
        self.stored.borrow().record
    }

    /// `state` and `session` as they are now.
    pub fn now_told(&self) -> Told {
        let record = self.record();
        let state = if record.signed_in() {
            if self.renewal.borrow().is_some() { Key::Refreshing } else { Key::StateSignedIn }
        } else if record.suspended {
            Key::Suspended
        } else {
            Key::StateSignedOut
        };
        Told { state: Some(state), session: self.session() }
    }

    /// The snapshot that `auth.session` is.
    pub fn session(&self) -> Val {
        self.session.borrow().clone()
    }

    /// The fetch that token requests and revocations go through.
    pub fn underlying(&self) -> Val {
        underlying(self.options.fetch.lend(), i32::from(false))
    }

    /// Whether this is the URL of the token or the revocation endpoint: no token, no wait, no retry there.
    pub fn is_endpoint(&self, href: &Val) -> bool {
        let is_it = |given: &Refresh| matches!(given, Refresh::Endpoint(endpoint) if endpoint.url.same(href));
        is_it(&self.options.refresh) || is_it(&self.options.revocation)
    }

    /// One `stepup` event per access token and challenge (RFC 9470). True where a listener asks the call to wait.
    pub fn step_up(&self, call: &Call, header: &Val, acr: &[String], max_age: Option<f64>, url: &Val) -> bool {
        let token = call.sent.map_or(0, |token| token.0);
        let told = match &*self.stepped_up.borrow() {
            Some((known, challenge, waits)) if *known == token && challenge.same(header) => Some(*waits),
            Some(_) | None => None,
        };
        let waits = told.unwrap_or_else(|| {
            let detail = Val::bare();
            let values = Val::list();
            for value in acr {
                values.push(&Val::text(value));
            }
            detail.put(Key::AcrValues, &values);
            detail.put(Key::MaxAge, &max_age.map_or(Val::NULL, Val::number));
            detail.put(Key::Url, url);
            let waits = !self.events.fire(Key::Stepup, &detail, true);
            self.stepped_up.replace(Some((token, header.clone(), waits)));
            waits
        });
        waits && call.sends < 3
    }

    /// What the calls of an ended session are rejected with: one object for all of one end.
    pub fn ended(&self) -> Val {
        let end = self.end.borrow().clone();
        if end.is_undefined() { error::plain(Code::LoggedOut) } else { end }
    }

    /// What calls are rejected with while a failed renewal cools down: its error, where it was this tab's. Where
    /// another tab's has failed, nobody here knows why, and where nothing can be renewed no waiting helps.
    pub fn failed(&self) -> Val {
        let record = self.record();
        let transient = self.ask(|machine| machine.can_renew(&record));
        let (until, error) = self.failure.borrow().clone();
        if transient && until > 0 && until == record.retry_at {
            return error;
        }
        error::failed(Code::RefreshFailed, Code::RefreshFailed.message(), &NONE, &NONE, transient)
    }
}
