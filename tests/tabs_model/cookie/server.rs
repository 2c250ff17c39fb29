//! The authorization server: a refresh token for one use, in a cookie.

use super::{LIFETIME_MS, Life, Tab, World};
use authfetch::protocol::cookie::UNCONFIRMED;
use authfetch::protocol::event::{Event, Granted};
use authfetch::protocol::fault::Fault;
use authfetch::protocol::grant::GrantOutcome;
use authfetch::protocol::refresh::{Outcome, Reason};
use authfetch::protocol::session::refresh::Reply;
use authfetch::protocol::tabs::Mark;
use authfetch::protocol::token::AccessToken;

/// What one sign-in has begun.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Family {
    pub user: usize,
    pub revoked: bool,
    /// Its user has logged out.
    pub left: bool,
}

/// A use of a family: one refresh token of this number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Issued {
    pub family: usize,
    pub presented: bool,
    /// Its answer was lost, or who presented it stood still or died before it had committed what came of it.
    pub excused: bool,
    /// It has been refused: to be presented again does no more harm.
    pub refused: bool,
    /// The access token that came with it: the one of this number, or an older text once more.
    pub access: u32,
    /// The API rejects the access token of this number.
    pub rejected: bool,
    pub expires_at: Option<u64>,
}

/// What comes back of a token request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    Tokens(u32),
    Refused,
    Lost,
}

/// A token request on its way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Request {
    pub id: u32,
    pub cookie: Option<u32>,
    pub answer: Option<Answer>,
}

/// What a refresh has presented last, and what was known of the cookie's session by then.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Asked {
    pub cookie: Option<u32>,
    pub mark: Mark,
    /// Tokens were the answer.
    pub tokens: bool,
}

impl World {
    pub fn issue(&mut self, family: usize) -> u32 {
        let number = self.issued.len() as u32;
        let expires_at = self.setup.expiring.then_some(self.now + LIFETIME_MS);
        self.issued.push(Issued {
            family,
            presented: false,
            excused: false,
            refused: false,
            access: number,
            rejected: false,
            expires_at,
        });
        number
    }

    /// The tokens of this number, as this tab numbers them.
    pub fn granted(&mut self, i: usize, number: u32) -> Granted {
        let Issued { access, expires_at, .. } = self.issued[number as usize];
        let access = if self.setup.generations { self.tabs[i].numbers + 1 } else { access };
        let access = AccessToken(access);
        Granted { access, refresh: None, expires_at, same_text: self.tabs[i].record.access == Some(access) }
    }

    /// The cookie leaves the browser with a request of this tab.
    pub fn present(&mut self, i: usize) -> Option<u32> {
        let without_session = !self.tabs[i].session.record().has_session();
        let mark = self.tabs[i].session.decisions().cookie();
        self.tabs[i].asked = Some(Asked { cookie: self.jar, mark, tokens: false });
        let cookie = self.jar?;
        let outlived = self.families[self.issued[cookie as usize].family].left;
        if without_session && self.mark.version == UNCONFIRMED && outlived {
            self.breaks("a cookie that has outlived a logout is not tried");
        }
        let issued = &mut self.issued[cookie as usize];
        let again = issued.presented && !issued.excused && !issued.refused;
        issued.presented = true;
        // Without locks it cannot be helped; what comes of it is.
        if again && (!self.setup.no_locks || self.setup.fault == Some(Fault::TakesNoLockForTheCookie)) {
            self.breaks("no refresh token is presented twice unless an answer was lost");
        }
        Some(cookie)
    }

    fn exchange(&mut self, cookie: u32, same_text: bool) -> Answer {
        let family = self.issued[cookie as usize].family;
        let last = self.issued.iter().rposition(|issued| issued.family == family) == Some(cookie as usize);
        if !last && !self.setup.lenient {
            self.families[family].revoked = true;
        }
        if !last || self.families[family].revoked {
            return Answer::Refused;
        }
        let number = self.issue(family);
        if same_text {
            self.issued[number as usize].access = self.issued[cookie as usize].access;
        }
        Answer::Tokens(number)
    }

    /// A token request reaches the server. With `same_text` its access token is good enough to be given out once more.
    pub fn serve(&mut self, i: usize, same_text: bool) {
        if let Some(Request { id, cookie, answer: None }) = self.tabs[i].request {
            let answer = Some(cookie.map_or(Answer::Refused, |cookie| self.exchange(cookie, same_text)));
            self.tabs[i].request = Some(Request { id, cookie, answer });
        }
    }

