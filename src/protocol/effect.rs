//! What is to be done: everything that a [`Session`](super::session::Session) ever asks of its environment.
//!
//! Effects that run no code of the app's are done before any dispatch returns, in the order given. The others
//! ([`Effect::runs_user_code`]) come after them: whatever such code does, it finds the session as it is. What it causes
//! is done before its own call returns, as code that guards itself against being called again expects.

use super::error::Code;
use super::event::{MarkFor, Timer};
use super::refresh::Reason;
use super::session::Ticket;

/// Something to do.
#[must_use]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Effect {
    /// Read the stored text, and tell it as an event.
    ReadRecord,
    /// The text that was read last is the record.
    AdoptRead,
    /// Write the session's record, with these members beside it.
    WriteRecord(Members),
    /// The session's record is known, and not written.
    AssumeRecord(Members),
    /// Write what is known in the place of something older.
    RestoreRecord,
    /// Another page owns the record: remove it here, and name another owner.
    DropCopy,
    /// Signal other tabs how far the record, or the cookie's session, has come: the session's mark.
    Signal,
    /// Commit the session's mark for the next holder of the lock, and tell when it is done where a ticket is given.
    CommitMark(Option<Ticket>),
    /// Read what other tabs have committed.
    ReadMark(MarkFor),
    /// Wait for the lock; with `steal`, take it whoever holds it.
    AcquireLock {
        /// Which wait.
        ticket: Ticket,
        /// Take it.
        steal: bool,
    },
    /// Release the lock, or give up the wait for it.
    ReleaseLock(Ticket),
    /// Find out whether another page owns the record, and own it otherwise.
    ClaimTab,
    /// Own it no longer.
    ReleaseTab,
    /// Open the channel to other tabs, anew where one is open.
    OpenChannel,
    /// Close it.
    CloseChannel,
    /// Listen for `beforeunload`, or no longer.
    WatchUnload(bool),
    /// Set a timer, in ms; one of its kind that is set already is replaced.
    SetTimer(Timer, u32),
    /// Clear it.
    ClearTimer(Timer),
    /// A refresh has begun.
    BeginRefresh(u32, Reason),
    /// Send a token request, or call the app's refresh function. Begun a microtask later.
    RequestToken(u32, Reason),
    /// It will be sent again: only to be told of.
    RetryRefresh(u32),
    /// Settle the promise of this refresh.
    SettleRefresh(u32, Settled),
    /// A call that waits is to ask again.
    WakeCall(u32),
    /// Abort the request in flight at this place: its call is to ask again.
    CancelRequest(u32),
    /// The running epoch is over: what is begun from now on belongs to the next.
    CloseEpoch(Ending),
    /// Abort the token request of this refresh.
    AbortRequest(u32),
    /// Reject every call of the epochs that are over.
    EndCalls,
    /// Tell the server of a logout.
    Revoke,
    /// Tell listeners of the state and the session, then of what has happened.
    Notify(Notice),
    /// Go to the login page, unless a listener has prevented it.
    Navigate,
}

/// Which members a record is written with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Members {
    /// Those that stand there.
    Kept,
    /// Those of the token response that was given to `setTokens`; the refresh token that stands there is kept where it
    /// brings none.
    SignIn,
    /// Those of the token response; what it does not bring is kept.
    Refreshed,
    /// Those that stand there, but for the refresh token.
    RefreshToken,
    /// None.
    Nothing,
    /// The code and the reason of the last end.
    End,
    /// The code and the reason that were signalled.
    Signalled,
}

/// How a session ends.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ending {
    /// The app has logged out.
    LoggedOut {
        /// `loginUrl` is navigated to.
        redirect: bool,
    },
    /// The refresh token was refused, or there is no way to refresh a token that has expired.
    Refused,
    /// The new token was rejected too.
    RetryRejected,
    /// Another tab says so.
    Elsewhere,
}

/// What a refresh ends with, for everybody who waits for it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Settled {
    /// The session, by new tokens.
    Refreshed,
    /// The session, by tokens that somebody else has stored.
    UsedStored,
    /// Tokens that no call may be accepted with either: the next refresh waits until the record's `retry_at`.
    Throttled,
    /// A failure; the session is kept. Calls are rejected with its error until the record's `retry_at`. True where
    /// waiting may heal it.
    Failed(bool),
    /// A refusal, told with this code.
    Refused(Code),
    /// No cookie is tried: the server has not confirmed the last logout.
    SignedOut,
    /// The end of the session, or the session that has followed it.
    Ended,
}

/// What listeners are told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Notice {
    /// Only that the state or the session has changed.
    Changed,
    /// `signin`.
    SignIn(Source),
    /// `refresh`.
    Refresh(Source),
    /// `refreshfailed`, after so many token requests.
    RefreshFailed {
        /// How many requests it has sent.
        attempts: u16,
        /// A listener started it that was being told of a failure.
        again: bool,
    },
    /// `suspend`.
    Suspend,
    /// `logout`.
    Logout(Source),
    /// `storageblocked`.
    StorageBlocked,
}

/// Where a change comes from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Source {
    /// This tab.
    ThisTab,
    /// Another one.
    OtherTab,
}

impl Effect {
    /// Whether code of the app's may run within it: an abort listener, an event listener, a fetch function.
    #[must_use]
    pub const fn runs_user_code(&self) -> bool {
        matches!(
            self,
            Self::AbortRequest(_)
                | Self::CancelRequest(_)
                | Self::EndCalls
                | Self::Revoke
                | Self::Notify(_)
                | Self::Navigate
        )
    }
}
