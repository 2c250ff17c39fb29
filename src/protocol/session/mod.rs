//! The machine of one session in one page: what has happened comes in as an [`Event`], what is to be done goes out as
//! [`Effect`]s, and nothing is waited for in between.
//!
//! ```text
//!                    setTokens                        refused ("logout"), retry rejected, logout
//!   signed-out ───────────────────▶ signed-in ─────────────────────────────▶ signed-out (epoch + 1)
//!                                    │     ▲
//!                          refresh   ▼     │  tokens · newer ones stored · failure
//! refreshing ── refused ("hold", "pass-through") ──▶ suspended ── setTokens ──▶ signed-in
//! ```
//! What is true is what is stored. [`decisions`](super::decisions) says what each thing means, shown the record; here
//! it is carried through, a topic in each file.

mod calls;
mod changes;
mod end;
mod in_flight;
mod lock;
mod locks;
mod outcome;
mod page;
mod pending;
mod queue;
mod record;
pub mod refresh;

pub use calls::{Answered, Requested};
pub use in_flight::Closed;
pub use locks::Ticket;

use super::config::Setup;
use super::decisions::Decisions;
use super::effect::{Effect, Notice};
use super::event::{Event, MarkFor, Timer};
use super::fault::Fault;
use super::token::Record;
use pending::Pending;

/// See the module's text.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Session {
    setup: Setup,
    decisions: Decisions,
    /// What stands in storage, as far as this page can tell.
    record: Record,
    /// It is the session of another app.
    another_apps: bool,
    known_epoch: u64,
    /// The highest number of a generation, where other tabs' marks bring some.
    generations: u32,
    restoring: record::Restoring,
    refresh: Option<refresh::Refresh>,
    /// What has come of its token request, until it is judged.
    reply: Option<refresh::Reply>,
    notified_of: outcome::Notified,
    queue: Pending,
    in_flight: Pending,
    rejection: Option<in_flight::Rejection>,
    locks: locks::Locks,
    page: page::Page,
    /// A revocation is under way.
    revoking: bool,
    stepped_up: Option<calls::SteppedUp>,
    last_notified: State,
    /// Listeners have been told of a session, and not of its end.
    told_of_session: bool,
    /// Those that run no code of the app's, and those that do.
    effects: Effects,
    notices: Effects,
    /// How many of the former are being carried out: a custom storage may call back from within.
    active: u32,
}

/// Effects that are still to be asked for, in their order.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct Effects {
    all: Vec<Effect>,
    /// So many of them have been.
    taken: usize,
}

impl Effects {
    fn first(&self) -> Option<Effect> {
        self.all.get(self.taken).copied()
    }

    fn next(&mut self) -> Option<Effect> {
        let effect = self.first();
        self.taken += 1;
        if effect.is_none() {
            self.all.clear();
            self.taken = 0;
        }
        effect
    }
}

/// What `auth.state` says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum State {
    /// Nobody is signed in.
    #[default]
    SignedOut,
    /// Somebody is.
    SignedIn,
    /// Somebody is, and a refresh runs.
    Refreshing,
    /// The refresh token was refused, and the session is kept.
    Suspended,
}

