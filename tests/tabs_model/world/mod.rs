//! Tabs, the storage as each of them sees it, the lock, the mark, and a server that rotates refresh tokens.
//!
//! The ledger is never seen by a machine: what breaks a rule of the protocol is written there as a breach. A [`Fault`]
//! makes the driver do one thing wrong, so that the checks can be seen to fail.

mod accidents;
mod calls;
mod changes;
mod flows;
mod keeping;
mod look;
mod renewing;
mod server;
mod storage;
mod users;

use authfetch::protocol::config::Policy;
use authfetch::protocol::session::{Call, Session};
use authfetch::protocol::tabs::Mark;
use authfetch::protocol::token::Record;
pub use server::{Issued, Request};
use std::collections::{BTreeSet, VecDeque};

pub const START: u64 = 1_000;
/// The lifetime of an access token, in ms.
pub const LIFETIME: u64 = 10_000_000;

/// One thing done wrong on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Fault {
    None,
    /// The holder's answer is written whatever stands there: whoever lost the lock overwrites the tokens of the next
    /// holder.
    StealIsAFence,
    /// The holder of the lock reads the record without waiting for what its predecessor committed.
    ReadsAtOnce,
    /// A renewal that was written over a tombstone stays.
    LeavesOlderRecords,
    /// Other tabs are told of a record before it is written.
    TellsBeforeWriting,
    /// Storage that is cleared makes a tab forget the end that it knows of.
    ForgetsTheEnd,
    /// A note beside the tokens makes a record later.
    NotesAreWrites,
    /// A token gets a new number when an older record was read meanwhile.
    NumbersWhatItDoubts,
    /// A tab takes the lock for its own after it was stolen.
    DoesNotNoticeTheSteal,
}

/// What a world is made of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Setup {
    pub tabs: usize,
    /// How many of them are opened later.
    pub unopened: usize,
    /// A used refresh token is exchanged once more, until its successor has been used: else its family is revoked.
    pub grace_window: bool,
    /// Calls are requests, and their answers noted; else they ask for a token alone.
    pub requests: bool,
    /// The access token has run out at the beginning.
    pub expired: bool,
    /// Calls that each tab has begun before anything else happens.
    pub burst: u8,
    /// A write reaches the browser late: what was written later in another tab may come before it.
    pub slow_writes: bool,
    /// A storage event comes later than what it tells of can be read; else they come together.
    pub slow_events: bool,
    /// The server takes its time, and another request may overtake this one; else a request is served when it is sent.
    pub slow_server: bool,
    /// Worlds that differ in the order of their tabs alone are one.
    pub alike: bool,
    pub fault: Fault,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Life {
    Unopened,
    Live,
    /// Nothing runs, and all locks have been let go of.
    Frozen,
    /// Nothing runs, and the locks are kept: a debugger, a synchronous request, a dialog.
    Hung,
    Gone,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum End {
    /// Answered, or given its token.
    Done,
    /// Sent without a token, or given none.
    Bare,
    Failed,
    Ended,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Phase {
    Waiting,
    /// Sent with this token; `fast` where no future was made for it (`Page::chain`).
    InFlight {
        token: u32,
        fast: bool,
    },
    Settled(End),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Task {
    pub call: Call,
    pub phase: Phase,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// `Run` of renewing.rs, by the renewal's number.
    Renewal(u32),
    /// The promise of `Shared::verify_tombstone`.
    Seal,
    /// The promise of `Shared::hand_over`, or a bare `Shared::commit`.
    HandOver,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Step {
    /// Waits for the lock.
    Queued,
    /// Holds it, and waits until the record has come as far as this.
    Catching(Mark),
    Sent(Request),
    Pausing,
    Grace,
    /// A transaction that sets the mark is under way.
    Committing(Mark),
}

/// One async function that is under way in a tab.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Flow {
    /// Its number in this tab.
    pub n: u8,
    pub kind: Kind,
    pub step: Step,
    /// It holds the lock, as far as its tab can tell.
    pub held: bool,
    pub cut: bool,
    /// The refresh token that was presented under this lock.
    pub presented: Option<u32>,
}

/// A write on its way to a tab.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Change {
    /// Its own has reached everybody.
    Own,
    Theirs(Option<Record>),
}

/// `Numbers` of record.rs: the number that a token has in its tab.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Numbers {
    pub last: Option<u32>,
    pub number: u32,
}

/// `Shared` of shared.rs, and what the browser keeps for its tab.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Tab {
    pub life: Life,
    pub machine: Session,
    /// `stored`: what the machine is shown, its tokens numbered by this tab, and the tokens themselves.
    pub known: Record,
    pub members: (Option<u32>, Option<u32>),
    /// `text`: what was last read or written.
    pub text: Option<Record>,
    pub numbers: (Numbers, Numbers),
    pub known_epoch: u64,
    pub first_token: u32,
    /// `renewal`: the running one's number.
    pub slot: Option<u32>,
    /// `cut`: whose waiting it ends.
    pub abortable: Option<u8>,
    /// A timer is set that puts back what is known.
    pub restoring: bool,
    pub tasks: Vec<Task>,
    pub flows: Vec<Flow>,
    /// What `getItem` gives here. Tokens in it are numbered by the server.
    pub view: Option<Record>,
    /// Own writes that have not reached the others, and theirs that are not seen here.
    pub outbox: VecDeque<Option<Record>>,
    pub inbox: VecDeque<Change>,
    /// Own writes that have not come back: until then those of others are not seen.
    pub unseen: u8,
    /// Signals and storage events of later epochs that have not been heard, in no order.
    pub told: BTreeSet<Mark>,
}

