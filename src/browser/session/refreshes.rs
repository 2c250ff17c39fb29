//! The promises of refreshes, one object each for everybody, and what the last one has come to.

use super::driver::SessionDriver;
use crate::browser::debug;
use crate::browser::effects::reply::Reply;
use crate::browser::error;
use crate::browser::js::keys::Key;
use crate::browser::js::slot::Slot;
use crate::browser::js::task::{deferred, settle};
use crate::browser::js::{NONE, Val};
use crate::protocol::effect::Settled;
use crate::protocol::error::Code;
use crate::protocol::refresh::Reason;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

const NEVER_ACCEPTED: &str =
    "Several renewals in a row brought tokens with which no call was accepted; the session is kept.";

/// One refresh, by number.
#[derive(Default)]
struct Running {
    id: Cell<u32>,
    /// A promise with the functions that settle it.
    deferred: Slot,
    /// Under which it is told of.
    number: Cell<u32>,
}

/// See the module's text.
#[derive(Default)]
pub struct Refreshes {
    last: Running,
    /// The one before: listeners may still be told of that.
    before: Running,
    /// The controller of the token request that is under way, and whose it is.
    controller: Slot,
    requests: Cell<u32>,
    /// What has come of the last token request.
    pub reply: RefCell<Option<Reply>>,
    /// The error of the last failure, and until when calls are rejected with it.
    failure: Slot,
    failed_until: Cell<u64>,
    /// The error of a refusal that is about to end or to suspend the session.
    refusal: Slot,
}

impl Refreshes {
    /// A refresh has begun.
    pub fn begin(&self, id: u32, reason: Reason, told: bool) {
        let number = debug::begin(told, Key::Renewal, &NONE);
        debug::started(number, reason.as_str());
        let deferred = deferred();
        deferred.at(0).mark_handled();
        let (last, before) = (&self.last, &self.before);
        before.id.set(last.id.replace(id));
        before.deferred.set(last.deferred.replace(deferred));
        before.number.set(last.number.replace(number));
    }

    /// The promise with the functions that settle it, and the number under which it is told of.
    fn find(&self, id: u32) -> (Val, u32) {
        let running = if self.last.id.get() == id { &self.last } else { &self.before };
        (running.deferred.get(), running.number.get())
    }

    /// Its promise.
    pub fn promise(&self, id: u32) -> Val {
        self.find(id).0.at(0)
    }

    /// Tells why it is as it is.
    pub fn note(&self, id: u32, why: Key) {
        debug::note(self.find(id).1, why);
    }

    /// A token request is under way, which this controller aborts.
    pub fn sends(&self, id: u32, controller: Val) {
        self.requests.set(id);
        self.controller.set(controller);
    }

    /// It is no longer: what aborts it is returned.
    pub fn sent(&self, id: u32) -> Val {
        if self.requests.get() == id { self.controller.take() } else { Val::UNDEFINED }
    }

    /// Aborts it.
    pub fn abort(&self, id: u32) {
        let controller = self.sent(id);
        if controller.is_object() {
            controller.invoke0(Key::Abort);
        }
    }

    /// The error of the failure whose cooldown ends then.
    pub fn failure(&self, retry_at: u64) -> Option<Val> {
        let until = self.failed_until.get();
        (until > 0 && until == retry_at).then(|| self.failure.get())
    }

    /// The error of the refusal that ends or suspends the session. An expired token that nothing can refresh is refused
    /// by nobody in particular.
    pub fn take_refusal(&self) -> Val {
        let error = self.refusal.take();
        if error.is_undefined() { error::plain(Code::SessionExpired) } else { error }
    }

    /// The error of the last failure.
    pub fn last_failure(&self) -> Val {
        self.failure.get()
    }
}

impl SessionDriver {
    /// Settles the promise of a refresh.
    pub fn settle_refresh(self: &Rc<Self>, id: u32, settled: Settled) {
        let refreshes = &self.refreshes;
        let (cause, answer, message) = match &*refreshes.reply.borrow() {
            Some(reply) => (reply.cause.clone(), reply.answer.clone(), reply.message.clone()),
            None => (Val::UNDEFINED, Val::UNDEFINED, String::new()),
        };
        let retry_at = self.session(|session| session.record().retry_at);
        let (outcome, how) = match settled {
            Settled::Refreshed => (Ok(self.vault.session()), Key::EndedNew),
            Settled::UsedStored => (Ok(self.vault.session()), Key::EndedNewer),
            Settled::Throttled => {
                let error = error::failed(Code::RefreshFailed, NEVER_ACCEPTED, &NONE, &NONE, true);
                refreshes.failure.set(error);
                refreshes.failed_until.set(retry_at);
                (Ok(self.vault.session()), Key::EndedNew)
            }
            Settled::Failed(transient) => {
                let error = error::failed(Code::RefreshFailed, &message, &cause, &answer, transient);
                refreshes.failure.set(error.clone());
                refreshes.failed_until.set(retry_at);
                (Err(error), Key::EndedKept)
            }
            Settled::Refused(code) => {
                let error = error::detailed(code, code.message(), &cause, &answer);
                refreshes.refusal.set(error.clone());
                (Err(error), Key::EndedRefused)
            }
            Settled::SignedOut => (Err(error::plain(Code::SignedOut)), Key::EndedRefused),
            Settled::Ended => (Err(self.ends.error()), Key::EndedWith),
        };
        let (deferred, number) = refreshes.find(id);
        let (Ok(value) | Err(value)) = &outcome;
        settle(deferred.lend(), i32::from(outcome.is_ok()), value.lend());
        debug::end(number, how);
    }
}
