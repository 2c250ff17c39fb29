//! Tabs that share no record, and the one refresh token that their browser keeps for them in a cookie.
//!
//! As in the worlds beside it each tab is the real `Session`, with a driver that does what `src/browser/session`
//! does; what is the environment's is here: the cookie jar, the lock, the mark, signals, and a server that rotates.
//! Three things are left out, since nothing in a page can rule them out: a `Set-Cookie` that comes after another
//! session's, a page that dies before its commit has begun, and a login whose cookie has come and whose `setTokens`
//! has not. Timers are not early: what was begun to be committed before a token request is sent is committed when its
//! answer is judged, and a grace outlasts the answers on their way.

mod checks;
mod faults;
mod flows;
mod model;
mod server;
mod users;

use authfetch::protocol::config::{Policy, Renewable};
use authfetch::protocol::cookie::UNCONFIRMED;
use authfetch::protocol::session::Session;
use authfetch::protocol::tabs::Mark;
use authfetch::protocol::token::Record;
use server::{Answer, Issued};
use std::collections::{BTreeSet, VecDeque};

/// One thing done wrong on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Fault {
    None,
    /// Tokens are refreshed without the lock.
    TakesNoLock,
    /// A refusal counts although another tab has replaced the cookie since.
    CountsEveryRefusal,
    /// A tab that has been frozen does not look at the mark when it wakes up, and neither do its refreshes.
    SleepsOn,
    /// The mark is read before a token request, and not again when its answer has come.
    LooksAtTheMarkOnce,
    /// A sign-in by the cookie begins an epoch of its own.
    JoinsNobody,
    /// Without a session, tokens are taken although another session has begun since they were asked for.
    TakesTokensOfAnotherSession,
    /// The cookie is tried after a logout that the server has not confirmed.
    TriesWhatIsUnconfirmed,
}

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
    pub fault: Fault,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Life {
    Unopened,
    Live,
    /// Nothing runs, and the lock has been released.
    Frozen,
    /// Nothing runs, and the lock is kept.
    Hung,
    Gone,
}

/// Where a refresh stands: `Run` of renewing.rs.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Step {
    /// Waits for the lock.
    Queued,
    /// Reads the mark before its token request.
    Reading,
    /// This refresh token was presented; `answer` is on its way.
    Sent { cookie: Option<u32>, answer: Option<Answer> },
    /// The answer has come: reads the mark once more, after a refusal at the end of the grace.
    Judging { cookie: Option<u32>, answer: Answer },
    /// Waits before the next attempt.
    Pausing,
    /// Its mark is being committed, and then the lock is released.
    Committing(Mark),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Flow {
    pub id: u32,
    pub without_session: bool,
    pub step: Step,
    pub held: bool,
    /// What its tab knew when the request was sent.
    pub sent_at: Mark,
}

/// `Shared` of shared.rs, and what the browser keeps for its tab.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Tab {
    pub life: Life,
    pub machine: Session,
    /// Its own record: the access token is numbered by the server.
    pub record: Record,
    /// Whose the session is: the family of the sign-in.
    pub family: Option<usize>,
    pub flow: Option<Flow>,
    /// Marks whose commit has begun outside of a refresh.
    pub commits: Vec<Mark>,
    /// A revocation on its way: of which epoch's end, and with which cookie.
    pub revoking: Option<(u64, Option<u32>)>,
    /// The mark is to be read, and a logout that the server has not confirmed told of again.
    pub looks: bool,
    /// It was frozen.
    pub slept: bool,
    /// Signals that have not been received, in no order.
    pub signals: BTreeSet<Mark>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct World {
    pub setup: Setup,
    pub tabs: Vec<Tab>,
    pub holder: Option<usize>,
    pub queue: VecDeque<usize>,
    /// What was committed last.
    pub mark: Mark,
    /// The cookie of the browser.
    pub jar: Option<u32>,
    pub now: u64,
    pub issued: Vec<Issued>,
    pub revoked: Vec<bool>,
    /// Families whose user has logged out.
    pub left: BTreeSet<usize>,
    /// Requests whose tab is gone.
    pub strays: Vec<u32>,
    /// Epochs in which a session has ended, or another begun.
    pub ends: BTreeSet<u64>,
    pub breach: Option<&'static str>,
}

const POLICY: Policy = Policy {
    signed_out: authfetch::protocol::config::SignedOut::Send,
    on_session_expired: authfetch::protocol::config::OnSessionExpired::Logout,
    on_retry_rejected: authfetch::protocol::config::OnRetryRejected::Auto,
    renewable: Renewable::Always,
    leeway: 0,
    attempts: 2,
    grace: 250,
};

impl Tab {
    fn new(life: Life) -> Self {
        Self {
            life,
            machine: Session::new(POLICY),
            record: Record::default(),
            family: None,
            flow: None,
            commits: Vec::new(),
            revoking: None,
            looks: false,
            slept: false,
            signals: BTreeSet::new(),
        }
    }
}

impl World {
    /// The user is signed in in the first tab, and it is committed; the others have been opened, and know of nothing,
    /// or have joined.
    pub fn new(setup: Setup) -> Self {
        let life = |at| if at < setup.tabs - setup.unopened { Life::Live } else { Life::Unopened };
        let mut world = Self {
            setup,
            tabs: (0..setup.tabs).map(|at| Tab::new(life(at))).collect(),
            holder: None,
            queue: VecDeque::new(),
            mark: Mark::default(),
            jar: None,
            now: 1_000,
            issued: Vec::new(),
            revoked: Vec::new(),
            left: BTreeSet::new(),
            strays: Vec::new(),
            ends: BTreeSet::new(),
            breach: None,
        };
        world.sign_in(0);
        world.commit(0);
        for i in 1..setup.tabs - setup.unopened {
            world.tabs[i].signals.clear();
            if setup.joined {
                world.join(i);
            }
        }
        world
    }

    pub fn breaks(&mut self, rule: &'static str) {
        self.breach.get_or_insert(rule);
    }

    /// Whether every commit that has begun is done.
    pub fn all_committed(&self) -> bool {
        self.tabs.iter().all(|tab| tab.commits.is_empty())
    }

    /// What is wrong with a world in which nothing moves any more.
    pub fn unrest(&self) -> Option<&'static str> {
        for tab in self.tabs.iter().filter(|tab| tab.life == Life::Live) {
            if tab.flow.is_some() || tab.machine.renewal().is_some() {
                return Some("every refresh comes to an end");
            }
            let over = self.mark >= Mark { epoch: tab.record.epoch, version: UNCONFIRMED };
            if tab.record.signed_in() && (over || tab.machine.cookie() < self.mark) {
                return Some("all live tabs agree on the session of the cookie");
            }
            let theirs = self.jar.map(|cookie| self.issued[cookie as usize].family);
            if tab.record.signed_in() && theirs.is_some() && theirs != tab.family {
                return Some("no tab is left in the session of another user");
            }
        }
        None
    }
}
