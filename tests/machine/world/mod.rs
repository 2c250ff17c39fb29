//! One tab around the session that ships: its storage, its lock, its timers, its users, an API, and an authorization
//! server that rotates refresh tokens.
//!
//! It decides nothing for the session. It keeps a ledger that the session never sees: what breaks a rule of the
//! protocol is written there as a breach.

mod calls;
mod elsewhere;
mod environment;
mod exchange;
mod ledger;
mod look;
mod server;
mod task;
mod users;

pub use self::server::Reply;
pub use self::task::{Answer, End, ONCE, Phase, STREAM, Task};

use self::environment::{Known, Lock};
use self::ledger::Ledger;
use self::server::Request;
use self::task::Microtask;
use crate::reached::note;
use authfetch::protocol::config::{Place, Policy, Setup};
use authfetch::protocol::environment::dispatch;
use authfetch::protocol::event::{Event, Stored, Timer};
use authfetch::protocol::fault::{Fault, Faults};
use authfetch::protocol::session::Session;
use authfetch::protocol::tabs::Mark;
use authfetch::protocol::token::{Record, RefreshToken};
use std::collections::VecDeque;

/// The lifetime of an access token, in ms, unless a spec sets another.
pub const LIFETIME: u64 = 100_000;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct World {
    pub session: Session,
    pub setup: Setup,
    pub now: u64,
    pub lifetime: Option<u64>,
    /// Each refresh brings the text of the access token that it was to replace.
    pub same_text: bool,
    /// What stands in storage.
    pub stored: Option<Record>,
    known: Known,
    /// The text that was read last.
    read: Option<Record>,
    /// What another tab has written, and this one cannot read yet.
    pub unseen: Option<Record>,
    /// The record as the session has last written it or taken it in.
    pub record: Record,
    pub tasks: Vec<Task>,
    microtasks: VecDeque<Microtask>,
    /// The clock jumps so far before the next of them asks.
    pub jump: u64,
    /// Each with the time it is set for, the earliest first.
    pub timers: Vec<(Timer, u64)>,
    pub lock: Lock,
    mark: Mark,
    /// `beforeunload` is listened for.
    pub watches_unload: bool,
    pub requests: Vec<Request>,
    /// The answer of a request that was aborted may have been on its way already.
    pub answers_late: bool,
    /// The refresh tokens that the server would exchange.
    pub valid: Vec<RefreshToken>,
    /// The refresh token that the browser keeps, where the session is in cookies.
    pub jar: Option<RefreshToken>,
    pub token_requests: u8,
    tokens: u32,
    /// What a listener does when it is told of something the next time.
    pub listener: Option<Reaction>,
    /// Listeners are being told.
    notifying: bool,
    ledger: Ledger,
    pub breach: Option<&'static str>,
}

/// What a listener does, from within.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reaction {
    LogsOut,
    SetsTokens,
    Refreshes,
    Calls,
}

impl World {
    /// Signed in since now.
    pub fn new(policy: Policy) -> Self {
        let mut world = Self::signed_out(policy);
        world.set_tokens(true);
        world
    }

    pub fn signed_out(policy: Policy) -> Self {
        Self::of(Setup { policy, place: Place::Shared, background: true, ..Setup::default() })
    }

    /// As `setup` says, with this fault; nobody is signed in.
    pub fn of(setup: Setup) -> Self {
        let mut world = Self {
            session: Session::new(setup),
            setup,
            now: 1_800_000_000_000,
            lifetime: Some(LIFETIME),
            same_text: false,
            stored: None,
            known: Known::Text(None),
            read: None,
            unseen: None,
            record: Record::default(),
            tasks: Vec::new(),
            microtasks: VecDeque::new(),
            jump: 0,
            timers: Vec::new(),
            lock: Lock::default(),
            mark: Mark::default(),
            watches_unload: false,
            requests: Vec::new(),
            answers_late: true,
            valid: Vec::new(),
            jar: None,
            token_requests: 0,
            tokens: 0,
            listener: None,
            notifying: false,
            ledger: Ledger::default(),
            breach: None,
        };
        world.open(Stored::Absent);
        world
    }

    /// A page that is opened with what stands in storage.
    pub fn reload(&mut self) {
        self.session = Session::new(self.setup);
        self.timers.clear();
        self.tasks.clear();
        self.requests.clear();
        self.lock = Lock::default();
        self.open(self.stored.map_or(Stored::Absent, Stored::Record));
    }

    fn open(&mut self, stored: Stored) {
        let now = self.now;
        self.read = self.stored;
        self.session.open(stored, now);
        self.ledger.told_of_session = self.session.record().has_session();
        self.happens(Event::Opened { visible: true, claims: false });
    }

    /// The refresh token that would be presented.
    pub fn refresh_token(&self, record: &Record) -> Option<RefreshToken> {
        if self.setup.policy.by_cookie() { self.jar } else { record.refresh }
    }

    /// The refresh token reaches the browser: what is left of it for the page.
    fn hand_out(&mut self, refresh: Option<RefreshToken>) -> Option<RefreshToken> {
        if self.setup.policy.by_cookie() {
            self.jar = refresh;
            None
        } else {
            refresh
        }
    }

    fn number(&mut self) -> u32 {
        self.tokens += 1;
        self.tokens
    }

    fn expiry(&self) -> Option<u64> {
        self.lifetime.map(|lifetime| self.now + lifetime)
    }

    /// Something happens, and then what was to happen a microtask later.
    fn happens(&mut self, event: Event) {
        self.is_told(event);
        self.end_turn();
    }

    fn is_told(&mut self, event: Event) {
        note("Event", event);
        dispatch(self, event);
    }

    fn end_turn(&mut self) {
        if !self.notifying {
            self.run_microtasks();
            self.read = None;
            self.check_turn();
        }
    }

    /// A timer fires, at its time or later.
    pub fn fire(&mut self, timer: Timer) {
        if timer == Timer::Grace {
            // What another tab has written becomes visible sooner.
            self.seen();
        }
        let Some(at) = self.timers.iter().position(|(set, _)| *set == timer) else { return };
        let (_, due) = self.timers.remove(at);
        self.now = self.now.max(due);
        self.before_timer(timer);
        let before = (!self.is_needed(timer)).then(|| self.session.clone());
        self.happens(Event::TimerFired(timer));
        if before.is_some_and(|before| before != self.session) {
            self.breaks("a timer that nobody waits for changes nothing");
        }
    }

    /// The lock is granted to who has waited longest for it, where it is free and anybody waits.
    pub fn grant_lock(&mut self) -> bool {
        let ticket = self.lock.grant();
        if let Some(ticket) = ticket {
            self.happens(Event::LockGranted(ticket));
        }
        ticket.is_some()
    }
}

/// A setup with a fault.
pub fn faulty(setup: Setup, fault: Option<Fault>) -> Setup {
    Setup { faults: fault.map_or(Faults::default(), Faults::with), ..setup }
}