    /// One that nobody waits for does.
    pub fn serve_stray(&mut self) {
        if let Some(cookie) = self.strays.pop() {
            let _ = self.exchange(cookie, false);
        }
    }

    /// Its answer reaches the browser, whether or not its tab runs: the cookie is replaced. It may be `lost` on its
    /// way.
    pub fn arrive(&mut self, i: usize, lost: bool) {
        let Some(Request { id, cookie, answer }) = self.tabs[i].request.take() else { return };
        let answer = if lost { Answer::Lost } else { answer.unwrap_or(Answer::Lost) };
        let (class, granted) = match answer {
            Answer::Tokens(number) => {
                if self.jar == cookie {
                    self.jar = Some(number);
                }
                if let Some(asked) = &mut self.tabs[i].asked {
                    asked.tokens = true;
                }
                (GrantOutcome::Tokens, Some(self.granted(i, number)))
            }
            Answer::Refused => {
                if let Some(cookie) = cookie {
                    self.issued[cookie as usize].refused = true;
                }
                (GrantOutcome::Refused, None)
            }
            Answer::Lost => {
                self.excuse(cookie);
                (GrantOutcome::Transient, None)
            }
        };
        let outcome = Outcome { class, lost: answer == Answer::Lost, retry_after: None };
        self.tell(i, Event::TokenReply(id, Reply { outcome, granted }));
    }

    /// The server may have got it all the same, and nobody receives what it answers.
    pub fn abort_request(&mut self, i: usize, id: u32) {
        if self.tabs[i].request.is_some_and(|request| request.id == id) {
            self.drop_request(i);
        }
    }

    pub fn drop_request(&mut self, i: usize) {
        if let Some(Request { cookie, answer, .. }) = self.tabs[i].request.take() {
            self.excuse(cookie);
            if answer.is_none() {
                self.strays.extend(cookie);
                self.strays.sort_unstable();
            }
        }
    }

    /// What nobody can present or send any more is all the same.
    pub fn forget(&mut self) {
        let mut alive: Vec<u32> = self.jar.iter().chain(&self.strays).copied().collect();
        for tab in &self.tabs {
            alive.extend(tab.asked.and_then(|asked| asked.cookie));
            if let Some(Request { answer: Some(Answer::Tokens(number)), .. }) = tab.request {
                alive.push(number);
            }
        }
        for (number, issued) in self.issued.iter_mut().enumerate() {
            if !alive.contains(&(number as u32)) {
                (issued.presented, issued.excused, issued.refused) = (true, false, false);
            }
        }
    }

    pub fn excuse(&mut self, cookie: Option<u32>) {
        if let Some(cookie) = cookie {
            self.issued[cookie as usize].excused = true;
        }
    }

    /// A refresh after a 401: nobody has replaced the cookie since, or could not say so.
    pub fn check_refresh(&mut self, i: usize, reason: Reason) {
        let first = self.tabs[i].asked.is_none();
        let good = self.jar.is_some_and(|cookie| self.accepts(cookie));
        // Whoever brought it may have stood still before it had committed it, or be overtaken by a sign-in.
        let good = good && self.families.len() == 1 && !self.issued.iter().any(|issued| issued.excused);
        let runs = |tab: &Tab| tab.runs() || tab.life == Life::Unopened;
        let told = self.all_committed() && !self.setup.no_locks && self.tabs.iter().all(runs);
        if self.setup.generations && reason == Reason::Unauthorized && first && good && told {
            self.breaks("a generation that another tab has brought is not refreshed");
        }
    }

    /// A refusal ends the session of this tab: rightly where the family is revoked, or where the token was spent by
    /// somebody who has stood still or died before he could commit its successor.
    pub fn check_refusal(&mut self, i: usize) {
        let Some(Asked { cookie: Some(cookie), mark, .. }) = self.tabs[i].asked else { return };
        let Issued { family, excused, .. } = self.issued[cookie as usize];
        if !self.families[family].revoked && (mark < self.mark || !excused) {
            self.breaks("nobody is signed out wrongly");
        }
    }

    /// A revocation reaches the server, and its confirmation the tab.
    pub fn revoke(&mut self, i: usize, at: usize, lost: bool) {
        let (epoch, cookie) = self.tabs[i].revocations.remove(at);
        if let Some(cookie) = cookie.filter(|_| !lost) {
            let family = self.issued[cookie as usize].family;
            self.families[family].revoked = true;
            self.jar = self.jar.filter(|cookie| self.issued[*cookie as usize].family != family);
        }
        self.tell(i, Event::Revoked { confirmed: epoch.filter(|_| !lost) });
    }
}
