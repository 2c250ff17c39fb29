//! One session as one page holds it: events go in, effects come out, and each is carried out by its own file.
//!
//! Instances of one name and place share it. No borrow of a cell here lives across a call that can run user code.

use super::ends::Ends;
use super::refreshes::Refreshes;
use super::told;
use crate::browser::abort::{Epoch, Listening};
use crate::browser::effects::events::Events;
use crate::browser::effects::storage::Store;
use crate::browser::effects::tabs::{Channel, Claim, Locks, Marks, names_of};
use crate::browser::effects::timers::Timers;
use crate::browser::effects::{claim, lifecycle, revocation, timers, token_endpoint};
use crate::browser::endpoint::Refresh;
use crate::browser::error;
use crate::browser::js::keys::Key;
use crate::browser::js::slot::Slot;
use crate::browser::js::{Lent, Val};
use crate::browser::options::Options;
use crate::browser::vault::Vault;
use crate::protocol::config::{Refreshable, Setup};
use crate::protocol::effect::Effect;
use crate::protocol::environment::{self, Environment};
use crate::protocol::error::Code;
use crate::protocol::event::{Event, Stored};
use crate::protocol::session::{Session, Ticket};
use crate::protocol::token::Record;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/fetch.js")]
extern "C" {
    /// The underlying fetch, looked up at each call.
    pub fn underlying(given: Lent, back: i32) -> Val;
}

#[wasm_bindgen(module = "/src/browser/effects/waiting.js")]
extern "C" {
    /// The calls that wait.
    type Waiting;
    #[wasm_bindgen(constructor)]
    fn new() -> Waiting;
    /// A promise that is fulfilled when this call is woken, or its signal is aborted.
    #[wasm_bindgen(method)]
    fn wait(this: &Waiting, id: u32, signal: Lent) -> Val;
    #[wasm_bindgen(method)]
    fn wake(this: &Waiting, id: u32);
}

/// See the module's text.
pub struct SessionDriver {
    pub options: Rc<Options>,
    pub store: Store,
    pub vault: Vault,
    pub events: Events,
    machine: RefCell<Session>,
    /// What has blocked the storage.
    pub blocked: Slot,
    /// The code and the reason that another tab has signalled.
    pub signalled: Slot,
    pub locks: Locks,
    pub marks: Marks,
    pub channel: Channel,
    pub claim: Claim,
    pub timers: Timers,
    waiting: Waiting,
    pub refreshes: Refreshes,
    /// What the console was warned of.
    pub warned: Val,
    pub ends: Ends,
    pub(super) epoch: RefCell<Rc<Epoch>>,
    pub lifecycle: RefCell<Vec<Listening>>,
    pub unloading: RefCell<Option<Listening>>,
    pub open_clients: Cell<u32>,
    /// A refresh function is running its synchronous part.
    pub in_function: Cell<bool>,
    /// It called us meanwhile.
    pub reentered: Cell<bool>,
}

/// Whether there is neither a page nor a worker: what runs here serves many visitors.
pub fn on_server() -> bool {
    Val::global(Key::Document).is_undefined() && Val::global(Key::WorkerGlobalScope).is_undefined()
}

/// The handle by which the session's environment is asked.
struct Page<'a>(&'a Rc<SessionDriver>);

impl SessionDriver {
    /// Opens the session that stands in storage.
    pub fn open(options: Rc<Options>) -> Rc<Self> {
        let (store, blocked) = Store::open(options.place.clone(), &options.name);
        let owner = Val::bare();
        if let Refresh::Endpoint(endpoint) = &options.refresh {
            owner.put(Key::Endpoint, &endpoint.url);
            owner.put(Key::ClientIdMember, &endpoint.client_id);
        }
        let setup = Setup {
            policy: options.policy,
            place: store.seen_by(),
            cookie_possible: options.policy.refreshable == Refreshable::Always && !on_server(),
            revokes_cookie: revocation::revokes_cookie(&options.revocation),
            background: options.background,
            ..Setup::default()
        };
        let driver = Rc::new_cyclic(|weak| {
            let tell = told::teller(weak.clone());
            let names = names_of(options.name.lend());
            let (endpoint, client) = (owner.get(Key::Endpoint), owner.get(Key::ClientIdMember));
            Self {
                locks: Locks::new(tell.lend(), names.lend()),
                marks: Marks::new(tell.lend(), names.lend(), endpoint.lend(), client.lend()),
                channel: Channel::new(tell.lend(), names.lend(), endpoint.lend(), client.lend()),
                claim: Claim::new(tell.lend()),
                timers: Timers::new(tell.lend()),
                events: Events::new(options.debug),
                options,
                store,
                vault: Vault::new(owner),
                machine: RefCell::new(Session::new(setup)),
                blocked: Slot::default(),
                signalled: Slot::default(),
                waiting: Waiting::new(),
                refreshes: Refreshes::default(),
                warned: Val::construct(Key::Set, &Val::UNDEFINED, &Val::UNDEFINED),
                ends: Ends::default(),
                epoch: RefCell::default(),
                lifecycle: RefCell::default(),
                unloading: RefCell::default(),
                open_clients: Cell::new(0),
                in_function: Cell::new(false),
                reentered: Cell::new(false),
            }
        });
        driver.read_first();
        if let Some(error) = blocked {
            driver.blocked.set(error);
            driver.tell_blocked();
        }
        driver
    }

