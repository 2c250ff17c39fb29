//! What is written down beside the world, and the rules that are read off it.

use super::{Known, Life, Phase, Tab, Text, World};
use authfetch::protocol::effect::{Ending, Members};
use authfetch::protocol::session::refresh::Step;
use authfetch::protocol::token::Record;

const WRONGLY: &str = "nobody is signed out wrongly";

impl World {
    fn epoch_of(&self, token: u32) -> u64 {
        self.families[self.issued[token as usize].family].epoch
    }

    /// A record is written. `stood` is the refresh token that stood in it before.
    pub(super) fn check_write(&mut self, i: usize, text: &Text, members: Members, stood: Option<u32>) {
        let Record { epoch, access, refresh, .. } = text.record;
        // What cannot be written is signalled at most, and who is away is not told.
        let blocked = self.tabs[i].blocked;
        if let (Members::SignIn, Some(token)) = (members, access) {
            let family = self.issued[token.0 as usize].family;
            self.families[family].epoch = epoch;
            self.ends.insert(epoch);
            if !blocked {
                self.began = self.began.max(epoch);
            }
        }
        let tokens = [access.map(|token| token.0), refresh.map(|token| token.0)];
        let of_another = tokens.into_iter().flatten().any(|token| self.epoch_of(token) != epoch);
        if of_another || epoch < self.tabs[i].session.epoch() {
            self.breaks("tokens of an ended session are never stored");
        }
        if members == Members::End {
            self.ends.insert(epoch);
            if !blocked {
                self.ended = self.ended.max(epoch);
            }
        }
        if members == Members::Refreshed && stood.is_none() {
            self.breaks("a refresh replaces a refresh token");
        }
    }

    /// A record is known that was not read: storage that is cleared ends a session.
    pub(super) fn check_assumed(&mut self, i: usize, record: &Record) {
        if self.tabs[i].known == Known::Read(None) {
            if !self.cleared {
                self.breaks(WRONGLY);
            }
            self.ends.insert(record.epoch);
        }
    }

    /// An epoch is over: by a logout, by a refusal of a token that is good for nothing any more, or because another tab
    /// says so, which is true.
    pub(super) fn check_end(&mut self, i: usize, ending: Ending) {
        let right = match ending {
            Ending::LoggedOut { .. } => true,
            Ending::Refused => self.tabs[i].vault.refresh.text.is_some_and(|token| self.is_over(token)),
            Ending::RetryRejected => false,
            Ending::Elsewhere => {
                let (of, now) = (self.tabs[i].session_of, self.tabs[i].session.epoch());
                of.is_none_or(|before| before >= now || self.ends.range(before + 1..=now).next().is_some())
            }
        };
        if !right {
            self.breaks(WRONGLY);
        }
    }

    /// A token of either kind leaves a tab.
    pub(super) fn check_send(&mut self, i: usize, token: u32) {
        if self.epoch_of(token) != self.tabs[i].session.epoch() {
            self.breaks("nothing of an ended session is sent");
        }
    }

    /// A call leaves a tab that was asked for more: somebody has signed in since.
    pub(super) fn check_step_up(&mut self, i: usize, id: u32) {
        let tab = &mut self.tabs[i];
        let signin = tab.session.record().signin;
        let waits = tab.stepped_up.iter().any(|(call, than)| *call == id && signin <= *than);
        tab.stepped_up.retain(|(call, _)| *call != id);
        if waits {
            self.breaks("a call that was asked for more waits for a sign-in");
        }
    }

    pub(super) fn check_woken(&mut self, i: usize, id: u32) {
        if !self.tabs[i].calls.iter().any(|phase| matches!(phase, Phase::Waiting(call) if call.id == id)) {
            self.breaks("whoever is asked again waits");
        }
    }

    /// What holds between two turns of a tab.
    pub(super) fn check_turn(&mut self, i: usize) {
        let tab = &self.tabs[i];
        let step = tab.session.refresh_step();
        if let Some(step) = &step {
            crate::reached::step(step);
        }
        let of_it = |id: u32| tab.session.refresh() == Some(id) && matches!(step, Some(Step::Request));
        if tab.life == Life::Live && tab.request.is_some_and(|request| !of_it(request.id)) {
            self.breaks("no token request outlives its refresh");
        }
    }

    /// What is wrong with a world in which nothing moves any more.
    pub fn unrest(&self) -> Option<&'static str> {
        let live = |tab: &&Tab| tab.life == Life::Live;
        let shared = self.setup.place.shared();
        for tab in self.tabs.iter().filter(live) {
            let held = |phase: &Phase| matches!(phase, Phase::Waiting(call) if call.after_signin.is_some());
            if tab.calls.iter().any(|phase| !matches!(phase, Phase::Settled(_)) && !held(phase)) {
                return Some("every call of a live tab settles");
            }
            if tab.session.refresh().is_some() || !tab.session.holds_no_lock() {
                return Some("every refresh comes to an end");
            }
            if !shared || tab.in_memory {
                continue;
            }
            if tab.known != Known::Read(self.central) || tab.view != self.central {
                return Some("all live tabs agree on the record");
            }
            if self.central.is_some_and(|text| text.record.epoch != tab.session.epoch()) {
                return Some("nothing stored after a logout stays");
            }
        }
        let away = |tab: &Tab| matches!(tab.life, Life::Frozen | Life::Hidden | Life::Hung);
        let restores = |tab: &Tab| tab.life == Life::Live && !tab.in_memory;
        if !shared || self.tabs.iter().any(away) || !self.tabs.iter().any(restores) {
            // Whoever knows may restore what he knows later, or nobody is left to do it.
            return None;
        }
        let stands = self.central.filter(|text| text.record.signed_in()).map(|text| text.record.epoch);
        // Whose sign-in it was is not there to restore what was overwritten.
        let somebody_is_gone = self.tabs.iter().any(|tab| tab.life == Life::Gone);
        let excused = self.lost || self.cleared || (self.overwritten && somebody_is_gone);
        match stands {
            Some(epoch) if epoch < self.ended && !self.lost => Some("nothing stored after a logout stays"),
            None if self.began > self.ended && !excused => Some(WRONGLY),
            Some(_) | None => None,
        }
    }
}
