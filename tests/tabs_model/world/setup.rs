//! What a world is made of.

use authfetch::protocol::config::{self, Credential, Place, Policy, Refreshable};
use authfetch::protocol::fault::{Fault, Faults};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Setup {
    pub tabs: usize,
    /// How many of them are opened later.
    pub unopened: usize,
    /// Who sees the record: all tabs, or one and those that it is copied into.
    pub place: Place,
    /// A used refresh token is exchanged once more, until its successor has been used: else its family is revoked.
    pub grace_window: bool,
    /// A used refresh token is refused, and its family is not revoked for that.
    pub forgiving: bool,
    /// The session is in cookies: the machine is shown no refresh token. The cookie is the one that belongs to the
    /// record which a tab reads, so that a tab which reads too old a record presents a spent one. Browsers have one
    /// cookie for all tabs, and are kinder.
    pub in_cookies: bool,
    /// Calls are requests, and their answers noted; else they ask for a token alone.
    pub requests: bool,
    /// So many requests of a tab are left alone when the token of all is rejected; none is cancelled without it.
    pub cancels: Option<u32>,
    /// The access token has run out at the beginning.
    pub expired: bool,
    /// Tokens are refreshed ahead of expiry.
    pub background: bool,
    /// Calls that each tab has begun before anything else happens.
    pub burst: u8,
    /// A write reaches the browser late: what was written later in another tab may come before it.
    pub slow_writes: bool,
    /// A storage event comes later than what it tells of can be read; else they come together.
    pub slow_events: bool,
    /// The server takes its time, and another request may overtake this one; else a request is served when it is sent.
    pub slow_server: bool,
    /// The mark is read in a turn of its own.
    pub slow_mark: bool,
    /// A logout tells the server.
    pub revokes: bool,
    /// An end takes its tab to the login page.
    pub navigates: bool,
    /// A listener that is told of a logout logs out once more.
    pub listener: bool,
    /// Worlds that differ in the order of their tabs alone are one.
    pub alike: bool,
    pub fault: Option<Fault>,
    /// The vault gives a token a new number when an older record was read meanwhile.
    pub numbers_what_it_doubts: bool,
}

impl Setup {
    pub const fn with(self, fault: Fault) -> Self {
        Self { fault: Some(fault), ..self }
    }

    /// Nothing is done wrong.
    pub const fn sound(&self) -> bool {
        self.fault.is_none() && !self.numbers_what_it_doubts
    }

    /// What each session is set up with.
    pub fn of_session(&self) -> config::Setup {
        // With a leeway the refresh ahead of expiry is due where the next lifetime begins.
        let leeway = if self.background { super::START } else { 0 };
        let (credential, refreshable) = if self.in_cookies {
            (Credential::Cookie, Refreshable::Always)
        } else {
            (Credential::Bearer, Refreshable::WithToken)
        };
        config::Setup {
            policy: Policy {
                attempts: 2,
                leeway,
                cancel_pending: self.cancels,
                credential,
                refreshable,
                ..Policy::default()
            },
            place: self.place,
            cookie_possible: self.in_cookies,
            background: self.background,
            faults: self.fault.map_or_else(Faults::default, Faults::with),
            ..config::Setup::default()
        }
    }
}
