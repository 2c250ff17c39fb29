//! A call of an app, as this world sees it.

use authfetch::protocol::decisions::Call;
use authfetch::protocol::token::AccessToken;

/// What the API answers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    Accepted,
    /// A 5xx: it says nothing of the token.
    ServerError,
    Unauthorized,
    /// A 401 at the end of a redirect within the origin.
    Redirected,
    /// `insufficient_scope`, or a 401 after a redirect that lost the header.
    NotTheToken,
    /// RFC 9470, and whether a listener asks the call to wait.
    StepUp {
        prevented: bool,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum End {
    Answer(Answer),
    /// Sent without a token: its answer is its own.
    Bare,
    SignedOut,
    Failed,
    Ended,
    /// Aborted by its caller, or failed by the network.
    Gone,
}

/// Beside a path: the body of the call is a stream.
pub const STREAM: u64 = 1 << 62;
/// Beside a path: the call is sent once at most.
pub const ONCE: u64 = 1 << 61;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Phase {
    Waiting,
    /// Its stream waits for this refresh.
    Held(u32),
    InFlight,
    /// It is being found out what its answer means.
    Answered,
    Settled(End),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Task {
    /// None once it has settled.
    pub call: Option<Call>,
    pub phase: Phase,
    /// It went out in the turn it was made in.
    pub(super) at_once: bool,
    pub sent: Option<AccessToken>,
    pub sends: u8,
    pub path: u64,
    pub replayable: bool,
    pub(super) once: bool,
    /// Its body is a stream, which has waited for no refresh yet.
    pub(super) streams: bool,
    /// Of how many tokens it was cancelled.
    pub requeues: u8,
    /// The session that it was made in.
    pub(super) epoch: u64,
    /// It was answered 401 when it was sent with this token.
    pub(super) refused_for: Option<AccessToken>,
    /// The sign-ins that there had been when it was told to wait for another.
    pub(super) awaits_sign_in: Option<u8>,
    pub(super) stepped_up: bool,
    /// It was in flight with the token that a canary tries when that went.
    pub(super) had_it: bool,
}

/// What is to happen a microtask later.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Microtask {
    /// This call asks again.
    Wake(u32),
    /// The stream of this task has waited for its refresh.
    Release(usize),
    /// The request at this place was aborted.
    Reject(u32),
}

impl Answer {
    /// A 401.
    pub const fn is_refusal(self) -> bool {
        !matches!(self, Self::Accepted | Self::ServerError)
    }

    /// Whether it shows that its token was accepted, where it refuses no token.
    pub const fn is_proof(self) -> bool {
        !matches!(self, Self::ServerError)
    }
}

impl Task {
    /// Its place among the requests in flight, while it is there.
    pub fn place(&self) -> Option<u32> {
        self.call.filter(|_| self.phase == Phase::InFlight).map(|call| call.place)
    }

    /// A GET or HEAD: a path of an odd number is for those.
    pub const fn is_get(&self) -> bool {
        self.replayable && self.path % 2 == 1
    }
}