impl Session {
    /// A session of which nothing has been read yet.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        Self {
            decisions: Decisions::new(setup.policy),
            setup,
            record: Record::default(),
            another_apps: false,
            known_epoch: 0,
            generations: 0,
            restoring: record::Restoring::No,
            refresh: None,
            reply: None,
            notified_of: outcome::Notified::default(),
            queue: Pending::default(),
            in_flight: Pending::in_flight(),
            rejection: None,
            locks: locks::Locks::default(),
            page: page::Page::default(),
            revoking: false,
            stepped_up: None,
            last_notified: State::SignedOut,
            told_of_session: false,
            effects: Effects::default(),
            notices: Effects::default(),
            active: 0,
        }
    }

    /// What is known of the record.
    #[must_use]
    pub const fn record(&self) -> &Record {
        &self.record
    }

    /// The highest epoch seen.
    #[must_use]
    pub const fn epoch(&self) -> u64 {
        self.decisions.epoch()
    }

    /// What the rules say, without consequences: for those who tell, not for those who act.
    #[must_use]
    pub const fn decisions(&self) -> &Decisions {
        &self.decisions
    }

    /// Whether this session may refresh the tokens that are stored.
    #[must_use]
    pub const fn can_refresh(&self) -> bool {
        self.decisions.can_refresh(&self.record)
    }

    /// What `auth.state` says.
    #[must_use]
    pub const fn state(&self) -> State {
        if !self.record.signed_in() {
            if self.record.suspended { State::Suspended } else { State::SignedOut }
        } else if self.refresh.is_some() {
            State::Refreshing
        } else {
            State::SignedIn
        }
    }

    /// The state that listeners were last told, and the one that they are told now.
    pub fn take_change(&mut self) -> (State, State) {
        let now = self.state();
        self.told_of_session |= now != State::SignedOut;
        (std::mem::replace(&mut self.last_notified, now), now)
    }

    /// Whether listeners are to be told of an end: of each session once.
    pub const fn take_end(&mut self) -> bool {
        std::mem::replace(&mut self.told_of_session, false)
    }

    /// Something has happened. `chance` is from 0 up to 1.
    pub fn handle(&mut self, event: Event, now: u64, chance: f64) {
        match event {
            Event::RecordRead(stored) => self.on_record_read(stored, now),
            Event::RecordUnchanged => self.restoring.unchanged(),
            Event::WriteBlocked => self.on_write_blocked(),
            Event::Signalled { mark, of_end } => self.on_signal(mark, of_end, now),
            Event::LockGranted(ticket) => self.on_lock_granted(ticket),
            Event::LockUnavailable(ticket) => self.on_lock_unavailable(ticket),
            Event::LockLost(ticket) => self.on_lock_lost(ticket),
            Event::MarkRead(MarkFor::Lock(ticket), mark) => self.on_committed_mark(ticket, mark, now),
            Event::MarkRead(MarkFor::Reply, mark) => self.on_mark_after_reply(mark, now, chance),
            Event::MarkRead(MarkFor::Page(revoke), mark) => self.on_mark_of_page(mark, revoke, now),
            Event::MarkCommitted(ticket) => self.on_mark_committed(ticket),
            Event::TokenReply(id, reply) => self.on_token_reply(id, reply, now, chance),
            Event::TimerFired(Timer::Expiry) => self.page.armed = None,
            Event::TimerFired(Timer::Restore) => self.check_restore(),
            Event::TimerFired(Timer::Canary) => self.on_canary_timeout(now),
            Event::TimerFired(Timer::BackOff) => self.on_back_off_over(now),
            Event::TimerFired(Timer::Grace) => self.on_grace_over(now, chance),
            Event::TimerFired(Timer::CatchUp(ticket)) => self.on_catch_up_timer(ticket),
            Event::TimerFired(Timer::GiveUp(ticket)) => self.on_catch_up_over(ticket, now),
            Event::SetTokens(granted) => self.on_set_tokens(granted, now),
            Event::Revoked { confirmed } => self.on_revoked(confirmed, now),
            Event::TabClaimed(ours) => self.on_tab_claimed(ours, now),
            Event::Opened { visible, claims } => self.on_opened(visible, claims),
            Event::Closed => self.on_closed(),
            Event::VisibilityChanged(visible) => self.on_visibility(visible, now),
            Event::Frozen => self.park_locks(),
            Event::Resumed => self.on_resumed(now),
            Event::PageHidden => self.on_page_hidden(),
            Event::PageShown => self.on_page_shown(now),
            Event::Online => self.on_wake(true, now),
            Event::Unloading => self.page.unloading = true,
            Event::StorageChanged => self.on_wake(false, now),
        }
        self.settle_turn(now);
    }

    /// What every turn ends with: nothing of an ended epoch runs on, who has caught up goes on, the timer is set.
    fn settle_turn(&mut self, now: u64) {
        self.drop_overtaken_refresh(now);
        self.go_on_with_locks(now);
        self.arm(now);
    }

    /// The next thing to do. What runs code of the app's comes when all else is done.
    #[must_use]
    pub fn next_effect(&mut self) -> Option<Effect> {
        let effect = self.effects.next().or_else(|| if self.active == 0 { self.next_notice() } else { None })?;
        self.active += u32::from(!effect.runs_user_code());
        Some(effect)
    }

    /// Whether there is something to do.
    #[must_use]
    pub fn has_effects(&self) -> bool {
        self.effects.first().is_some() || self.notices.first().is_some()
    }

    fn next_notice(&mut self) -> Option<Effect> {
        let effect = self.notices.next()?;
        let stands = match effect {
            Effect::Navigate => self.page.left_in == self.epoch() && !self.record.signed_in(),
            Effect::Notify(Notice::SignIn(_) | Notice::Refresh(_)) => {
                self.record.signed_in() || self.faulty(Fault::NotifiesOfWhatIsOver)
            }
            _ => true,
        };
        let effect = if stands { effect } else { Effect::Notify(Notice::Changed) };
        if let Effect::Notify(notice) = effect {
            self.before_notice(notice);
        }
        Some(effect)
    }

    /// It is done.
    pub fn on_performed(&mut self, effect: Effect) {
        self.active -= u32::from(!effect.runs_user_code());
        if let Effect::Notify(notice) = effect {
            self.after_notice(notice);
        }
    }

    fn push(&mut self, effect: Effect) {
        let queue = if effect.runs_user_code() { &mut self.notices } else { &mut self.effects };
        queue.all.push(effect);
    }

    fn notify(&mut self, notice: Notice) {
        self.push(Effect::Notify(notice));
    }

    pub(super) fn faulty(&self, fault: Fault) -> bool {
        self.setup.faults.has(fault)
    }
}
