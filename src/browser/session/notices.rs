//! What listeners are told: the state and the session as they are by then, and what has happened.

use super::driver::SessionDriver;
use super::ends::Told;
use crate::browser::effects::events;
use crate::protocol::effect::{Notice, Source};
use crate::protocol::grant::GrantOutcome;
use crate::protocol::session::State;

/// The contract's word for it.
pub const fn word(state: State) -> &'static str {
    match state {
        State::SignedOut => "signed-out",
        State::SignedIn => "signed-in",
        State::Refreshing => "refreshing",
        State::Suspended => "suspended",
    }
}

const fn word_of_source(source: Source) -> &'static str {
    match source {
        Source::ThisTab => "this-tab",
        Source::OtherTab => "other-tab",
    }
}

impl SessionDriver {
    /// Tells listeners what has changed; then what has happened.
    pub fn notify(&self, notice: Notice) {
        if notice == Notice::StorageBlocked {
            return events::storage_blocked(&self.events, &self.blocked.take());
        }
        let (before, now) = self.session(|session| session.take_change());
        if now != before {
            events::state_change(&self.events, word(now), word(before));
        }
        match notice {
            Notice::SignIn(source) => self.tell_session("signin", source),
            Notice::Refresh(source) => self.tell_session("refresh", source),
            _ => {}
        }
        events::change(&self.events, &self.vault.session(), (now != before).into());
        match notice {
            Notice::RefreshFailed { attempts, .. } => self.tell_failure(attempts),
            Notice::Suspend => events::suspend(&self.events, &self.refreshes.take_refusal()),
            Notice::Logout(source) => self.tell_end(source),
            Notice::Changed | Notice::SignIn(_) | Notice::Refresh(_) | Notice::StorageBlocked => {}
        }
    }

    fn tell_session(&self, kind: &str, source: Source) {
        let session = self.vault.session();
        if session.is_object() {
            events::sign_in(&self.events, kind, &session, word_of_source(source));
        }
    }

    fn tell_failure(&self, attempts: u16) {
        let class = self.refreshes.reply.borrow().as_ref().map(|reply| reply.outcome.class);
        let warns = class.is_some_and(|class| class != GrantOutcome::Transient);
        events::refresh_failed(&self.events, &self.refreshes.last_failure(), attempts.into(), warns.into());
    }

    fn tell_end(&self, source: Source) {
        if !self.session(|session| session.take_end()) {
            return self.ends.stays.set(true);
        }
        let cancelable = self.options.login_url.is_some().into();
        let Told { reason, error } = self.ends.told.take();
        let goes = events::logout(&self.events, &reason, word_of_source(source), &error, cancelable);
        self.ends.stays.set(!goes);
    }
}
