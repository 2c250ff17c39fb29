//! Tabs that share no record, and the one refresh token that their browser keeps for them in a cookie.
//!
//! Each tab is the `Session` that ships. Here is what surrounds it, and nothing of what it does: the cookie jar, the
//! lock, the mark, signals, the page's life, the app's calls, a server that rotates and an API that asks for its
//! tokens. Three things are left out, since nothing in a page can rule them out: a `Set-Cookie` that comes after another
//! session's, a page that dies before its commit has begun, and a login whose cookie has come and whose `setTokens`
//! has not. Timers are not early: what was begun to be committed before a token request is sent, or before a page comes
//! back, is committed when its answer is judged, or when the page reads the mark; and a grace outlasts the answers on
//! their way.

mod calls;
mod chances;
mod checks;
mod effects;
mod faults;
mod model;
mod pages;
pub mod reached;
mod server;
mod users;

use authfetch::protocol::config::{self, Credential, Place, Policy, Refreshable};
use authfetch::protocol::cookie::UNCONFIRMED;
use authfetch::protocol::event::{Event, MarkFor, Stored};
use authfetch::protocol::fault::{Fault, Faults};
use authfetch::protocol::session::{Session, State, Ticket};
use authfetch::protocol::tabs::Mark;
use authfetch::protocol::token::Record;
use calls::Calling;
use server::{Asked, Family, Issued, Request};
use std::collections::{BTreeSet, VecDeque};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Setup {
    pub tabs: usize,
    /// How many of them are opened later.
    pub unopened: usize,
    /// All open tabs are signed in; else the first alone.
    pub joined: bool,
    /// The browser has no locks.
    pub no_locks: bool,
    /// A second use of a refresh token is refused, and its family lives on; else it is revoked.
    pub lenient: bool,
    /// The server takes its time; else a request is served when it is sent.
    pub slow_server: bool,
    /// The access token is in a cookie too: tabs have a generation in its place.
    pub generations: bool,
    /// Access tokens expire, and are refreshed ahead of it.
    pub expiring: bool,
    pub fault: Option<Fault>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Life {
    Unopened,
    Live,
    /// Its last instance was closed: what is under way goes on.
    Closed,
    /// Nothing runs, and the lock has been released.
    Frozen,
    /// In the back-forward cache: as frozen, and its channel is closed.
    PutAway,
    /// Nothing runs, and the lock is kept.
    Hung,
    Gone,
}

/// Those that can be set here.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Timers {
    pub back_off: bool,
    pub grace: bool,
    pub canary: bool,
    /// When it fires.
    pub expiry: Option<u64>,
}

/// A mark that is being committed, for whom it is to be told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Commit {
    pub ticket: Option<Ticket>,
    pub mark: Mark,
}

/// What the browser keeps for one tab.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Tab {
    pub life: Life,
    pub session: Session,
    /// The record that was written last: it is in the page's memory. Its access token is numbered by the server.
    pub record: Record,
    /// The highest number of a generation, and whose it is, where the session is in cookies alone.
    pub numbers: u32,
    pub user: usize,
    pub channel: bool,
    /// Signals that have not been received, in no order.
    pub signals: BTreeSet<Mark>,
    /// Reads of the mark on their way.
    pub reads: Vec<MarkFor>,
    pub commits: Vec<Commit>,
    pub request: Option<Request>,
    /// What the running refresh has presented last.
    pub asked: Option<Asked>,
    /// The promise of the running refresh.
    pub promise: Option<u32>,
    /// That of the one before, until the end of the turn.
    pub earlier: Option<u32>,
    /// Revocations on their way: of which epoch's end, and with which cookie.
    pub revocations: Vec<(Option<u64>, Option<u32>)>,
    /// The server is to be told once more of a logout that it has not confirmed.
    pub owes: bool,
    pub timers: Timers,
    pub watches_unload: bool,
    /// A page that begins to be left, until its timer has fired.
    pub leaving: bool,
    pub calls: Vec<Calling>,
    /// The state that listeners were told last.
    pub told: State,
    pub microtasks: Vec<Microtask>,
    /// What happened while nothing ran.
    pub untold: VecDeque<Event>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct World {
    pub setup: Setup,
    pub tabs: Vec<Tab>,
    pub holder: Option<(usize, Ticket)>,
    pub queue: VecDeque<(usize, Ticket)>,
    /// What was committed last.
    pub mark: Mark,
    /// The cookie of the browser.
    pub jar: Option<u32>,
    pub now: u64,
    pub issued: Vec<Issued>,
    /// What a sign-in has begun on the server: whose it is, and whether it is revoked.
    pub families: Vec<Family>,
    /// Requests that nobody waits for.
    pub strays: Vec<u32>,
    /// Epochs in which a session has ended, or another begun.
    pub ends: BTreeSet<u64>,
    pub breach: Option<&'static str>,
}

