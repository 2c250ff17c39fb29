//! The authorization server: refresh tokens for one use each, and a second use revokes the family; or with a grace
//! window.

use super::{Item, Life, Tab, World};
use authfetch::protocol::environment::synchronize;
use authfetch::protocol::event::Event;
use authfetch::protocol::grant::GrantOutcome;
use authfetch::protocol::refresh::Outcome;
use authfetch::protocol::session::refresh::Reply;

/// The tokens of one sign-in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Family {
    pub revoked: bool,
    /// The epoch that the sign-in belongs to, once it is known.
    pub epoch: u64,
}

/// A token that was issued; its number is its place. Both kinds are numbered together.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Issued {
    pub family: usize,
    pub expires_at: u64,
    /// How many refreshes after the sign-in.
    generation: u8,
    presented: bool,
    /// Its answer was lost, or its holder died or stood still before it had handed over what was answered.
    excused: bool,
}

/// A token request on its way. `outcome` is what the server has made of it: tokens, or a refusal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Request {
    pub id: u32,
    pub token: u32,
    pub outcome: Option<Option<(u32, u32)>>,
}

impl World {
    /// Tokens of a new family.
    pub(super) fn grant_family(&mut self) -> (u32, u32) {
        self.families.push(Family::default());
        self.issue(self.families.len() - 1, 0)
    }

    fn issue(&mut self, family: usize, generation: u8) -> (u32, u32) {
        let expires_at = super::START + (self.now / super::LIFETIME + 1) * super::LIFETIME;
        let issued = Issued { family, expires_at, generation, presented: false, excused: false };
        self.issued.extend([issued, issued]);
        (self.issued.len() as u32 - 2, self.issued.len() as u32 - 1)
    }

    /// What the server does with a refresh token.
    fn exchange(&mut self, token: u32) -> Option<(u32, u32)> {
        let Issued { family, generation, .. } = self.issued[token as usize];
        let of_family = self.issued.iter().filter(|issued| issued.family == family);
        let last = of_family.map(|issued| issued.generation).max().unwrap_or(0);
        let used = generation + u8::from(self.setup.grace_window) < last;
        self.families[family].revoked |= used && !self.setup.forgiving;
        (!used && !self.families[family].revoked).then(|| self.issue(family, generation + 1))
    }

    /// Whether this refresh token is good for nothing any more, and no tab has a later one of its sign-in: the server
    /// has revoked its family, which it does only after an excused second use, or its answer was lost.
    pub(super) fn is_over(&self, token: u32) -> bool {
        let Issued { family, generation, .. } = self.issued[token as usize];
        let later = |token: u32| {
            let other = self.issued[token as usize];
            other.family == family && other.generation > generation
        };
        let stands = |item: &Item| item.and_then(|text| text.record.refresh).is_some_and(|token| later(token.0));
        let holds = |tab: &Tab| stands(&tab.view) || tab.vault.refresh.text.is_some_and(later);
        self.families[family].revoked || !(stands(&self.central) || self.tabs.iter().any(holds))
    }

    /// A token request is sent.
    pub(super) fn send_request(&mut self, i: usize, id: u32) {
        let Some(token) = self.tabs[i].vault.refresh.text else {
            return self.breaks("a token request has a refresh token to present");
        };
        if self.tabs[i].leaving == Some(id) {
            self.breaks("a token request that an unload broke off is not sent again at once");
        }
        self.check_send(i, token);
        self.present(i, token);
        if let Some(Request { token, outcome: None, .. }) = self.tabs[i].request {
            self.strays.push(token);
        }
        self.tabs[i].request = Some(Request { id, token, outcome: None });
        if !self.setup.slow_server {
            self.serve(i);
        }
    }

    /// It reaches the server.
    pub fn serve(&mut self, i: usize) {
        if let Some(Request { id, token, outcome: None }) = self.tabs[i].request {
            let outcome = Some(self.exchange(token));
            self.tabs[i].request = Some(Request { id, token, outcome });
        }
    }

    /// A token request that nobody waits for reaches the server.
    pub fn serve_stray(&mut self) {
        if let Some(token) = self.strays.pop() {
            let _ = self.exchange(token);
        }
    }

    /// Its answer comes, or is lost.
    pub fn reply(&mut self, i: usize, lost: bool) {
        synchronize(&mut self.at(i));
        let Some(Request { id, token, outcome }) = self.tabs[i].request.take() else { return self.then(i) };
        let reply = match outcome {
            Some(Some(tokens)) if !lost => {
                Reply { outcome: of(GrantOutcome::Tokens, false), granted: Some(self.receive(i, tokens, Some(token))) }
            }
            Some(None) if !lost => Reply { outcome: of(GrantOutcome::Refused, false), granted: None },
            Some(_) | None => {
                self.excuse(token);
                Reply { outcome: of(GrantOutcome::Transient, true), granted: None }
            }
        };
        self.dispatch(i, Event::TokenReply(id, reply));
        self.forget_response(i);
    }

    /// `Effect::AbortRequest`: no reply will come, and the server may have got it all the same.
    pub(super) fn abort_request(&mut self, i: usize, id: u32) {
        let Some(request) = self.tabs[i].request.take_if(|request| request.id == id) else { return };
        self.excuse(request.token);
        if request.outcome.is_none() {
            self.strays.push(request.token);
        }
    }

    /// A refresh token leaves a tab.
    fn present(&mut self, i: usize, token: u32) {
        // Of what was overwritten by a tab that did not see it yet, only whoever wrote it knows.
        let lost = self.overwritten && self.tabs.iter().any(|tab| !matches!(tab.life, Life::Live | Life::Unopened));
        let issued = &mut self.issued[token as usize];
        let again = issued.presented && !issued.excused && !lost;
        issued.presented = true;
        let under = self.holder.filter(|(holder, _)| *holder == i).map(|(_, ticket)| ticket);
        self.tabs[i].presented.push((under, token));
        if again {
            self.breaks("no refresh token is presented twice unless an answer was lost");
        }
    }

    pub(super) fn excuse(&mut self, token: u32) {
        self.issued[token as usize].excused = true;
    }

    pub(super) fn excuse_presented(&mut self) {
        for issued in &mut self.issued {
            issued.excused |= issued.presented;
        }
    }

    pub(super) fn excuse_all_issued(&mut self) {
        for issued in &mut self.issued {
            issued.excused = true;
        }
    }

    /// `Effect::Revoke` has reached the server: the family is over.
    pub fn revoked(&mut self, i: usize) {
        self.tabs[i].revoking = false;
        self.dispatch(i, Event::Revoked { confirmed: None });
    }
}

impl Tab {
    /// What was presented under this lock is handed over with it.
    pub(super) fn handed_over(&mut self, ticket: authfetch::protocol::session::Ticket) {
        self.presented.retain(|(under, _)| under.is_some_and(|under| under != ticket));
    }
}

const fn of(class: GrantOutcome, lost: bool) -> Outcome {
    Outcome { class, lost, retry_after: None }
}
