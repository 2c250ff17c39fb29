//! What has happened: everything that a [`Session`](super::session::Session) is ever told of, with what was observed.

use super::session::Ticket;
use super::session::refresh::Reply;
use super::tabs::Mark;
use super::token::{AccessToken, Record, RefreshToken};

/// Something that has happened outside.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Event {
    /// The stored text is not the one that is known.
    RecordRead(Stored),
    /// The stored text is the one that is known: the answer to `ReadRecord`.
    RecordUnchanged,
    /// Something has blocked the storage; what was to be written is kept in memory from now on.
    WriteBlocked,
    /// Another tab has signalled how far it has come, or a `storage` event shows it.
    Signalled {
        /// How far.
        mark: Mark,
        /// The code and the reason of an end came along.
        of_end: bool,
    },
    /// The lock is held.
    LockGranted(Ticket),
    /// Its holder has kept it for too long, or this browser has none.
    LockUnavailable(Ticket),
    /// It was stolen.
    LockLost(Ticket),
    /// What other tabs have committed was read.
    MarkRead(MarkFor, Mark),
    /// The mark is committed: the next holder of the lock will find it.
    MarkCommitted(Ticket),
    /// A token request, or a call of the app's refresh function, has ended.
    TokenReply(u32, Reply),
    /// A timer has fired.
    TimerFired(Timer),
    /// `setTokens`.
    SetTokens(Granted),
    /// A revocation has ended.
    Revoked {
        /// The server has confirmed that the session of this epoch is over.
        confirmed: Option<u64>,
    },
    /// The page that this tab's record belongs to is known: this one, or another.
    TabClaimed(bool),
    /// The first instance was opened.
    Opened {
        /// The page can be seen.
        visible: bool,
        /// Other pages may have the same record: it is to be found out.
        claims: bool,
    },
    /// The last instance was closed.
    Closed,
    /// `visibilitychange`.
    VisibilityChanged(bool),
    /// `freeze`.
    Frozen,
    /// `resume`.
    Resumed,
    /// `pagehide`.
    PageHidden,
    /// `pageshow` of a page that comes back.
    PageShown,
    /// `online`.
    Online,
    /// `beforeunload`, while a token request is under way.
    Unloading,
    /// A change in storage that says nothing by itself.
    StorageChanged,
}

/// The record that was read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Stored {
    /// A record of ours.
    Record(Record),
    /// Nothing is stored.
    Absent,
    /// It cannot be read.
    Corrupt,
    /// It is the session of another app: no session here, and left alone until `setTokens`.
    AnotherApps,
}

/// A token response, whose tokens the vault has numbered.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Granted {
    /// Its access token.
    pub access: AccessToken,
    /// Its refresh token.
    pub refresh: Option<RefreshToken>,
    /// When the access token expires, in ms.
    pub expires_at: Option<u64>,
    /// It has the text of the access token that is stored.
    pub same_text: bool,
}

/// For what the mark is read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MarkFor {
    /// The holder of the lock catches up with its predecessor.
    Lock(Ticket),
    /// A token request has ended: the cookie may have been replaced meanwhile.
    Reply,
    /// The page may have slept; with `true`, a revocation that is not confirmed is sent again.
    Page(bool),
}

/// What a timer is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Timer {
    /// The refresh ahead of expiry.
    Expiry,
    /// What is known is restored in the place of something older.
    Restore,
    /// The canary's headers have not come.
    Canary,
    /// The next token request.
    BackOff,
    /// A refusal waits for a newer record.
    Grace,
    /// The record is read again until it has caught up.
    CatchUp(Ticket),
    /// It will not any more.
    GiveUp(Ticket),
}
