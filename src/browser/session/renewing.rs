//! The shared renewal: one flow, one promise, one outcome for everybody who waits for it.
//!
//! After each await the record is read again and the machine is asked; nothing is decided here.

use super::shared::Shared;
use super::token_request;
use crate::browser::clock;
use crate::browser::debug;
use crate::browser::endpoint::Refresh;
use crate::browser::error;
use crate::browser::js::keys::Key;
use crate::browser::js::task;
use crate::browser::js::{NONE, Outcome, Val};
use crate::browser::tabs::Held;
use crate::protocol::error::Code;
use crate::protocol::grant::GrantOutcome;
use crate::protocol::renewal::{self, Grant, Reason, Turn};
use crate::protocol::token::Record;
use std::rc::Rc;

/// A page that is being left has its token request broken off. Were it sent again at once, the server would rotate for
/// a page that is not there to hear it. Whoever comes back, or stays after all, asks again after so long.
const UNLOADING_MS: u64 = 2_000;

/// One run of the flow.
pub(super) struct Run {
    pub(super) shared: Rc<Shared>,
    pub(super) id: u32,
    reason: Reason,
    /// There was no session: success signs in, a refusal ends nothing.
    pub(super) without_session: bool,
    /// Under which it is told of.
    pub(super) number: u32,
    /// A listener started it that was told of a failure.
    pub(super) again: bool,
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
        promise.mark_handled();
        self.renewal.replace(Some((id, promise.clone())));
        debug::started(number, reason.as_str());
        self.notify(None, Key::ThisTab);
        promise
    }

    /// See `refresh` in the contract.
    pub fn refresh(self: &Rc<Self>) -> Val {
        self.sync_record();
        let record = self.record();
        if matches!(self.options.refresh, Refresh::None) {
            let message = "Option `refresh`: not set; takes a URL, an object or a function.";
            return error::detailed(Code::InvalidOptions, message, &Val::UNDEFINED, &Val::UNDEFINED).reject();
        }
        let (running, can_renew, retry_after_set) = self.ask(|machine| {
            (machine.renewal().is_some(), machine.can_renew(&record), machine.retry_after_set(&record, clock::now()))
        });
        if running {
            return self.run_renewal();
        }
        if let Some(promise) = &*self.told_of.borrow() {
            return promise.clone();
        }
        let code = if record.suspended {
            Code::SessionExpired
        } else if retry_after_set {
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
        let signal = self.abortable();
        let _ = Val::sleep(ms as f64, &signal).wait().await;
        self.release_abortable(&signal);
    }
}

impl Run {
    async fn go(self) -> Outcome {
        let shared = &self.shared;
        let mut held: Option<Held> = None;
        loop {
            while !held.as_ref().is_some_and(Held::still) {
                let signal = shared.abortable();
                held = shared.hold(&signal, true).await;
                shared.release_abortable(&signal);
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
        shared.sync_record();
        let record = Record { unconfirmed: shared.unconfirmed().is_some(), ..shared.record() };
        match shared.ask(|machine| machine.on_turn(self.id, &record)) {
            Turn::Request => {}
            Turn::UseStored => return Ok(self.adopt()),
            Turn::Ended => return Ok(self.ended()),
            Turn::SignedOut => return Ok(self.signed_out(error::plain(Code::SignedOut))),
        }
        let watching_unload = shared.watch_unload();
        let reply = token_request::exchange(shared, self.reason).await;
        drop(watching_unload);
        if reply.class == GrantOutcome::Refused && !self.without_session && shared.mark().is_some() {
            // Another tab may have been the first: what it has stored or committed comes before that counts.
            shared.pause(shared.ask(|machine| machine.grace())).await;
        }
        let _ = shared.read_cookie_mark(false).wait().await;
        shared.sync_record();
        if shared.unloading.get() && reply.class == GrantOutcome::Transient {
            debug::note(self.number, Key::AskedAgain);
            return Err(UNLOADING_MS);
        }
        let record = shared.record();
        let outcome = renewal::Outcome { class: reply.class, lost: reply.lost, retry_after: reply.retry_after };
        match shared.ask(|machine| machine.on_grant(self.id, outcome, &record, clock::now(), clock::chance())) {
            Grant::Store(keep) => Ok(self.store(&reply, keep)),
            Grant::UseStored => Ok(self.adopt()),
            Grant::Retry(ms) => {
                debug::note(self.number, Key::AskedAgain);
                Err(ms)
            }
            Grant::Failed(cooldown) => Ok(self.failed(&reply, cooldown)),
            Grant::Refused => Ok(self.refused(&reply)),
            Grant::Ended => Ok(self.ended()),
        }
    }
}
