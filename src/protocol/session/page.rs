//! The page's life: shown, put away, left; whose the tab's record is; and the timer that refreshes ahead of expiry.
//!
//! Nothing's correctness depends on that timer: expiry is checked at each send.

use super::Session;
use crate::protocol::config::Place;
use crate::protocol::effect::{Effect, Notice};
use crate::protocol::event::{MarkFor, Timer};
use crate::protocol::fault::Fault;
use crate::protocol::refresh::Reason;
use crate::protocol::tabs::Mark;
use crate::protocol::token::Record;

/// What is known of the page.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Page {
    open: bool,
    visible: bool,
    /// It is being left, or was while a token request was under way.
    pub(super) unloading: bool,
    /// Other pages may have this tab's record.
    claims: bool,
    pub(super) claim: Claim,
    /// The epoch that began with the last end after which the page is left for the login page.
    pub(super) left_in: u64,
    /// When the timer is set for, in ms.
    pub(super) armed: Option<u64>,
}

/// Whose the record of this tab is: the browser copies `sessionStorage` into a duplicated tab, and two tabs would hold
/// one refresh token.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) enum Claim {
    /// This page's.
    #[default]
    Settled,
    /// It is being found out. Until then its calls wait.
    Asked,
    /// Another page's: the copy was dropped, and a name of its own is claimed.
    AskedAgain,
}

impl Session {
    pub(super) fn on_opened(&mut self, visible: bool, claims: bool) {
        self.page.open = true;
        self.page.visible = visible;
        self.page.claims = claims;
        self.open_channel();
        self.claim_tab();
        self.read_mark(true);
    }

    pub(super) fn on_closed(&mut self) {
        self.page.open = false;
        self.push(Effect::CloseChannel);
    }

    fn open_channel(&mut self) {
        if (self.setup.place.shared() || self.setup.cookie_possible) && self.page.open {
            self.push(Effect::OpenChannel);
        }
    }

    /// The record is kept in memory from now on.
    pub(super) fn on_write_blocked(&mut self) {
        self.setup.place = Place::Private;
        self.notify(Notice::StorageBlocked);
        self.open_channel();
    }

    fn claim_tab(&mut self) {
        if self.setup.place == Place::Copied && self.page.claims {
            self.page.claim = Claim::Asked;
            self.push(Effect::ClaimTab);
        }
    }

    /// Whether it is not known yet whose the record is.
    #[must_use]
    pub fn claiming(&self) -> bool {
        self.page.claim != Claim::Settled && !self.faulty(Fault::SendsBeforeTheClaim)
    }

    pub(super) fn on_tab_claimed(&mut self, ours: bool, now: u64) {
        // Somebody may have signed in meanwhile, and that record been copied before its new name was claimed.
        let copied =
            self.page.claim == Claim::Asked || (self.page.claim == Claim::AskedAgain && self.record.has_session());
        if copied && !ours && !self.faulty(Fault::KeepsTheCopy) {
            self.page.claim = Claim::AskedAgain;
            self.push(Effect::DropCopy);
            self.apply(&Record::default(), now);
            self.push(Effect::ClaimTab);
            return self.notify(Notice::Changed);
        }
        self.page.claim = Claim::Settled;
        self.wake_waiters(now);
        self.on_claim_settled(now);
    }

    pub(super) fn on_visibility(&mut self, visible: bool, now: u64) {
        self.page.visible = visible;
        self.on_wake(false, now);
    }

    pub(super) fn on_resumed(&mut self, now: u64) {
        self.resume_locks();
        self.on_wake(false, now);
    }

    pub(super) fn on_page_hidden(&mut self) {
        self.page.unloading = true;
        self.restore_end();
        self.park_locks();
        self.push(Effect::CloseChannel);
        self.push(Effect::ReleaseTab);
    }

    pub(super) fn on_page_shown(&mut self, now: u64) {
        self.resume_locks();
        self.open_channel();
        self.claim_tab();
        self.on_wake(false, now);
    }

    /// The page may have slept, or the network is back.
    pub(super) fn on_wake(&mut self, online: bool, now: u64) {
        if online || !self.faulty(Fault::ResumesWithoutTheMark) {
            self.read_mark(online);
        }
        if online && self.decisions.on_online(&self.record, now) {
            self.amend(|record| record.retry_at = 0, now);
        }
    }

    /// With `revoke` the server is told once more of a logout that it has not confirmed.
    fn read_mark(&mut self, revoke: bool) {
        if self.by_cookie() {
            self.push(Effect::ReadMark(MarkFor::Page(revoke)));
        } else if revoke && self.setup.cookie_possible {
            self.revoke_again();
        }
    }

    pub(super) fn on_mark_of_page(&mut self, mark: Mark, revoke: bool, now: u64) {
        self.on_cookie_mark(mark, false, now);
        if revoke {
            self.revoke_again();
        }
    }

    /// Sets the timer for the next refresh ahead of expiry, or starts it where it is due.
    pub(super) fn arm(&mut self, now: u64) {
        // A page that is put away sends nothing, whatever is due by then.
        let away = self.locks.are_parked();
        let wanted = self.page.visible && self.page.open && self.setup.background && !away;
        let due = if wanted { self.decisions.due(&self.record) } else { None };
        if due.is_some_and(|due| due <= now) {
            let _ = self.decisions.start(&self.record, Reason::Expired, false);
            return self.run_opened(now);
        }
        if due == self.page.armed {
            return;
        }
        self.page.armed = due;
        self.push(
            due.map_or(Effect::ClearTimer(Timer::Expiry), |due| Effect::SetTimer(Timer::Expiry, clamped(due - now))),
        );
    }
}

/// The longest delay a timer takes, in ms; a longer one would fire at once.
const LONGEST_TIMER_MS: u64 = 2_147_483_000;

/// As a timer takes it: one that fires too early is set again.
pub(super) fn clamped(ms: u64) -> u32 {
    ms.min(LONGEST_TIMER_MS) as u32
}
