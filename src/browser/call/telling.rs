//! What is told of a call under `debug`: the reasons behind what the machine has decided. None of it decides anything.

use super::client::Client;
use crate::browser::debug;
use crate::browser::js::keys::Key;
use crate::browser::js::{Outcome, Val};
use crate::protocol::decisions::{Call, Unauthorized};
use crate::protocol::token::Record;
use std::rc::Rc;

impl Client {
    /// The drop-in, whose story is told.
    #[inline(never)]
    pub fn told(self: &Rc<Self>, input: &Val, init: &Val) -> Outcome {
        let number = debug::begin(true, Key::Call, input);
        let promise = self.begin(input, init, number).unwrap_or_else(|error| error.reject());
        Ok(debug::follow(number, promise))
    }

    /// Why a call waits.
    pub fn why_held(&self, call: &Call) -> Key {
        self.driver.session(|session| {
            if call.after_signin.is_some() {
                Key::HeldForStepUp
            } else if session.record().suspended {
                Key::HeldForSignIn
            } else if session.refresh().is_some() {
                Key::HeldForRenewal
            } else {
                Key::HeldForCanary
            }
        })
    }

    /// Why it was sent as it was.
    pub fn why_sent(&self, call: &Call) -> Key {
        if self.driver.session(|session| session.decisions().is_canary(call.id)) {
            Key::SentAhead
        } else if call.sends > 1 {
            Key::SentAgain
        } else {
            Key::Sent
        }
    }

    /// Why a 401 goes to its caller.
    pub fn why_delivered(&self, call: &Call, record: &Record, unauthorized: &Unauthorized) -> Key {
        if unauthorized.not_the_token {
            Key::LostOnRedirect
        } else if call.sends > 1 {
            Key::RefusedAgain
        } else if !unauthorized.replayable {
            Key::NotReplayable
        } else if !self.driver.session(|session| session.decisions().can_refresh(record)) {
            Key::NotRenewable
        } else {
            Key::NotHelped
        }
    }
}
