//! What an app and its user do.

use super::{LIFETIME, Life, START, Text, World};
use authfetch::protocol::environment::{ask, drain, synchronize};
use authfetch::protocol::event::Event;
use authfetch::protocol::tabs::Mark;
use authfetch::protocol::token::{AccessToken, Record, RefreshToken};

impl World {
    /// Everybody is signed in, has seen it, and the mark says so.
    pub(super) fn begin(&mut self) {
        let (access, refresh) = self.grant_family();
        self.families[0].epoch = START;
        let record = Record {
            epoch: START,
            version: 1,
            signin: 1,
            access: Some(AccessToken(access)),
            refresh: Some(RefreshToken(refresh)),
            received_at: START,
            expires_at: Some(self.issued[access as usize].expires_at),
            accepted: self.setup.expired,
            ..Record::default()
        };
        self.central = Some(Text { record, of_end: false });
        self.mark = Mark::of(&record);
        self.written = record.epoch;
        self.began = record.epoch;
        for i in 0..self.tabs.len() {
            if self.live(i) {
                self.tabs[i].view = self.central;
                self.start(i);
            }
        }
        if self.setup.expired {
            self.expire();
        }
        for i in 0..self.tabs.len() {
            for _ in 0..if self.live(i) { self.setup.burst } else { 0 } {
                self.call(i);
            }
        }
    }

    /// A tab is opened, or duplicated.
    pub fn open(&mut self, i: usize) {
        self.tabs[i].life = Life::Live;
        self.tabs[i].view = self.central;
        if !self.setup.place.shared()
            && let Some(other) = (0..self.tabs.len()).find(|at| *at != i && self.live(*at))
        {
            (self.tabs[i].view, self.tabs[i].owner) = (self.tabs[other].view, self.tabs[other].owner);
        }
        self.start(i);
    }

    /// The first instance of a page.
    fn start(&mut self, i: usize) {
        let (now, item) = (self.now, self.tabs[i].view);
        let stored = self.numbered(i, item);
        self.tabs[i].session.open(stored, now);
        drain(&mut self.at(i));
        let claims = !self.setup.place.shared();
        self.dispatch(i, Event::Opened { visible: true, claims });
    }

    /// `setTokens`.
    pub fn set_tokens(&mut self, i: usize) {
        self.now += 1;
        let tokens = self.grant_family();
        let granted = self.receive(i, tokens, None);
        if let Some(request) = self.tabs[i].request {
            // What it has brought, or brings, is not to be stored.
            self.excuse(request.token);
        }
        self.dispatch(i, Event::SetTokens(granted));
        self.forget_response(i);
    }

    /// `logout()`.
    pub fn log_out(&mut self, i: usize) {
        self.now += 1;
        synchronize(&mut self.at(i));
        let revokes = self.setup.revokes;
        if let Some(token) = self.tabs[i].vault.refresh.text.filter(|_| revokes) {
            let family = self.issued[token as usize].family;
            self.families[family].revoked = true;
        }
        ask(&mut self.at(i), |session, now| session.log_out(revokes, true, now));
        self.then(i);
    }

    /// The app clears the storage: other tabs are told, this one is not.
    pub fn clear(&mut self, i: usize) {
        self.cleared = true;
        self.store(i, None);
    }

    /// Access tokens run out, by the clock and for the API.
    pub fn expire(&mut self) {
        self.now += LIFETIME;
    }

    /// `refresh()`.
    pub fn refresh(&mut self, i: usize) {
        synchronize(&mut self.at(i));
        let _ = ask(&mut self.at(i), |session, now| session.on_refresh_requested(now));
        self.then(i);
    }
}
