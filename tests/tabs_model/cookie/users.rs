//! What users and their app do.

use super::server::Family;
use super::{Life, World};
use authfetch::protocol::cookie::UNCONFIRMED;
use authfetch::protocol::event::Event;
use authfetch::protocol::token::AccessToken;

impl World {
    /// Somebody new signs in.
    pub fn sign_in(&mut self, i: usize) {
        self.set_tokens(i, self.families.len());
        self.ends.insert(self.tabs[i].record.epoch);
    }

    /// Whoever is signed in does so once more.
    pub fn sign_in_again(&mut self, i: usize) {
        if let Some(user) = self.user_in(i) {
            self.set_tokens(i, user);
        }
    }

    /// A login that sets the cookie, and `setTokens`.
    fn set_tokens(&mut self, i: usize, user: usize) {
        self.now += 2;
        self.families.push(Family { user, revoked: false, left: false });
        let token = self.issue(self.families.len() - 1);
        self.jar = Some(token);
        let granted = self.granted(i, token);
        self.dispatch(i, Event::SetTokens(granted));
    }

    /// `refresh()`.
    pub fn refresh(&mut self, i: usize) {
        let _ = self.ask(i, |session, now| session.on_refresh_requested(now));
        self.after(i);
    }

    /// `logout()`.
    pub fn logout(&mut self, i: usize) {
        if let Some(user) = self.user_in(i) {
            self.families.iter_mut().filter(|family| family.user == user).for_each(|family| family.left = true);
        }
        self.ask(i, |session, now| session.log_out(true, false, now));
        self.after(i);
    }

    /// A tab is opened.
    pub fn open(&mut self, i: usize) {
        self.tabs[i].life = Life::Live;
        self.owes(i);
        self.dispatch(i, Event::Opened { visible: true, claims: false });
    }

    /// The app has closed its last instance.
    pub fn close(&mut self, i: usize) {
        self.dispatch(i, Event::Closed);
        self.tabs[i].life = Life::Closed;
    }

    /// The network is back.
    pub fn online(&mut self, i: usize) {
        self.owes(i);
        self.dispatch(i, Event::Online);
    }

    fn owes(&mut self, i: usize) {
        let idle = self.tabs[i].revocations.is_empty();
        self.tabs[i].owes = idle && self.mark.version == UNCONFIRMED;
    }

    /// The user goes somewhere else, or only begins to: the browser breaks the token request off.
    pub fn unload(&mut self, i: usize) {
        self.tabs[i].leaving = true;
        self.dispatch(i, Event::Unloading);
        self.arrive(i, true);
    }

    /// The access token of this tab is not good any more, and only the API knows.
    pub fn reject(&mut self, i: usize) {
        if let Some(number) = self.tabs[i].record.access.and_then(|access| self.sent_with(access)) {
            self.issued[number as usize].rejected = true;
        }
    }

    /// Who is signed in in this tab.
    pub fn user_in(&self, i: usize) -> Option<usize> {
        let access = self.tabs[i].record.access?;
        Some(if self.setup.generations { self.tabs[i].user } else { self.user(access.0) })
    }

    /// The tokens that a call of this tab is sent with.
    pub fn sent_with(&self, access: AccessToken) -> Option<u32> {
        if self.setup.generations { self.jar } else { Some(access.0) }
    }
}
