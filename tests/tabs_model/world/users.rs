//! As changes.rs and auth_fetch.rs: what an app and its user do.

use super::{Flow, Kind, LIFETIME, Life, START, Step, World};
use authfetch::protocol::tabs::Mark;
use authfetch::protocol::token::{AccessToken, Record, RefreshToken};

impl World {
    /// Everybody is signed in, has seen it, and the mark says so.
    pub(super) fn begin(&mut self) {
        let (access, refresh) = self.grant_family(START);
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
        self.central = Some(record);
        self.mark = Mark::of(&record);
        self.written = record.epoch;
        self.began = record.epoch;
        for i in 0..self.tabs.len() {
            if self.tabs[i].life == Life::Live {
                self.tabs[i].view = self.central;
                self.read(i);
            }
        }
        if self.setup.expired {
            self.expire();
        }
        for i in 0..self.tabs.len() {
            for _ in 0..if self.tabs[i].life == Life::Live { self.setup.burst } else { 0 } {
                self.call(i);
            }
        }
    }

    /// A tab is opened: `Shared::open`.
    pub fn open(&mut self, i: usize) {
        self.tabs[i].life = Life::Live;
        self.tabs[i].view = self.central;
        self.read(i);
    }

    /// `setTokens`: `Shared::set_tokens` and `Shared::sign_in`.
    pub fn set_tokens(&mut self, i: usize) {
        self.now += 1;
        self.sync_record(i);
        let (old, now) = (self.tabs[i].known, self.now);
        let overtakes = self.tabs[i].machine.renewal().is_some();
        let within = old.signed_in() || old.suspended;
        let epoch = if within { old.epoch } else { self.tabs[i].machine.next_epoch(&old, now) };
        if !within {
            self.ends.insert(epoch);
            self.began = self.began.max(epoch);
        }
        let version = if within { old.version } else { 0 };
        let (access, refresh) = self.grant_family(epoch);
        let expires_at = Some(self.issued[access as usize].expires_at);
        let signin = old.signin + 1;
        let record = Record { epoch, version, signin, received_at: self.now, expires_at, ..Record::default() };
        self.put(i, record, (Some(access), Some(refresh)), false);
        if overtakes {
            self.cut(i);
        }
        let mark = Mark::of(&self.tabs[i].known);
        self.open_flow(i, |n| Flow {
            n,
            kind: Kind::HandOver,
            step: Step::Committing(mark),
            held: false,
            cut: false,
            presented: None,
        });
        self.wake_waiters(i);
        self.then(i);
    }

    /// `AuthFetch::logout`.
    pub fn logout(&mut self, i: usize) {
        self.sync_record(i);
        self.end(i);
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
}
