//! The authorization server, which rotates refresh tokens, and what becomes of the requests on the way to it.

use super::World;
use authfetch::protocol::event::{Event, Granted};
use authfetch::protocol::grant::GrantOutcome;
use authfetch::protocol::refresh::Outcome;
use authfetch::protocol::session::refresh;
use authfetch::protocol::token::{AccessToken, RefreshToken};

/// A token request that is under way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Request {
    pub id: u32,
    /// What the record said when it was sent.
    pub epoch: u64,
    pub signin: u64,
    pub from: Option<AccessToken>,
    pub presented: Option<RefreshToken>,
    /// The server may have it all the same, and its answer may have been on its way already.
    pub aborted: bool,
}

/// What becomes of a token request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reply {
    /// It is served: new tokens, or a refusal where the refresh token is spent.
    Served,
    /// It is served, and the answer is lost.
    Lost,
    /// It never arrives.
    Dropped,
    /// The browser sends it twice: the server serves the first and refuses the second, whose answer arrives.
    Duplicated,
    /// 503, or 429 with `Retry-After` in ms.
    Busy(Option<u64>),
    /// An HTML page with status 200.
    Nonsense,
    /// The server has revoked the family.
    Revoked,
}

impl World {
    /// The running refresh has its turn, and its token request is answered so.
    pub fn answer_refresh(&mut self, reply: Reply) {
        self.turn();
        let at = self.requests.iter().position(|request| !request.aborted);
        self.reply(at.expect("a token request is under way"), reply);
    }

    /// Whoever waits for the lock gets it, for as long as it is free.
    pub fn turn(&mut self) {
        while self.grant_lock() {}
    }

    /// What the server does with `presented`: the tokens it grants, if it does.
    pub(super) fn exchange(&mut self, presented: RefreshToken, lost: bool) -> Option<(AccessToken, RefreshToken)> {
        if !self.valid.contains(&presented) {
            return None;
        }
        let next = RefreshToken(self.number());
        self.valid.retain(|token| *token != presented);
        self.valid.push(next);
        if !lost {
            self.ledger.spent.push(presented);
        }
        Some((AccessToken(self.number()), next))
    }

    /// What becomes of the token request `at`.
    pub fn reply(&mut self, at: usize, reply: Reply) {
        let request = self.requests.remove(at);
        let known = request.presented.filter(|presented| self.valid.contains(presented));
        let exchanged = known.and_then(|presented| self.serve(presented, request.aborted, reply));
        let (class, lost, retry_after) = match reply {
            Reply::Served if exchanged.is_some() => (GrantOutcome::Tokens, false, None),
            Reply::Served | Reply::Revoked | Reply::Duplicated => (GrantOutcome::Refused, false, None),
            Reply::Lost | Reply::Dropped => (GrantOutcome::Transient, true, None),
            Reply::Busy(retry_after) => (GrantOutcome::Transient, false, retry_after),
            Reply::Nonsense => (GrantOutcome::Permanent, false, None),
        };
        let same_text = self.same_text && request.from.is_some() && request.from == self.record.access;
        let granted = exchanged.filter(|_| class == GrantOutcome::Tokens).map(|(access, refresh)| Granted {
            access: request.from.filter(|_| same_text).unwrap_or(access),
            // A `Set-Cookie` that comes after all: nothing in a page can rule it out, so it is left out here.
            refresh: if request.aborted { Some(refresh) } else { self.hand_out(Some(refresh)) },
            expires_at: self.expiry(),
            same_text,
        });
        let outcome = Outcome { class, lost, retry_after };
        self.before_reply(request, class == GrantOutcome::Transient && retry_after.is_none());
        self.is_told(Event::TokenReply(request.id, refresh::Reply { outcome, granted }));
        self.after_reply();
        self.end_turn();
    }

    fn serve(&mut self, presented: RefreshToken, late: bool, reply: Reply) -> Option<(AccessToken, RefreshToken)> {
        match reply {
            Reply::Served => self.exchange(presented, late),
            Reply::Lost => self.exchange(presented, true),
            Reply::Duplicated => {
                // The second use tells the server that somebody has stolen the token: the family is revoked.
                let (_, next) = self.exchange(presented, true)?;
                self.valid.retain(|token| *token != next);
                None
            }
            Reply::Revoked => {
                self.valid.retain(|token| *token != presented);
                None
            }
            Reply::Dropped | Reply::Busy(_) | Reply::Nonsense => None,
        }
    }
}
