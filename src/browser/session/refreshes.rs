//! The promises of refreshes, one object each for everybody, and what the last one has come to.

use super::driver::SessionDriver;
use crate::browser::debug;
use crate::browser::effects::reply::Reply;
use crate::browser::effects::token_endpoint::Request;
use crate::browser::error;
use crate::browser::promise::{mark_handled, pending, settle};
use crate::protocol::effect::Settled;
use crate::protocol::error::Code;
use crate::protocol::refresh::Reason;
use js_sys::Promise;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsValue;

const NEVER_ACCEPTED: &str =
    "Several refreshes in a row brought tokens with which no call was accepted; the session is kept.";

/// One refresh, by number.
struct Running {
    id: Cell<u32>,
    promise: RefCell<Promise>,
    /// Under which it is told of.
    number: Cell<u32>,
}

impl Default for Running {
    fn default() -> Self {
        Self { id: Cell::default(), promise: RefCell::new(pending()), number: Cell::default() }
    }
}

/// See the module's text.
#[derive(Default)]
pub struct Refreshes {
    last: Running,
    /// The one before: listeners may still be told of that.
    before: Running,
    /// The token request that is under way, and whose it is.
    request: RefCell<Option<Request>>,
    requests: Cell<u32>,
    /// What has come of the last token request.
    pub reply: RefCell<Option<Reply>>,
    /// The error of the last failure, and until when calls are rejected with it.
    failure: RefCell<JsValue>,
    failed_until: Cell<u64>,
    /// The error of a refusal that is about to end or to suspend the session.
    refusal: RefCell<JsValue>,
}

impl Refreshes {
    /// A refresh has begun.
    pub fn begin(&self, id: u32, reason: Reason, told: bool) {
        let number = debug::begin(told, "renewal", &JsValue::UNDEFINED);
        debug::note(number, reason.as_str());
        let promise = pending();
        mark_handled(&promise);
        let (last, before) = (&self.last, &self.before);
        before.id.set(last.id.replace(id));
        drop(before.promise.replace(last.promise.replace(promise)));
        before.number.set(last.number.replace(number));
    }

    fn find(&self, id: u32) -> &Running {
        if self.last.id.get() == id { &self.last } else { &self.before }
    }

    /// Its promise.
    pub fn promise(&self, id: u32) -> Promise {
        self.find(id).promise.borrow().clone()
    }

    /// Tells how it has ended.
    fn end(&self, id: u32, how: &str) {
        debug::end(self.find(id).number.get(), how);
    }

    /// Tells why it is as it is.
    pub fn note(&self, id: u32, why: &str) {
        debug::note(self.find(id).number.get(), why);
    }

    /// A token request is under way.
    pub fn sends(&self, id: u32, request: Request) {
        self.requests.set(id);
        self.request.replace(Some(request));
    }

    /// It is no longer.
    pub fn sent(&self, id: u32) -> Option<Request> {
        if self.requests.get() == id { self.request.take() } else { None }
    }

    /// Aborts it.
    pub fn abort(&self, id: u32) {
        if let Some(request) = self.sent(id) {
            request.abort();
        }
    }

    /// The error of the failure whose cooldown ends then.
    pub fn failure(&self, retry_at: u64) -> Option<JsValue> {
        let until = self.failed_until.get();
        (until > 0 && until == retry_at).then(|| self.failure.borrow().clone())
    }

    /// The error of the refusal that ends or suspends the session. An expired token that nothing can refresh is refused
    /// by nobody in particular.
    pub fn take_refusal(&self) -> JsValue {
        let error = self.refusal.take();
        if error.is_undefined() { error::plain(Code::SessionExpired) } else { error }
    }

    /// The error of the last failure.
    pub fn last_failure(&self) -> JsValue {
        self.failure.borrow().clone()
    }

    /// Calls are rejected with this error until then.
    fn fail(&self, error: &JsValue, until: u64) {
        self.failure.replace(error.clone());
        self.failed_until.set(until);
    }

    /// What the last token request has come to.
    fn error(&self, code: Code, transient: bool) -> JsValue {
        match &*self.reply.borrow() {
            Some(reply) => {
                let message = if code == Code::RefreshFailed { &*reply.message } else { code.message() };
                error::failed(code, message, &reply.cause, &reply.answer, transient)
            }
            None => error::plain(code),
        }
    }
}

impl SessionDriver {
    /// Settles the promise of a refresh.
    pub fn settle_refresh(self: &Rc<Self>, id: u32, settled: Settled) {
        let refreshes = &self.refreshes;
        let retry_at = self.session(|session| session.record().retry_at);
        let (error, how) = match settled {
            Settled::Refreshed => (None, "ended: renewed"),
            Settled::UsedStored => (None, "ended: newer tokens stored"),
            Settled::Throttled => {
                let none = &JsValue::UNDEFINED;
                refreshes.fail(&error::failed(Code::RefreshFailed, NEVER_ACCEPTED, none, none, true), retry_at);
                (None, "ended: renewed")
            }
            Settled::Failed(transient) => {
                let error = refreshes.error(Code::RefreshFailed, transient);
                refreshes.fail(&error, retry_at);
                (Some(error), "ended: failed")
            }
            Settled::Refused(code) => {
                let error = refreshes.error(code, false);
                refreshes.refusal.replace(error.clone());
                (Some(error), "ended: refused")
            }
            Settled::SignedOut => (Some(error::plain(Code::SignedOut)), "ended: refused"),
            Settled::Ended => (Some(self.ends.error()), "ended with its session"),
        };
        let outcome = error.map_or_else(|| Ok(self.vault.session()), Err);
        settle(&refreshes.promise(id), &outcome);
        refreshes.end(id, how);
    }
}
