//! What is told of a call under `debug`: the reasons behind what the machine has decided. None of it decides anything.

use super::client::Client;
use super::outgoing::{self, Outgoing};
use crate::browser::debug;
use crate::protocol::decisions::{Call, Unauthorized};
use crate::protocol::session::Answered;
use crate::protocol::token::Record;

impl Client {
    /// Tells why something is so of this call.
    #[inline(never)]
    pub fn note(&self, out: &Outgoing, why: &str) {
        if self.driver.options.debug {
            debug::note(outgoing::number(out), why);
        }
    }

    /// Why a call waits.
    pub fn why_held(&self, call: &Call) -> &'static str {
        self.driver.session(|session| {
            if call.after_signin.is_some() {
                "held for a step-up"
            } else if session.record().suspended {
                "held for a sign-in"
            } else if session.refresh().is_some() {
                "held for a renewal"
            } else {
                "held for a canary"
            }
        })
    }

    /// Why it was sent as it was.
    pub fn why_sent(&self, call: &Call) -> &'static str {
        if self.driver.session(|session| session.decisions().is_canary(call.id)) {
            "sent as canary"
        } else if call.sends > 1 {
            "sent again"
        } else {
            "sent"
        }
    }

    /// Tells what the machine has made of a 401.
    pub fn note_judged(
        &self,
        out: &Outgoing,
        call: &Call,
        record: &Record,
        unauthorized: &Unauthorized,
        answered: Answered,
    ) {
        let refreshable = || self.driver.session(|session| session.decisions().can_refresh(record));
        let why = match answered {
            Answered::Deliver => self.why_delivered(call, record, unauthorized),
            Answered::Retry if record.access == call.sent => "401",
            Answered::Retry => "401 of an old token",
            Answered::EndsSession if refreshable() => "401 of a new token",
            Answered::EndsSession | Answered::Suspends => "401, not renewable",
            // Told where it is settled.
            Answered::Failed | Answered::Ended => return,
        };
        self.note(out, why);
    }

    /// Why a 401 goes to its caller.
    fn why_delivered(&self, call: &Call, record: &Record, unauthorized: &Unauthorized) -> &'static str {
        if unauthorized.not_the_token {
            "401 after a redirect"
        } else if call.sends > 1 {
            "401 of a new token"
        } else if !unauthorized.replayable {
            "401, not replayable"
        } else if !self.driver.session(|session| session.decisions().can_refresh(record)) {
            "401, not renewable"
        } else {
            "401, renewed in vain"
        }
    }
}
