//! The authorization server: a refresh token for one use, in a cookie.

use super::{Fault, Step, World};
use authfetch::protocol::cookie::UNCONFIRMED;

/// A use of a family: one refresh token and one access token, of this number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Issued {
    pub family: usize,
    pub presented: bool,
    /// Its answer was lost, or who presented it stood still or died before it had committed what came of it.
    pub excused: bool,
    /// It has been refused: to be presented again does no more harm.
    pub refused: bool,
}

/// What comes back of a token request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    Tokens(u32),
    Refused,
    Lost,
}

impl World {
    pub(super) fn issue(&mut self, family: usize) -> u32 {
        self.issued.push(Issued { family, presented: false, excused: false, refused: false });
        self.issued.len() as u32 - 1
    }

    /// The cookie leaves the browser with a request of this tab.
    pub(super) fn present(&mut self, without_session: bool) -> Option<u32> {
        let cookie = self.jar?;
        let outlived = self.left.contains(&self.issued[cookie as usize].family);
        if without_session && self.mark.version == UNCONFIRMED && outlived {
            self.breaks("a cookie that has outlived a logout is not tried");
        }
        let issued = &mut self.issued[cookie as usize];
        let again = issued.presented && !issued.excused && !issued.refused;
        issued.presented = true;
        // Without locks it cannot be helped; what comes of it is.
        if again && (!self.setup.no_locks || self.setup.fault == Fault::TakesNoLock) {
            self.breaks("no refresh token is presented twice unless an answer was lost");
        }
        Some(cookie)
    }

    fn exchange(&mut self, cookie: u32) -> Answer {
        let family = self.issued[cookie as usize].family;
        let last = self.issued.iter().rposition(|issued| issued.family == family) == Some(cookie as usize);
        if !last && !self.setup.lenient {
            self.revoked[family] = true;
        }
        if last && !self.revoked[family] { Answer::Tokens(self.issue(family)) } else { Answer::Refused }
    }

    /// A token request reaches the server.
    pub fn serve(&mut self, i: usize) {
        let Some(Step::Sent { cookie, answer: None }) = self.step_of(i) else { return };
        let answer = Some(cookie.map_or(Answer::Refused, |cookie| self.exchange(cookie)));
        if let Some(flow) = &mut self.tabs[i].flow {
            flow.step = Step::Sent { cookie, answer };
        }
    }

    /// One whose tab is gone does, and nobody receives what it answers.
    pub fn serve_stray(&mut self) {
        if let Some(cookie) = self.strays.pop() {
            let _ = self.exchange(cookie);
        }
    }

    /// Its answer reaches the browser, whether or not its tab runs: the cookie is replaced. It may be `lost` on its
    /// way.
    pub fn arrive(&mut self, i: usize, lost: bool) {
        let Some(flow) = &mut self.tabs[i].flow else { return };
        let Step::Sent { cookie, answer } = flow.step else { return };
        let answer = if lost { Answer::Lost } else { answer.unwrap_or(Answer::Lost) };
        flow.step = Step::Judging { cookie, answer };
        match answer {
            Answer::Tokens(token) if self.jar == cookie => self.jar = Some(token),
            Answer::Tokens(_) => {}
            Answer::Refused => {
                if let Some(cookie) = cookie {
                    self.issued[cookie as usize].refused = true;
                }
            }
            Answer::Lost => self.excuse(cookie),
        }
    }

    pub(super) fn excuse(&mut self, cookie: Option<u32>) {
        if let Some(cookie) = cookie {
            self.issued[cookie as usize].excused = true;
        }
    }

    /// A refusal ends the session of this tab: rightly where the family is revoked, or where the token was spent by
    /// somebody who has stood still or died before he could commit its successor.
    pub(super) fn check_refusal(&mut self, i: usize, cookie: Option<u32>) {
        let Some(cookie) = cookie else { return };
        let Issued { family, excused, .. } = self.issued[cookie as usize];
        let replaced = self.tabs[i].flow.as_ref().is_some_and(|flow| flow.sent_at < self.mark);
        if !self.revoked[family] && (replaced || !excused) {
            self.breaks("nobody is signed out wrongly");
        }
    }

    /// A revocation reaches the server, and its confirmation the tab.
    pub fn revoke(&mut self, i: usize, lost: bool) {
        let Some((epoch, cookie)) = self.tabs[i].revoking.take() else { return };
        if lost {
            return;
        }
        if let Some(cookie) = cookie {
            let family = self.issued[cookie as usize].family;
            self.revoked[family] = true;
            self.jar = self.jar.filter(|cookie| self.issued[*cookie as usize].family != family);
        }
        self.confirmed(i, epoch);
    }
}