/// Who holds or waits for the lock: a tab's flow.
pub type Ticket = (usize, u8);

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct World {
    pub setup: Setup,
    pub tabs: Vec<Tab>,
    /// The storage as the browser has it.
    pub central: Option<Record>,
    pub holder: Option<Ticket>,
    pub queue: VecDeque<Ticket>,
    /// What was committed last.
    pub mark: Mark,
    pub now: u64,
    pub issued: Vec<Issued>,
    pub revoked: Vec<bool>,
    /// Token requests whose tab is gone.
    pub strays: Vec<u32>,
    /// Epochs in which a session ended, or the next began.
    pub ends: BTreeSet<u64>,
    /// The latest epoch in which a session began, and the latest in which one was ended.
    pub began: u64,
    pub ended: u64,
    /// A tab has taken writes with it.
    pub lost: bool,
    /// A tab that did not see a later epoch yet has written over it.
    pub overwritten: bool,
    /// The latest epoch that was written.
    pub written: u64,
    pub cleared: bool,
    pub breach: Option<&'static str>,
    /// The tab that dies in the middle of its turn: after the first thing that others can see.
    pub dying: Option<usize>,
}

pub fn policy() -> Policy {
    Policy { attempts: 2, leeway: 0, ..Policy::default() }
}

impl Tab {
    fn new(life: Life) -> Self {
        Self {
            life,
            machine: Session::new(policy()),
            known: Record::default(),
            members: (None, None),
            text: None,
            numbers: Default::default(),
            known_epoch: 0,
            first_token: 0,
            slot: None,
            abortable: None,
            restoring: false,
            tasks: Vec::new(),
            flows: Vec::new(),
            view: None,
            outbox: VecDeque::new(),
            inbox: VecDeque::new(),
            unseen: 0,
            told: BTreeSet::new(),
        }
    }
}

impl World {
    /// All tabs are signed in, and have seen it.
    pub fn new(setup: Setup) -> Self {
        let tab = |at| Tab::new(if at < setup.tabs - setup.unopened { Life::Live } else { Life::Unopened });
        let mut world = Self {
            setup,
            tabs: (0..setup.tabs).map(tab).collect(),
            central: None,
            holder: None,
            queue: VecDeque::new(),
            mark: Mark::default(),
            now: START,
            issued: Vec::new(),
            revoked: Vec::new(),
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
}