/// What runs when the event is over.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Microtask {
    /// This call asks again.
    Wake(u32),
    /// The request at this place was aborted.
    Reject(u32),
}

/// How long an access token is good for, in ms, where it expires.
pub const LIFETIME_MS: u64 = 10_000;

const POLICY: Policy = Policy {
    signed_out: config::SignedOut::Send,
    on_session_expired: config::OnSessionExpired::Logout,
    on_retry_rejected: config::OnRetryRejected::Auto,
    refreshable: Refreshable::Always,
    credential: Credential::Bearer,
    leeway: 0,
    attempts: 2,
    cancel_pending: Some(1),
    grace: 250,
};

impl Tab {
    fn new(life: Life, setup: &Setup, now: u64) -> Self {
        let credential = if setup.generations { Credential::Cookie } else { Credential::Bearer };
        let mut session = Session::new(config::Setup {
            policy: Policy { credential, ..POLICY },
            place: Place::Private,
            cookie_possible: true,
            revokes_cookie: true,
            background: setup.expiring,
            faults: setup.fault.map_or_else(Faults::default, Faults::with),
        });
        session.open(Stored::Absent, now);
        Self {
            life,
            session,
            record: Record::default(),
            numbers: 0,
            user: 0,
            channel: false,
            signals: BTreeSet::new(),
            reads: Vec::new(),
            commits: Vec::new(),
            request: None,
            asked: None,
            promise: None,
            earlier: None,
            revocations: Vec::new(),
            owes: false,
            timers: Timers::default(),
            watches_unload: false,
            leaving: false,
            calls: Vec::new(),
            told: State::SignedOut,
            microtasks: Vec::new(),
            untold: VecDeque::new(),
        }
    }

    /// Whether anything runs.
    pub const fn runs(&self) -> bool {
        matches!(self.life, Life::Live | Life::Closed)
    }

    /// Whether it can be told of anything, now or later.
    pub fn exists(&self) -> bool {
        !matches!(self.life, Life::Unopened | Life::Gone)
    }
}

impl World {
    /// The user is signed in in the first tab, and it is committed; the others have been opened, and know of it, or
    /// have joined.
    pub fn new(setup: Setup) -> Self {
        let now = 1_000;
        let mut world = Self {
            setup: Setup { slow_server: false, ..setup },
            tabs: (0..setup.tabs).map(|_| Tab::new(Life::Unopened, &setup, now)).collect(),
            holder: None,
            queue: VecDeque::new(),
            mark: Mark::default(),
            jar: None,
            now,
            issued: Vec::new(),
            families: Vec::new(),
            strays: Vec::new(),
            ends: BTreeSet::new(),
            breach: None,
        };
        for i in 0..setup.tabs - setup.unopened {
            world.open(i);
            world.rest();
            match i {
                0 => world.sign_in(0),
                _ if setup.joined => world.refresh(i),
                _ => {}
            }
            world.rest();
        }
        world.breach = None;
        Self { setup, ..world }
    }

    pub fn breaks(&mut self, rule: &'static str) {
        self.breach.get_or_insert(rule);
    }

    /// Whether every commit that has begun is done.
    pub fn all_committed(&self) -> bool {
        self.tabs.iter().all(|tab| tab.commits.is_empty())
    }

    /// Whose tokens these are.
    pub fn user(&self, number: u32) -> usize {
        self.families[self.issued[number as usize].family].user
    }

    /// What is wrong with a world in which nothing moves any more.
    pub fn unrest(&self) -> Option<&'static str> {
        for (i, tab) in self.tabs.iter().enumerate().filter(|(_, tab)| tab.runs()) {
            if tab.session.refresh().is_some() || tab.promise.or(tab.earlier).is_some() || !tab.session.holds_no_lock()
            {
                return Some("every refresh comes to an end");
            }
            if tab.told != tab.session.state() {
                return Some("listeners are told of the state at last");
            }
            if !tab.calls.is_empty() || tab.session.anybody_waits() {
                return Some("every call comes to an end");
            }
            if tab.life == Life::Closed {
                continue;
            }
            let over = self.mark >= Mark { epoch: tab.record.epoch, version: UNCONFIRMED };
            if tab.record.signed_in() && (over || tab.session.decisions().cookie() < self.mark) {
                return Some("all live tabs agree on the session of the cookie");
            }
            let theirs = self.jar.map(|cookie| self.user(cookie));
            let ours = self.user_in(i);
            if ours.is_some() && theirs.is_some() && theirs != ours {
                return Some("no tab is left in the session of another user");
            }
            if tab.owes && self.mark.version == UNCONFIRMED {
                return Some("a logout that was not confirmed is told again");
            }
        }
        None
    }
}
