//! One session as one page holds it: events go in, effects come out, and each is carried out by its own file.
//!
//! Instances of one name and place share it. No borrow of a cell here lives across a call that can run user code.

use super::ends::Ends;
use super::refreshes::Refreshes;
use super::told;
use crate::browser::abort::Epoch;
use crate::browser::effects::events::{self, Events};
use crate::browser::effects::lifecycle::{self, on_server};
use crate::browser::effects::storage::Store;
use crate::browser::effects::tabs::{self, Tabs};
use crate::browser::effects::timers::Timers;
use crate::browser::effects::token_endpoint::Reentry;
use crate::browser::effects::waiting::{self, Waiting};
use crate::browser::effects::{claim, revocation, timers};
use crate::browser::endpoint::Refresh;
use crate::browser::error;
use crate::browser::options::Options;
use crate::browser::vault::Vault;
use crate::protocol::config::{Refreshable, Setup};
use crate::protocol::effect::Effect;
use crate::protocol::environment::{self, Environment};
use crate::protocol::error::Code;
use crate::protocol::event::{Event, Stored};
use crate::protocol::session::{Session, Ticket};
use crate::protocol::token::Record;
use js_sys::{Function, Promise};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// See the module's text.
pub struct SessionDriver {
    pub options: Rc<Options>,
    pub store: Store,
    pub vault: Vault,
    pub events: Events,
    machine: RefCell<Session>,
    /// What has blocked the storage.
    pub blocked: RefCell<JsValue>,
    /// The members of the end that another tab has signalled.
    pub signalled: RefCell<JsValue>,
    pub tabs: Tabs,
    pub timers: Timers,
    waiting: Waiting,
    pub refreshes: Refreshes,
    pub ends: Ends,
    pub(super) epoch: RefCell<Epoch>,
    /// What listens to the page.
    pub listener: Function,
    pub open_clients: Cell<u32>,
    pub reentry: Reentry,
}

/// The handle by which the session's environment is asked.
pub struct Page<'a>(&'a Rc<SessionDriver>);

impl SessionDriver {
    /// Opens the session that stands in storage.
    pub fn open(options: Rc<Options>) -> Rc<Self> {
        let (store, blocked) = Store::open(options.place.clone(), &options.name);
        let (mut endpoint, mut client) = (&JsValue::UNDEFINED, &JsValue::UNDEFINED);
        if let Refresh::Endpoint(refresh) = &options.refresh {
            endpoint = &refresh.url;
            client = refresh.client_id.as_deref().map_or(client, |id| id);
        }
        let setup = Setup {
            policy: options.policy,
            place: store.seen_by(),
            cookie_possible: (options.policy.refreshable == Refreshable::Always || options.policy.by_cookie())
                && !on_server(),
            revokes_cookie: revocation::revokes_cookie(&options),
            background: options.background,
            ..Setup::default()
        };
        let driver = Rc::new_cyclic(|weak| {
            let tell = told::teller(weak.clone());
            Self {
                tabs: tabs::tabs(&tell, &options.name, endpoint, client),
                timers: timers::timers(&tell),
                listener: lifecycle::listener(&tell, told::number(told::PAGE, 0), &options.name),
                events: events::events(options.debug.into()),
                vault: Vault::new(endpoint, client, options.policy.by_cookie()),
                options: Rc::clone(&options),
                store,
                machine: RefCell::new(Session::new(setup)),
                blocked: RefCell::default(),
                signalled: RefCell::default(),
                waiting: waiting::waiting(),
                refreshes: Refreshes::default(),
                ends: Ends::default(),
                epoch: RefCell::default(),
                open_clients: Cell::new(0),
                reentry: Reentry::default(),
            }
        });
        driver.read_first();
        if let Some(error) = blocked {
            events::storage_blocked(&driver.events, &error);
        }
        driver
    }

    fn read_first(self: &Rc<Self>) {
        let text = self.store.read();
        let adopts = self.options.adopt_recipe_keys && text.is_null();
        let stored = self.vault.read(&text);
        self.ask(|session, now| session.open(stored, now));
        if adopts && let Some(tokens) = self.store.take_recipe_keys() {
            self.adopt_recipe_keys(tokens);
        }
    }

