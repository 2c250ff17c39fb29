//! The shared renewal: one flow, one promise, one outcome for everybody who waits for it.
//!
//! After each await the record is read again and the machine is asked; nothing is decided here.

use crate::browser::clock;
use super::ending::Ending;
use crate::browser::debug;
use crate::browser::error;
use crate::browser::js::{Lent, NONE, Outcome, Val};
use crate::browser::js::keys::Key;
use crate::browser::options::Refresh;
use super::shared::Shared;
use crate::browser::js::task;
use super::reply::Reply;
use super::token_request;
use crate::protocol::config::OnSessionExpired;
use crate::browser::tabs::Held;
use crate::protocol::error::Code;
use crate::protocol::grant::GrantOutcome;
use crate::protocol::renewal::{self, Cooldown, Grant, Keep, Reason, Turn};
use crate::protocol::session::Session;
use crate::protocol::token::Record;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/ops.js")]
extern "C" {
    fn warn(warned: Lent, text: &str);
}

/// A page that is being left has its token request broken off. Were it sent again at once, the server would rotate for a
/// page that is not there to hear it. Whoever comes back, or stays after all, asks again after so long.
const LEAVING_MS: u64 = 2_000;

const NEVER_ACCEPTED: &str = "Several renewals in a row brought tokens with which no call was accepted; the session is kept.";

/// One run of the flow.
struct Run {
    shared: Rc<Shared>,
    id: u32,
    reason: Reason,
    /// There was no session: success signs in, a refusal ends nothing.
    without_session: bool,
    /// Under which it is told of.
    number: u32,
    /// A listener started it that was told of a failure.
    again: bool,
}

impl Shared {
    /// The running renewal's promise, or that of one the machine has just opened.
    pub fn run_renewal(self: &Rc<Self>) -> Val {
        let Some((id, reason, without_session)) =
            self.ask(|machine| machine.renewal().map(|run| (run.id, run.reason, run.from.is_none())))
        else {
            return self.ended().reject();
        };
        if let Some((owner, promise)) = &*self.renewal.borrow()
            && *owner == id
        {
            return promise.clone();
        }
        let number = debug::begin(self.options.debug, Key::Renewal, &NONE);
        let again = self.tells_failure.get();
        let run = Run { shared: Rc::clone(self), id, reason, without_session, number, again };
        let promise = task::promise(async move { run.go().await });
        promise.hush();
        self.renewal.replace(Some((id, promise.clone())));
        debug::started(number, reason.as_str());
        self.announce(None, Key::ThisTab);
        promise
    }

    /// See `refresh` in the contract.
    pub fn refresh(self: &Rc<Self>) -> Val {
        self.catch_up();
        let record = self.record();
        if matches!(self.options.refresh, Refresh::None) {
            let message = "Option `refresh`: not set, so nothing can be renewed; takes a URL, an object or a function.";
            return error::detailed(Code::InvalidOptions, message, &Val::UNDEFINED, &Val::UNDEFINED).reject();
        }
        let (running, can_renew, forbidden) = self.ask(|machine| {
            (machine.renewal().is_some(), machine.can_renew(&record), machine.forbidden(&record, clock::now()))
        });
        if running {
            return self.run_renewal();
        }
        if let Some(promise) = &*self.told_of.borrow() {
            return promise.clone();
        }
        let code = if record.suspended {
            Code::SessionExpired
        } else if forbidden {
            return self.failed().reject();
        } else if can_renew {
            let _ = self.ask(|machine| machine.start(&record, Reason::Manual, false));
            return self.run_renewal();
        } else if record.signed_in() {
            Code::RefreshFailed
        } else {
            Code::SignedOut
        };
        error::plain(code).reject()
    }

    /// Waits, unless the renewal is cut short meanwhile.
    async fn pause(&self, ms: u64) {
        let _ = Val::sleep(ms as f64, &self.cuttable()).wait().await;
        self.cut.take();
    }
}

impl Run {
    async fn go(self) -> Outcome {
        let shared = &self.shared;
        let mut held: Option<Held> = None;
        loop {
            while !held.as_ref().is_some_and(Held::still) {
                held = shared.hold(&shared.cuttable(), true).await;
                shared.cut.take();
                if held.is_none() {
                    break;
                }
            }
            let next = self.attempt().await;
            // The prompt retry of a lost answer happens under the same lock.
            if !matches!(next, Err(0)) {
                shared.hand_over(held.take());
            }
            match next {
                Ok(outcome) => return outcome,
                Err(ms) if ms > 0 => shared.pause(ms).await,
                Err(_) => {}
            }
        }
    }

    /// One token request and what becomes of it; an error says after how many ms to try again.
    async fn attempt(&self) -> Result<Outcome, u64> {
        let shared = &self.shared;
        shared.catch_up();
        let record = Record { unconfirmed: shared.unconfirmed().is_some(), ..shared.record() };
        match shared.ask(|machine| machine.on_turn(self.id, &record)) {
            Turn::Exchange => {}
            Turn::Adopt => return Ok(self.adopt()),
            Turn::Ended => return Ok(self.ended()),
            Turn::SignedOut => return Ok(self.signed_out(error::plain(Code::SignedOut))),
        }
        let looking_out = shared.look_out();
        let reply = token_request::exchange(shared, self.reason).await;
        drop(looking_out);
        if reply.class == GrantOutcome::Refused && !self.without_session && shared.mark().is_some() {
            // Another tab may have been the first: what it has stored or committed comes before that counts.
            shared.pause(shared.ask(|machine| machine.grace())).await;
        }
        let _ = shared.read_cookie_mark(false).wait().await;
        shared.catch_up();
        if shared.leaving.get() && reply.class == GrantOutcome::Transient {
            debug::note(self.number, Key::AskedAgain);
            return Err(LEAVING_MS);
        }
        let record = shared.record();
        let outcome = renewal::Outcome { class: reply.class, lost: reply.lost, retry_after: reply.retry_after };
        match shared.ask(|machine| machine.on_grant(self.id, outcome, &record, clock::now(), clock::chance())) {
            Grant::Store(keep) => Ok(self.store(&reply, keep)),
            Grant::Adopt => Ok(self.adopt()),
            Grant::Again(ms) => {
                debug::note(self.number, Key::AskedAgain);
                Err(ms)
            }
            Grant::Failed(cooldown) => Ok(self.failed(&reply, cooldown)),
            Grant::Refused => Ok(self.refused(&reply)),
            Grant::Ended => Ok(self.ended()),
        }
    }