    fn read_first(self: &Rc<Self>) {
        let text = self.store.read();
        let adopts = self.options.adopt_recipe_keys && text.is_null();
        let stored = self.vault.read(text);
        self.ask(|session, now| session.open(stored, now));
        if adopts && let Some(tokens) = self.store.take_recipe_keys() {
            self.adopt_recipe_keys(tokens);
        }
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
    #[inline]
    pub fn synchronize(self: &Rc<Self>) {
        let text = self.store.read();
        if !self.vault.knows(&text) {
            self.on_text(text);
        }
    }

    #[inline(never)]
    fn on_text(self: &Rc<Self>, text: Val) {
        let stored = self.vault.read(text);
        environment::tell(&mut Page(self), Event::RecordRead(stored));
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
    pub fn wait(&self, id: u32, signal: &Val) -> Val {
        self.waiting.wait(id, signal.lend())
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

    /// What calls are rejected with while a failed refresh cools down: its error, where it was this tab's. Where
    /// another tab's has failed, nobody here knows why, and where nothing can be refreshed no waiting helps.
    pub fn failed(&self) -> Val {
        let (transient, retry_at) = self.session(|session| (session.can_refresh(), session.record().retry_at));
        let known = self.refreshes.failure(retry_at).filter(|_| transient);
        known.unwrap_or_else(|| {
            let (none, message) = (Val::UNDEFINED, Code::RefreshFailed.message());
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
        self.locks.acquire(told::number(told::LOCK, ticket.0.into()), self.shares_record(), ms, steal.into());
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
        let text = self.0.store.read();
        (!self.0.vault.knows(&text)).then(|| self.0.vault.read(text))
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
            Effect::DropCopy => claim::drop_copy(driver),
            Effect::Signal => driver.signal(),
            Effect::CommitMark(ticket) => return driver.commit_mark(ticket),
            Effect::ReadMark(purpose) => driver.read_mark(purpose),
            Effect::AcquireLock { ticket, steal } => driver.acquire_lock(ticket, steal),
            Effect::ReleaseLock(ticket) => driver.locks.release(told::number(told::LOCK, ticket.0.into())),
            Effect::ClaimTab => claim::claim_tab(driver),
            Effect::ReleaseTab => driver.claim.release(),
            Effect::OpenChannel => driver.channel.open(told::number(told::SIGNAL, 0), driver.shares_record()),
            Effect::CloseChannel => driver.channel.close(),
            Effect::WatchUnload(on) => lifecycle::watch_unload(driver, on),
            Effect::SetTimer(timer, ms) => driver.set_timer(timer, ms),
            Effect::ClearTimer(timer) => driver.clear_timer(timer),
            Effect::BeginRefresh(id, reason) => driver.refreshes.begin(id, reason, driver.options.debug),
            Effect::RequestToken(id, reason) => token_endpoint::request_token(driver, id, reason),
            Effect::RetryRefresh(id) => driver.refreshes.note(id, Key::AskedAgain),
            Effect::SettleRefresh(id, settled) => driver.settle_refresh(id, settled),
            Effect::WakeCall(id) => driver.waiting.wake(id),
            Effect::CloseEpoch(ending) => driver.close_epoch(ending),
            Effect::AbortRequest(id) => driver.refreshes.abort(id),
            Effect::EndCalls => driver.end_calls(),
            Effect::Revoke => return revocation::revoke(driver),
            Effect::Notify(notice) => driver.notify(notice),
            Effect::Navigate => driver.navigate(),
        }
        None
    }
}
