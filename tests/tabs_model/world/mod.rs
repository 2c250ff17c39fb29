//! Tabs, the storage as each of them sees it, the lock, the mark, and a server that rotates refresh tokens.
//!
//! This is the environment of the shipped `Session`, and nothing else: what a tab does is the session's to say, and
//! `browser` does it. The ledger is never seen by a session: what breaks a rule of the protocol is written there as a
//! breach.

mod accidents;
mod browser;
mod calls;
mod ledger;
mod locks;
mod look;
mod page;
mod server;
mod setup;
mod storage;
mod users;
mod vault;

use authfetch::protocol::decisions::Call;
use authfetch::protocol::event::{Event, MarkFor, Timer};
use authfetch::protocol::session::{Session, Ticket};
use authfetch::protocol::tabs::Mark;
use authfetch::protocol::token::Record;
pub use server::{Family, Issued, Request};
pub use setup::Setup;
use std::collections::{BTreeSet, VecDeque};
use vault::Vault;

pub const START: u64 = 1_000;
/// The lifetime of an access token, in ms.
pub const LIFETIME: u64 = 10_000_000;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Life {
    Unopened,
    Live,
    /// Nothing runs, after `freeze`.
    Frozen,
    /// Nothing runs, after `pagehide`: it may come back.
    Hidden,
    /// Nothing runs, and the locks are kept: a debugger, a synchronous request, a dialog.
    Hung,
    Gone,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum End {
    /// Answered, or given its token.
    Done,
    /// Sent without a token, or given none.
    WithoutToken,
    Failed,
    Ended,
    Aborted,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Phase {
    Waiting(Call),
    /// Sent with this token of the server's.
    InFlight {
        token: u32,
        call: Call,
        /// It went out in the turn it was made in.
        at_once: bool,
    },
    Settled(End),
}

/// What runs after the running dispatch.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Microtask {
    Wake(u32),
    Request(u32),
    /// The request at this place was aborted.
    Reject(u32),
}

/// A stored record. Its tokens are numbered by the server here.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Text {
    pub record: Record,
    /// It names the code and the reason of an end.
    pub of_end: bool,
}

/// What stands in storage.
pub type Item = Option<Text>;

/// The text that is known.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Known {
    /// None: whatever stands there is not it.
    Unread,
    Read(Item),
}

/// A write on its way to a tab.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Change {
    /// Its own has reached everybody.
    Own,
    Theirs(Item),
}

