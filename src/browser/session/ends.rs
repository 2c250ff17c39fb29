//! The ends of epochs: what calls are rejected with, what listeners are told, and what the server is told of.

use super::driver::SessionDriver;
use crate::browser::abort::Epoch;
use crate::browser::effects::lifecycle::leave;
use crate::browser::error;
use crate::browser::promise::{pending, settle};
use crate::browser::record::{self, Text};
use crate::protocol::effect::Ending;
use crate::protocol::error::Code;
use js_sys::Promise;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// One end.
struct Ended {
    epoch: Epoch,
    /// What every pending call is rejected with.
    error: JsValue,
    told: Told,
    revocable: Revocable,
}

/// What listeners are told of an end.
#[derive(Default)]
pub struct Told {
    pub reason: JsValue,
    /// `undefined` where the end was the app's own.
    pub error: JsValue,
}

/// What a `logout()` leaves for its revocation.
#[derive(Default)]
pub struct Revocable {
    /// Its promise.
    pub done: Option<Promise>,
    pub refresh_token: JsValue,
    pub access_token: JsValue,
}

/// See the module's text.
#[derive(Default)]
pub struct Ends {
    /// The promise and the reason of the `logout()` that is being carried out.
    asked: RefCell<Option<(Promise, JsValue)>>,
    /// Those of which code of the app's does not know yet, the earliest first.
    ahead: RefCell<Vec<Ended>>,
    /// Of the one that is being told of.
    pub told: RefCell<Told>,
    pub revocable: RefCell<Revocable>,
    /// How many there have been.
    over: Cell<u32>,
    /// What the calls of the last ended epoch are rejected with.
    error: RefCell<JsValue>,
    /// Its code and reason, as the record has them.
    pub members: RefCell<JsValue>,
    /// A listener has asked to stay on this page, or there is nothing to tell.
    pub stays: Cell<bool>,
}

impl Ends {
    /// What the calls of an ended session are rejected with: one object for all of one end.
    pub fn error(&self) -> JsValue {
        let error = self.error.borrow().clone();
        if error.is_undefined() { error::plain(Code::LoggedOut) } else { error }
    }
}

impl SessionDriver {
    /// How many epochs are over.
    pub fn epochs_over(&self) -> u32 {
        self.ends.over.get()
    }

    /// What the end of the running epoch aborts.
    #[inline(never)]
    pub fn epoch(&self) -> Epoch {
        self.epoch.borrow().clone()
    }

    /// Ends the session in this turn. The promise is fulfilled when the server has been told, or is not to be.
    pub fn log_out(self: &Rc<Self>, reason: JsValue, revoke: bool, redirect: bool) -> Promise {
        let done = pending();
        self.synchronize();
        self.ends.asked.replace(Some((done.clone(), reason)));
        self.ask(|session, now| session.log_out(revoke, redirect, now));
        if !revoke {
            settle(&done, &Ok(JsValue::UNDEFINED));
        }
        done
    }

    /// The running epoch is over.
    pub fn close_epoch(&self, ending: Ending) {
        let (vault, ends) = (&self.vault, &self.ends);
        ends.over.set(ends.over.get() + 1);
        let mut revocable = Revocable::default();
        let (code, reason) = match ending {
            Ending::LoggedOut { .. } => {
                let (done, reason) = ends.asked.take().unzip();
                let (refresh_token, access_token) = (vault.refresh_token(), vault.bearer_token());
                revocable = Revocable { done, refresh_token, access_token };
                (Code::LoggedOut, reason.unwrap_or_default())
            }
            Ending::Refused => (Code::SessionExpired, "refused".into()),
            Ending::RetryRejected => (Code::SessionExpired, "retry_rejected".into()),
            Ending::Elsewhere => {
                let (texts, expired) = (&vault.texts, Code::SessionExpired);
                let code = if texts.get(Text::Code) == expired.as_str() { expired } else { Code::LoggedOut };
                (code, texts.get(Text::Reason))
            }
        };
        let reason = if reason.is_string() { reason } else { "user".into() };
        let error = if ending == Ending::Refused { self.refreshes.take_refusal() } else { error::plain(code) };
        let is_apps = !matches!(ending, Ending::Refused | Ending::RetryRejected);
        ends.members.replace(record::end(code.as_str(), &reason).into());
        ends.error.replace(error.clone());
        let told = Told { reason, error: if is_apps { JsValue::UNDEFINED } else { error.clone() } };
        let epoch = self.epoch.take();
        epoch.close();
        ends.ahead.borrow_mut().push(Ended { epoch, error, told, revocable });
    }

    /// Rejects all that is pending of the earliest epoch that is over, with one object.
    pub fn end_calls(&self) {
        let mut ahead = self.ends.ahead.borrow_mut();
        if ahead.is_empty() {
            return;
        }
        let ended = ahead.remove(0);
        drop(ahead);
        self.ends.told.replace(ended.told);
        self.ends.revocable.replace(ended.revocable);
        ended.epoch.abort(&ended.error);
    }

    /// Goes to the login page.
    pub fn navigate(&self) {
        if let Some(login_url) = &self.options.login_url
            && !self.ends.stays.get()
        {
            leave(login_url);
        }
    }
}
