//! What users, listeners, the device and the browser do.

use super::{Reaction, World};
use authfetch::protocol::environment::{ask, synchronize};
use authfetch::protocol::event::{Event, Granted, Timer};
use authfetch::protocol::session::Requested;
use authfetch::protocol::token::{AccessToken, RefreshToken};

impl World {
    /// `setTokens`, with a refresh token of a family of its own or without one.
    pub fn set_tokens(&mut self, with_refresh: bool) {
        let granted = self.issue(with_refresh);
        self.before_sign_in();
        self.happens(Event::SetTokens(granted));
    }

    /// The server issues tokens to somebody who signs in.
    pub(super) fn issue(&mut self, with_refresh: bool) -> Granted {
        let refresh = with_refresh.then(|| RefreshToken(self.number()));
        self.valid.extend(refresh);
        let access = AccessToken(self.number());
        let refresh = self.hand_out(refresh);
        Granted { access, refresh, expires_at: self.expiry(), same_text: false }
    }

    pub fn logout(&mut self) {
        synchronize(self);
        ask(self, |session, now| session.log_out(true, true, now));
        self.end_turn();
    }

    /// `refresh()`; its promise, by number, where a refresh runs.
    pub fn refresh(&mut self) -> Option<u32> {
        synchronize(self);
        let requested = ask(self, |session, now| session.on_refresh_requested(now));
        self.end_turn();
        match requested {
            Requested::Running(id) => Some(id),
            Requested::Failed | Requested::Rejected(_) => None,
        }
    }

    /// A listener is told of something.
    pub(super) fn react(&mut self) {
        let Some(reaction) = self.listener.take() else { return };
        let before = std::mem::replace(&mut self.notifying, true);
        match reaction {
            Reaction::LogsOut => self.logout(),
            Reaction::SetsTokens => self.set_tokens(true),
            Reaction::Refreshes => drop(self.refresh()),
            Reaction::Calls => drop(self.call()),
        }
        self.notifying = before;
    }

    /// The timer that refreshes ahead of expiry.
    pub fn timer(&mut self) {
        if self.timers.iter().any(|(timer, due)| *timer == Timer::Expiry && *due <= self.now) {
            self.fire(Timer::Expiry);
        }
    }

    /// The network is back.
    pub fn online(&mut self) {
        self.happens(Event::Online);
    }

    /// The user begins to leave the page, and may stay after all.
    pub fn unload(&mut self) {
        self.before_unload();
        self.happens(Event::Unloading);
    }

    /// Time goes by, and no timer has fired yet.
    pub fn pass(&mut self, ms: u64) {
        self.now += ms;
    }

    /// The clock is set, and no time goes by.
    pub fn clock_jumps(&mut self, ms: i64) {
        let jump = |at: u64| at.saturating_add_signed(ms).max(1);
        self.now = jump(self.now);
        for (_, due) in &mut self.timers {
            *due = jump(*due);
        }
        self.set_clocks(jump);
    }

    /// The access token runs out by the clock.
    pub fn expire(&mut self) {
        self.now = self.now.max(self.record.expires_at.unwrap_or(0));
    }
}