/// A session, and what the browser keeps for its tab.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Tab {
    pub life: Life,
    pub session: Session,
    pub vault: Vault,
    pub known: Known,
    /// What was read last and is not adopted; none between two turns.
    read: Option<Item>,
    pub calls: Vec<Phase>,
    /// None between two turns.
    microtasks: VecDeque<Microtask>,
    pub request: Option<Request>,
    pub timers: Vec<Timer>,
    /// When the timer of a refresh ahead of expiry fires.
    pub expiry: Option<u64>,
    /// Something older than what is known was seen in storage, and is to be looked at once more.
    pub restoring: bool,
    /// Transactions that set the mark, and those that read it.
    pub commits: Vec<(Option<Ticket>, Mark)>,
    pub reads: Vec<MarkFor>,
    /// What has happened while it stood still.
    undelivered: Vec<Event>,
    /// A channel to other tabs is open.
    pub channel: bool,
    /// `beforeunload` is listened for.
    pub watches: bool,
    /// The page is being left, and may stay after all: the refresh whose token request was broken off for that.
    pub leaving: Option<u32>,
    /// It is on its way to the login page.
    pub navigates: bool,
    /// The server is being told of a logout.
    pub revoking: bool,
    /// Whose record it is by its name, whether this page owns it, and whether that is being found out.
    pub owner: u8,
    pub owns: bool,
    pub claiming: bool,
    /// Writes fail from now on; none has failed yet where it is not in memory.
    pub blocked: bool,
    pub in_memory: bool,
    /// What `getItem` gives here.
    pub view: Item,
    /// Own writes that have not reached the others, and theirs that are not seen here.
    pub outbox: VecDeque<Item>,
    pub inbox: VecDeque<Change>,
    /// Own writes that have not come back: until then those of others are not seen.
    pub unseen: u8,
    /// Signals and storage events of later epochs that have not been told, in no order.
    pub told: BTreeSet<(Mark, bool)>,
    /// Refresh tokens that were presented, under which lock, and not handed over.
    presented: Vec<(Option<Ticket>, u32)>,
    /// Calls that were asked for more, and the sign-in that was not enough.
    stepped_up: Vec<(u32, u64)>,
    /// The tokens that the API has rejected here.
    rejected: BTreeSet<u32>,
    /// The epoch in which this tab had a session when it was last looked at.
    session_of: Option<u64>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct World {
    pub setup: Setup,
    pub tabs: Vec<Tab>,
    /// The storage as the browser has it.
    pub central: Item,
    /// Which tab holds the lock, and which wait for it.
    pub holder: Option<(usize, Ticket)>,
    pub queue: VecDeque<(usize, Ticket)>,
    /// What was committed last.
    pub mark: Mark,
    pub now: u64,
    pub issued: Vec<Issued>,
    pub families: Vec<Family>,
    /// Token requests that nobody waits for.
    pub strays: Vec<u32>,
    /// Epochs in which a session ended, or the next began.
    pub ends: BTreeSet<u64>,
    /// The latest epoch in which a session began, and the latest in which one was ended.
    pub began: u64,
    pub ended: u64,
    /// A tab has taken writes with it.
    pub lost: bool,
    /// A tab that did not see a later record yet has written over it.
    pub overwritten: bool,
    /// The latest epoch that was written.
    pub written: u64,
    pub cleared: bool,
    pub breach: Option<&'static str>,
    /// The tab that dies in the middle of its turn: after the first thing that others can see.
    dying: Option<usize>,
}

impl Tab {
    fn new(life: Life, setup: &Setup) -> Self {
        Self {
            life,
            session: Session::new(setup.of_session()),
            vault: Vault::default(),
            known: Known::Unread,
            read: None,
            calls: Vec::new(),
            microtasks: VecDeque::new(),
            request: None,
            timers: Vec::new(),
            expiry: None,
            restoring: false,
            commits: Vec::new(),
            reads: Vec::new(),
            undelivered: Vec::new(),
            channel: false,
            watches: false,
            leaving: None,
            navigates: false,
            revoking: false,
            owner: 0,
            owns: false,
            claiming: false,
            blocked: false,
            in_memory: false,
            view: None,
            outbox: VecDeque::new(),
            inbox: VecDeque::new(),
            unseen: 0,
            told: BTreeSet::new(),
            presented: Vec::new(),
            stepped_up: Vec::new(),
            rejected: BTreeSet::new(),
            session_of: None,
        }
    }

    pub fn has(&self, timer: Timer) -> bool {
        self.timers.contains(&timer)
    }
}

impl World {
    /// All tabs are signed in, and have seen it.
    pub fn new(setup: Setup) -> Self {
        let tab = |at| Tab::new(if at < setup.tabs - setup.unopened { Life::Live } else { Life::Unopened }, &setup);
        let mut world = Self {
            setup,
            tabs: (0..setup.tabs).map(tab).collect(),
            central: None,
            holder: None,
            queue: VecDeque::new(),
            mark: Mark::default(),
            now: START,
            issued: Vec::new(),
            families: Vec::new(),
            strays: Vec::new(),
            ends: BTreeSet::new(),
            began: 0,
            ended: 0,
            lost: false,
            overwritten: false,
            written: 0,
            cleared: false,
            breach: None,
            dying: None,
        };
        world.begin();
        world
    }

    pub fn breaks(&mut self, rule: &'static str) {
        self.breach.get_or_insert(rule);
    }

    pub fn live(&self, i: usize) -> bool {
        self.tabs[i].life == Life::Live
    }
}