    /// The place that the session runs in.
    pub const fn place(self: &Rc<Self>) -> Page<'_> {
        Page(self)
    }

    /// Asks the session; nothing else runs meanwhile, and nothing comes of it.
    pub fn session<T>(&self, question: impl FnOnce(&mut Session) -> T) -> T {
        question(&mut self.machine.borrow_mut())
    }

    /// Tells the session what has happened, once what stands in storage is known.
    pub fn dispatch(self: &Rc<Self>, event: Event) {
        environment::dispatch(&mut Page(self), event);
    }

    /// Reads what stands in storage, and takes the consequences where another tab has changed it.
    pub fn synchronize(self: &Rc<Self>) {
        environment::synchronize(&mut Page(self));
    }

    /// What stands in storage, where it is another text than the known one.
    fn changed_text(&self) -> Option<JsValue> {
        Some(self.store.changed(&self.vault.texts)).filter(|text| !text.is_undefined())
    }

    /// Asks the session something of which effects may come, and does them.
    pub fn ask<T>(self: &Rc<Self>, question: impl FnOnce(&mut Session, u64) -> T) -> T {
        environment::ask(&mut Page(self), question)
    }

    /// Does what the session asks for.
    #[inline(never)]
    pub fn drain(self: &Rc<Self>) {
        environment::drain(&mut Page(self));
    }

    /// A promise that is fulfilled when the call is to ask again, or when its signal is aborted.
    pub fn wait(&self, id: u32, signal: &JsValue) -> Promise {
        waiting::wait(&self.waiting, id as i32, signal)
    }

    /// Whether this is the URL of the token or the revocation endpoint: no token, no wait, no retry there.
    pub fn is_endpoint(&self, href: &JsValue) -> bool {
        let is_it = |given: &Refresh| matches!(given, Refresh::Endpoint(endpoint) if JsValue::eq(&endpoint.url, href));
        is_it(&self.options.refresh) || is_it(&self.options.revocation)
    }

    /// What calls are rejected with while a failed refresh cools down: its error, where it was this tab's. Where
    /// another tab's has failed, nobody here knows why, and where nothing can be refreshed no waiting helps.
    pub fn failed(&self) -> JsValue {
        let (transient, retry_at) = self.session(|session| (session.can_refresh(), session.record().retry_at));
        let known = self.refreshes.failure(retry_at).filter(|_| transient);
        known.unwrap_or_else(|| {
            let (none, message) = (JsValue::UNDEFINED, Code::RefreshFailed.message());
            error::failed(Code::RefreshFailed, message, &none, &none, transient)
        })
    }

    /// What is known of the record.
    #[inline(never)]
    pub fn record(&self) -> Record {
        self.session(|session| *session.record())
    }

    /// Makes the snapshot anew.
    pub fn make_snapshot(&self) {
        let (signed_in, can_refresh) = self.session(|session| (session.record().signed_in(), session.can_refresh()));
        self.vault.make_snapshot(signed_in, can_refresh);
    }

    fn acquire_lock(&self, ticket: Ticket, steal: bool) {
        let ms = 2.0 * self.options.refresh_timeout + 2_000.0;
        tabs::lock(&self.tabs, told::number(told::LOCK, ticket.0.into()), self.shares_record(), ms, steal.into());
    }
}

impl Environment for Page<'_> {
    fn session<T>(&mut self, ask: impl FnOnce(&mut Session) -> T) -> T {
        self.0.session(ask)
    }

    fn now(&self) -> u64 {
        timers::now()
    }

    fn chance(&self) -> f64 {
        timers::chance()
    }

    fn read_if_changed(&mut self) -> Option<Stored> {
        self.0.changed_text().map(|text| self.0.vault.read(&text))
    }

    fn perform(&mut self, effect: Effect) -> Option<Event> {
        let driver = self.0;
        match effect {
            Effect::ReadRecord => {
                return Some(self.read_if_changed().map_or(Event::RecordUnchanged, Event::RecordRead));
            }
            Effect::AdoptRead => {
                driver.vault.adopt_read(&driver.record());
                driver.make_snapshot();
            }
            Effect::WriteRecord(members) => return driver.write(members),
            Effect::AssumeRecord(members) => driver.assume(members),
            Effect::RestoreRecord => {
                let text = driver.vault.known_text(&driver.record());
                driver.store.write(&text);
            }
            Effect::DropCopy => driver.drop_copy(),
            Effect::Signal => driver.signal(),
            Effect::CommitMark(ticket) => return driver.commit_mark(ticket),
            Effect::ReadMark(purpose) => driver.read_mark(purpose),
            Effect::AcquireLock { ticket, steal } => driver.acquire_lock(ticket, steal),
            Effect::ReleaseLock(ticket) => tabs::unlock(&driver.tabs, told::number(told::LOCK, ticket.0.into())),
            Effect::ClaimTab => driver.claim_tab(),
            Effect::ReleaseTab => claim::release(&driver.tabs),
            Effect::OpenChannel => tabs::open(&driver.tabs, told::number(told::SIGNAL, 0), driver.shares_record()),
            Effect::CloseChannel => tabs::close(&driver.tabs),
            Effect::WatchUnload(on) => lifecycle::watch_unload(&driver.listener, on.into()),
            Effect::SetTimer(timer, ms) => driver.set_timer(timer, ms),
            Effect::ClearTimer(timer) => driver.clear_timer(timer),
            Effect::BeginRefresh(id, reason) => driver.refreshes.begin(id, reason, driver.options.debug),
            Effect::RequestToken(id, reason) => driver.request_token(id, reason),
            Effect::RetryRefresh(id) => driver.refreshes.note(id, "asked again"),
            Effect::SettleRefresh(id, settled) => driver.settle_refresh(id, settled),
            Effect::WakeCall(id) => waiting::wake(&driver.waiting, id as i32),
            Effect::CancelRequest(place) => driver.epoch().cancel(place),
            Effect::CloseEpoch(ending) => driver.close_epoch(ending),
            Effect::AbortRequest(id) => driver.refreshes.abort(id),
            Effect::EndCalls => driver.end_calls(),
            Effect::Revoke => return driver.revoke(),
            Effect::Notify(notice) => driver.notify(notice),
            Effect::Navigate => driver.navigate(),
        }
        None
    }
}
