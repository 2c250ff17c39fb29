//! One tab around the machine, one step at a time: calls, renewals, storage and an authorization server that rotates.
//!
//! It does what the browser half does, and keeps a ledger that the machine never sees: what breaks a rule of the
//! protocol is written there as a breach. A [`Fault`] makes it do one thing wrong, so that the checks can be seen to
//! fail.

mod calls;
mod elsewhere;
mod look;
mod renewals;

use authfetch::protocol::config::{OnSessionExpired, Policy};
use authfetch::protocol::session::{Call, Session};
use authfetch::protocol::token::{AccessToken, Record, RefreshToken};

/// The lifetime of an access token, in ms, unless a spec sets another.
pub const LIFETIME: u64 = 100_000;

/// One thing done wrong on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Fault {
    None,
    /// A renewal's answer is stored whatever has happened meanwhile.
    NoEpochCheck,
    /// Whoever ends clears the slot of the running renewal.
    SlotClearedByOthers,
    /// A 401 is taken for a verdict on the stored token.
    NoTokenComparison,
    /// All waiting calls go at once after a renewal.
    NoCanary,
    /// A retry counts as a first send.
    RetriesForever,
    /// A renewal that `setTokens` overtook drops its refresh token.
    ForgetsRotation,
    /// That a renewal brought the rejected text again is not noted.
    ForgetsRejected,
    /// Whoever waits for a canary is not asked when it has settled.
    NobodyAsked,
}

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

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Phase {
    Waiting,
    InFlight,
    Settled(End),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Task {
    pub call: Call,
    pub phase: Phase,
    pub sends: u8,
    pub path: u64,
    pub replayable: bool,
    stepped_up: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Step {
    /// Before a token request.
    Turn,
    /// A token request is on its way with this refresh token.
    Sent(RefreshToken),
    /// Between two attempts, until then.
    Pausing(u64),
    /// Refused: waits for a newer record.
    Grace,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Run {
    pub id: u32,
    pub epoch: u64,
    pub step: Step,
    /// Its request was aborted; the server may have it all the same.
    pub cut: bool,
}

/// What becomes of a token request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reply {
    /// It is served: new tokens, or a refusal where the refresh token is spent.
    Served,
    /// It is served, and the answer is lost.
    Lost,
    /// It never arrives.
    Dropped,
    /// The browser sends it twice: the server serves the first and refuses the second, whose answer arrives.
    Duplicated,
    /// 503, or 429 with `Retry-After` in ms.
    Busy(Option<u64>),
    /// An HTML page with status 200.
    Nonsense,
    /// The server has revoked the family.
    Revoked,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct World {
    pub machine: Session,
    pub record: Record,
    pub now: u64,
    pub policy: Policy,
    pub lifetime: Option<u64>,
    /// Each renewal brings the text of the access token that it was to replace.
    pub same_text: bool,
    pub tasks: Vec<Task>,
    pub runs: Vec<Run>,
    /// The refresh tokens that the server would exchange.
    pub valid: Vec<RefreshToken>,
    pub token_requests: u8,
    pub breach: Option<&'static str>,
    fault: Fault,
    tokens: u32,
    /// Presented and exchanged, with no answer lost.
    spent: Vec<RefreshToken>,
    renewed: Vec<AccessToken>,
    /// Rejected, and brought again by the renewal that was made for it.
    brought_again: Vec<AccessToken>,
    rejected: Vec<AccessToken>,
    /// What the last renewal brought, until a call goes out with it.
    untried: Option<AccessToken>,
    /// The token that a canary is trying, and how many calls may.
    probe: Option<(AccessToken, usize)>,
    /// Calls that had its text already when the canary went.
    in_flight_before: Vec<usize>,
    /// The token before the stored one was good when it was replaced.
    predecessor_good: bool,
    out: bool,
}

impl World {
    /// Signed in since now.
    pub fn new(policy: Policy) -> Self {
        Self::faulty(policy, Fault::None)
    }

    /// As `new`, with this fault.
    pub fn faulty(policy: Policy, fault: Fault) -> Self {
        let mut world = Self::signed_out(policy, fault);
        world.set_tokens(true);
        world
    }

    pub fn signed_out(policy: Policy, fault: Fault) -> Self {
        Self {
            machine: Session::new(policy),
            record: Record::default(),
            now: 1_800_000_000_000,
            policy,
            lifetime: Some(LIFETIME),
            same_text: false,
            tasks: Vec::new(),
            runs: Vec::new(),
            valid: Vec::new(),
            token_requests: 0,
            breach: None,
            fault,
            tokens: 0,
            spent: Vec::new(),
            renewed: Vec::new(),
            brought_again: Vec::new(),
            rejected: Vec::new(),
            untried: None,
            probe: None,
            in_flight_before: Vec::new(),
            predecessor_good: false,
            out: true,
        }
    }

    fn breaks(&mut self, rule: &'static str) {
        self.breach.get_or_insert(rule);
    }

    fn write(&mut self, record: Record) {
        if self.out && (record.access.is_some() || record.refresh.is_some()) {
            self.breaks("nothing is stored after logout");
        }
        let old = self.record;
        if record.access != old.access {
            let alive = old.expires_at.is_some_and(|at| at > self.now);
            self.predecessor_good = old.signed_in() && old.accepted && alive;
            self.probe = None;
        }
        if record.accepted {
            self.probe = None;
        }
        self.record = record;
        self.machine.observe(&record, self.now);
    }

    fn number(&mut self) -> u32 {
        self.tokens += 1;
        self.tokens
    }

    fn expiry(&self) -> Option<u64> {
        self.lifetime.map(|lifetime| self.now + lifetime)
    }

    /// `setTokens`, with a refresh token of a family of its own or without one.
    pub fn set_tokens(&mut self, with_refresh: bool) {
        let old = self.record;
        let overtakes = self.machine.renewal().is_some_and(|renewal| renewal.presented.is_none() || with_refresh);
        self.write_sign_in(with_refresh);
        if overtakes {
            self.cut();
        }
        if old.suspended {
            self.start_probe();
        }
        self.wake_waiters();
    }

    fn write_sign_in(&mut self, with_refresh: bool) {
        let old = self.record;
        let within = old.signed_in() || old.suspended;
        let refresh = with_refresh.then(|| RefreshToken(self.number()));
        self.valid.extend(refresh);
        let epoch = if within { old.epoch } else { self.machine.next_epoch(&old, self.now) };
        self.out = false;
        let access = Some(AccessToken(self.number()));
        let kept = if old.signed_in() { old.refresh } else { None };
        self.write(Record {
            epoch,
            version: old.version + 1,
            signin: old.signin + 1,
            access,
            refresh: refresh.or(kept),
            received_at: self.now,
            expires_at: self.expiry(),
            ..Record::default()
        });
    }

    pub fn logout(&mut self) {
        self.end();
        self.out = true;
    }

    fn end(&mut self) {
        let tombstone = self.machine.on_end(&self.record, self.now);
        self.write(tombstone);
        self.cut();
        self.wake_waiters();
    }

    /// The session is refused: it ends, or is suspended.
    fn refuse(&mut self) {
        match self.policy.on_session_expired {
            OnSessionExpired::Logout => self.end(),
            OnSessionExpired::Hold | OnSessionExpired::PassThrough => {
                let version = self.record.version + 1;
                self.write(Record { access: None, refresh: None, suspended: true, version, ..self.record });
                self.wake_waiters();
            }
        }
    }

    /// Time goes by.
    pub fn pass(&mut self, ms: u64) {
        self.now += ms;
    }

    /// The access token runs out by the clock.
    pub fn expire(&mut self) {
        self.now = self.now.max(self.record.expires_at.unwrap_or(0));
    }
}
