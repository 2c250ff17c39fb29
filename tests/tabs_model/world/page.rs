//! A page that is left and may come back, and whose the record of a duplicated tab is.

use super::{Known, Life, World};
use authfetch::protocol::event::Event;

impl World {
    /// `beforeunload`: a token request that is under way is broken off.
    pub fn unload(&mut self, i: usize) {
        self.excuse_all(i);
        self.dispatch(i, Event::Unloading);
        self.tabs[i].leaving = self.tabs[i].request.map(|request| request.id);
        self.reply(i, true);
    }

    /// The page stays after all.
    pub fn stay(&mut self, i: usize) {
        self.tabs[i].leaving = None;
    }

    /// `pagehide`. What is under way is broken off; the page may come back.
    pub fn hide(&mut self, i: usize) {
        self.excuse_all(i);
        (self.tabs[i].leaving, self.tabs[i].navigates) = (None, false);
        let restores = self.tabs[i].restores();
        self.dispatch(i, Event::PageHidden);
        if restores && self.tabs[i].restoring && !self.tabs[i].session.record().signed_in() {
            self.breaks("an end is restored when the page is left");
        }
        self.put_away(i, Life::Hidden);
    }

    /// What befalls the page and leaves it where it is.
    pub fn page(&mut self, i: usize, event: Event) {
        self.dispatch(i, event);
    }

    /// Every write fails from now on.
    pub fn block(&mut self, i: usize) {
        self.tabs[i].blocked = true;
    }

    /// `Effect::ReleaseTab`.
    pub(super) fn release_tab(&mut self, i: usize) {
        (self.tabs[i].owns, self.tabs[i].claiming) = (false, false);
        if !self.setup.place.shared() {
            // Whose tab was duplicated may be away when its copy asks: nobody can tell it what was presented.
            self.excuse_presented();
        }
    }

    /// Whether another page owns the record is found out: this one owns it otherwise.
    pub fn claimed(&mut self, i: usize) {
        let owner = self.tabs[i].owner;
        let owned = (0..self.tabs.len()).any(|at| at != i && self.tabs[at].owns && self.tabs[at].owner == owner);
        self.tabs[i].claiming = false;
        self.tabs[i].owns = !owned;
        self.dispatch(i, Event::TabClaimed(!owned));
    }

    /// `Effect::DropCopy`.
    pub(super) fn drop_copy(&mut self, i: usize) {
        let unused = (0..).find(|name| self.tabs.iter().all(|tab| tab.owner != *name)).unwrap_or(0);
        let tab = &mut self.tabs[i];
        tab.view = None;
        tab.known = Known::Read(None);
        tab.vault.forget();
        tab.owner = unused;
    }
}
