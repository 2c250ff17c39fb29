//! The authorization server: refresh tokens for one use each, and a second use revokes the family; or with a grace
//! window.

use super::{Flow, Step, World};

/// A token that was issued; its number is its place. Both kinds are numbered together.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Issued {
    /// The sign-in that it comes from.
    pub family: usize,
    pub epoch: u64,
    pub expires_at: u64,
    /// How many renewals after the sign-in.
    generation: u8,
    presented: bool,
    /// Its answer was lost, or its holder died or stood still before it had handed over what was answered.
    excused: bool,
}

/// A token request on its way. `outcome` is what the server has made of it: tokens, or a refusal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Request {
    pub token: u32,
    pub outcome: Option<Option<(u32, u32)>>,
}

impl World {
    /// Tokens of a new family.
    pub(super) fn grant_family(&mut self, epoch: u64) -> (u32, u32) {
        self.revoked.push(false);
        self.issue(self.revoked.len() - 1, epoch, 0)
    }

    fn issue(&mut self, family: usize, epoch: u64, generation: u8) -> (u32, u32) {
        let expires_at = super::START + (self.now / super::LIFETIME + 1) * super::LIFETIME;
        let issued = Issued { family, epoch, expires_at, generation, presented: false, excused: false };
        self.issued.extend([issued, issued]);
        (self.issued.len() as u32 - 2, self.issued.len() as u32 - 1)
    }

    /// What the server does with a refresh token.
    fn exchange(&mut self, token: u32) -> Option<(u32, u32)> {
        let Issued { family, epoch, generation, .. } = self.issued[token as usize];
        let of_family = self.issued.iter().filter(|issued| issued.family == family);
        let last = of_family.map(|issued| issued.generation).max().unwrap_or(0);
        let window = u8::from(self.setup.grace_window);
        if generation + window < last {
            self.revoked[family] = true;
        }
        (!self.revoked[family]).then(|| self.issue(family, epoch, generation + 1))
    }

    /// A token request reaches the server.
    pub fn serve(&mut self, i: usize, n: u8) {
        if let Some(Flow { step: Step::Sent(Request { token, .. }), .. }) = self.flow(i, n).cloned() {
            let outcome = Some(self.exchange(token));
            if let Some(flow) = self.flow(i, n) {
                flow.step = Step::Sent(Request { token, outcome });
            }
        }
    }

    /// A token request whose tab is gone reaches the server.
    pub fn serve_stray(&mut self) {
        if let Some(token) = self.strays.pop() {
            let _ = self.exchange(token);
        }
    }

    /// A refresh token leaves a tab.
    pub(super) fn present(&mut self, token: u32) {
        let issued = &mut self.issued[token as usize];
        let again = issued.presented && !issued.excused;
        issued.presented = true;
        if again {
            self.breaks("no refresh token is presented twice unless an answer was lost");
        }
    }

    pub(super) fn excuse(&mut self, token: Option<u32>) {
        if let Some(token) = token {
            self.issued[token as usize].excused = true;
        }
    }

    pub(super) fn excuse_presented(&mut self, token: u32) {
        if self.issued[token as usize].presented {
            self.excuse(Some(token));
        }
    }

    /// A token of either kind leaves a tab.
    pub(super) fn check_send(&mut self, i: usize, token: u32) {
        if self.issued[token as usize].epoch != self.tabs[i].machine.epoch() {
            self.breaks("nothing of an ended session is sent");
        }
    }

    /// A refusal ends a session: the server has revoked its family, which it does only after an excused second use.
    pub(super) fn check_refusal(&mut self, i: usize) {
        let refused = self.tabs[i].members.1.is_some_and(|token| self.revoked[self.issued[token as usize].family]);
        if !refused {
            self.breaks("nobody is signed out wrongly");
        }
    }
}