    /// Clears the slot: only its owner does. What was in it is what a listener gets who asks for another renewal.
    fn close(&self, renewed: bool) {
        let shared = &self.shared;
        shared.ask(|machine| machine.finish(self.id, renewed));
        let mut slot = shared.renewal.borrow_mut();
        if let Some((_, promise)) = slot.take_if(|(owner, _)| *owner == self.id) {
            shared.told_of.replace(Some(promise));
        }
    }

    fn store(&self, reply: &Reply, keep: Keep) -> Outcome {
        let shared = &self.shared;
        let now = clock::now();
        let Some(tokens) = &reply.tokens else {
            return self.failed(reply, Cooldown { until: now, forbidden: false });
        };
        let blocked =
            if self.without_session { shared.sign_in(tokens, Session::epoch_by_cookie, now) } else { shared.renewed(tokens, keep, now) };
        if !shared.record().signed_in() {
            return self.ended();
        }
        self.close(true);
        if keep == Keep::New && shared.anybody_waits() {
            let record = shared.record();
            shared.ask(|machine| machine.on_probe(&record));
        }
        if shared.record().retry_at > 0 {
            shared.failure.replace(error::failed(Code::RefreshFailed, NEVER_ACCEPTED, &NONE, &NONE, true));
        }
        shared.let_go();
        shared.storage_blocked(blocked);
        shared.announce(Some(if self.without_session { Key::Signin } else { Key::Refresh }), Key::ThisTab);
        shared.told_of.take();
        debug::end(self.number, Key::EndedNew);
        Ok(shared.session())
    }

    /// The slot is cleared, and whoever waits asks again.
    fn leave(&self, renewed: bool) {
        self.close(renewed);
        self.shared.let_go();
        self.shared.announce(None, Key::ThisTab);
    }

    fn adopt(&self) -> Outcome {
        self.leave(true);
        self.shared.told_of.take();
        debug::end(self.number, Key::EndedNewer);
        Ok(self.shared.session())
    }

    fn ended(&self) -> Outcome {
        self.leave(false);
        self.shared.told_of.take();
        debug::end(self.number, Key::EndedWith);
        let session = self.shared.session();
        if self.without_session && session.is_object() { Ok(session) } else { Err(self.shared.ended()) }
    }

    fn failed(&self, reply: &Reply, cooldown: Cooldown) -> Outcome {
        let shared = &self.shared;
        let attempts = shared.ask(|machine| machine.renewal().map_or(1, |run| run.attempts));
        let transient = reply.class == GrantOutcome::Transient;
        let error = error::failed(Code::RefreshFailed, &reply.message, &reply.cause, &reply.answer, transient);
        shared.failure.replace(error.clone());
        if shared.record().signed_in() {
            let Cooldown { until, forbidden } = cooldown;
            shared.amend(|record| (record.retry_at, record.forbidden) = (until, forbidden));
        }
        self.leave(false);
        let detail = Val::bare();
        detail.put(Key::Error, &error);
        detail.put_number(Key::Attempts, attempts.into());
        // A listener may try again, once: to one that is told of the failure of that, it is the last word.
        if !self.again {
            shared.told_of.take();
        }
        shared.tells_failure.set(true);
        shared.events.fire(Key::Refreshfailed, &detail, false);
        shared.tells_failure.set(false);
        shared.told_of.take();
        if !transient {
            warn(shared.warned.lend(), &reply.message);
        }
        debug::end(self.number, Key::EndedKept);
        Err(error)
    }

    fn refused(&self, reply: &Reply) -> Outcome {
        let code = if self.without_session { Code::SignedOut } else { Code::SessionExpired };
        let error = error::detailed(code, code.message(), &reply.cause, &reply.answer);
        if self.without_session {
            return self.signed_out(error);
        }
        self.close(false);
        self.shared.told_of.take();
        self.shared.refuse(error.clone());
        debug::end(self.number, Key::EndedRefused);
        Err(error)
    }

    /// There is no session, and the cookie brings none.
    fn signed_out(&self, error: Val) -> Outcome {
        self.close(false);
        self.shared.told_of.take();
        self.shared.announce(None, Key::ThisTab);
        debug::end(self.number, Key::EndedRefused);
        Err(error)
    }
}

impl Shared {
    /// The refresh token was refused, or there is no way left to renew a token that has run out.
    pub fn refuse(self: &Rc<Self>, error: Val) {
        match self.options.policy.on_session_expired {
            OnSessionExpired::Logout => {
                self.end(Ending::verdict("refused", error));
            }
            OnSessionExpired::Hold | OnSessionExpired::PassThrough => self.suspend(&error),
        }
    }
}
