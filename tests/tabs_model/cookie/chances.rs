//! What users, their apps and accidents may do, and how often.

use super::{LIFETIME_MS, Life, World};
use authfetch::protocol::event::{Event, Timer};

/// What nobody controls.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Chance {
    /// `refresh()`.
    Refresh,
    /// `fetch`; twice in each tab at most.
    Call,
    Logout,
    SignIn,
    /// A tab is opened.
    Open,
    Crash,
    Freeze,
    PutAway,
    Hang,
    /// A token request or its answer is lost.
    LoseAnswer,
    /// A revocation is.
    LoseRevocation,
    /// The network is back.
    Online,
    /// The API rejects a token.
    Reject,
    /// All access tokens expire.
    Expire,
    /// A refresh brings the same access token once more.
    SameText,
    /// A call is aborted by its caller.
    DropCall,
    /// The API takes its time.
    SlowCanary,
    /// The page is being left while a token request is under way.
    Unload,
    /// `setTokens` by the user who is signed in.
    SignInAgain,
    /// The last instance in a tab is closed.
    Close,
}

use Chance::{
    Call, Close, Crash, DropCall, Expire, Freeze, Hang, Logout, LoseAnswer, LoseRevocation, Online, Open, PutAway,
    Refresh, Reject, SameText, SignIn, SignInAgain, SlowCanary, Unload,
};

pub const CHANCES: [Chance; 20] = [
    Refresh,
    Call,
    Logout,
    SignIn,
    Open,
    Crash,
    Freeze,
    PutAway,
    Hang,
    LoseAnswer,
    LoseRevocation,
    Online,
    Reject,
    Expire,
    SameText,
    DropCall,
    SlowCanary,
    Unload,
    SignInAgain,
    Close,
];

/// How often each may happen, for all tabs together.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Budget([u8; CHANCES.len()]);

impl Budget {
    pub const NONE: Self = Self([0; CHANCES.len()]);

    pub const fn of(chance: Chance, times: u8) -> Self {
        Self::NONE.with(chance, times)
    }

    pub const fn with(mut self, chance: Chance, times: u8) -> Self {
        self.0[chance as usize] += times;
        self
    }

    pub const fn at_most(mut self, chance: Chance, times: u8) -> Self {
        if self.0[chance as usize] > times {
            self.0[chance as usize] = times;
        }
        self
    }

    /// What this one allows, and what the other does.
    pub fn and(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] + other.0[at]))
    }

    pub const fn spend(&mut self, chance: Chance) {
        self.0[chance as usize] -= 1;
    }

    pub const fn left(&self, chance: Chance) -> u8 {
        self.0[chance as usize]
    }
}

impl World {
    pub fn happens(&mut self, chance: Chance, i: usize) {
        match chance {
            Refresh => self.refresh(i),
            Call => self.call(i),
            Logout => self.logout(i),
            SignIn => self.sign_in(i),
            Open => {
                self.open(i);
                self.refresh(i);
            }
            Crash => self.crash(i),
            Freeze => self.freeze(i),
            PutAway => self.put_away(i),
            Hang => self.hang(i),
            LoseAnswer => self.arrive(i, true),
            LoseRevocation => self.revoke(i, 0, true),
            Online => self.online(i),
            Reject => self.reject(i),
            Expire => self.now += LIFETIME_MS,
            SameText => self.serve(i, true),
            DropCall => self.drop_call(i),
            SlowCanary => {
                self.tabs[i].timers.canary = false;
                self.dispatch(i, Event::TimerFired(Timer::Canary));
            }
            Unload => self.unload(i),
            SignInAgain => self.sign_in_again(i),
            Close => self.close(i),
        }
    }

    /// Whether it can happen to this tab, and is worth it.
    pub fn may(&self, chance: Chance, i: usize) -> bool {
        let tab = &self.tabs[i];
        let (live, signed_in) = (tab.life == Life::Live, tab.record.signed_in());
        tab.untold.is_empty()
            && live == (chance != Open)
            && match chance {
                Refresh => tab.promise.is_none() && tab.request.is_none(),
                Call => signed_in && tab.calls.len() < 2,
                Logout => signed_in,
                SignIn => !signed_in,
                Open => matches!(tab.life, Life::Unopened | Life::Closed),
                Crash | Freeze | PutAway | Hang => true,
                LoseAnswer => tab.request.is_some(),
                LoseRevocation => !tab.revocations.is_empty(),
                // It changes nothing where nothing is left to be told.
                Online => {
                    tab.record.retry_at > 0
                        || (tab.session.decisions().unconfirmed() && tab.revocations.is_empty() && !tab.owes)
                }
                Reject => {
                    let number = tab.record.access.and_then(|access| self.sent_with(access));
                    number.is_some_and(|number| !self.issued[number as usize].rejected)
                }
                Expire => i == 0 && self.setup.expiring,
                SameText => tab.request.is_some_and(|request| request.answer.is_none()),
                DropCall => !tab.calls.is_empty(),
                SlowCanary => tab.timers.canary,
                SignInAgain => signed_in,
                Close => true,
                Unload => tab.watches_unload && tab.request.is_some(),
            }
    }
}
